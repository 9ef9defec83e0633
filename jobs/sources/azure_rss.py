"""Azure's public status feed (RSS): the incidents that are announced and not yet over, and whom they concern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from data.errors import Unavailable

FROZEN = timedelta(hours=24)
"""A feed that was built longer ago than this is somebody's cache, not the state of Azure."""

REGIONS = (
    "East US 2, East US, West US 3, West US 2, West US, North Central US, South Central US, West Central US,"
    "Central US, Canada Central, Canada East,"
    "Mexico Central, Brazil Southeast, Brazil South, Chile Central, North Europe,"
    "West Europe, UK South, UK West, France Central, France South, Germany West Central, Germany North, Norway East,"
    "Norway West, Sweden Central, Sweden South, Switzerland North, Switzerland West, Austria East, Belgium Central,"
    "Denmark East, Poland Central, Italy North, Spain Central, Southeast Asia, East Asia, Australia East,"
    "Australia Southeast, Australia Central 2, Australia Central, New Zealand North, Indonesia Central, Malaysia West,"
    "Jio India West, Jio India Central, Central India, South India, West India, Japan East, Japan West, Korea Central,"
    "Korea South, Taiwan North, UAE North, UAE Central, South Africa North, South Africa West, Qatar Central,"
    "Israel Central"
)
"""To tell that an incident is another region's. One that names none of these concerns everybody."""

_CLAUSES = re.compile(r"\s+[-–—:;]\s+|[;:.]\s+")
_OVER = re.compile(r"\b(resolved|mitigated)\b", re.IGNORECASE)
_TAGGED_OVER = re.compile(r"\s*[\[(]\s*(resolved|mitigated)\s*[\])]", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\b(investigating|identified|mitigating|mitigation|ongoing|continu\w*|remain\w*|impact\w*|affect\w*|degrad\w*|"
    r"partial\w*|underway|monitoring|except|not|no|never|awaiting|pending|without)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Incident:
    title: str
    about: str
    """Title and categories, lower case. Never the description: it names regions that are not affected."""
    regions: frozenset[str]
    """Lower case; empty when the incident names none."""
    told_at: datetime | None

    def concerns(self, regions: frozenset[str]) -> bool:
        return not (regions and self.regions) or bool(regions & self.regions)

    def names(self, services: frozenset[str]) -> bool:
        return not services or any(_says(self.about, service) for service in services)


class _WithoutDoctype(TreeBuilder):
    """A feed needs no document type, and only in one can entities be declared that expand without end."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise Unavailable("The address answered with a page that is not Azure's status feed.")


def open_incidents(body: bytes, at: datetime, watched: frozenset[str] = frozenset()) -> list[Incident]:
    """`watched`: regions to recognise beside the known ones. Raises Unavailable when the body is no current feed."""
    root = _parsed(body)
    channel = root.find("channel")
    title = "" if channel is None else (channel.findtext("title") or "").strip()
    if root.tag != "rss" or channel is None or "azure status" not in title.lower():
        raise Unavailable("The address answered with something that is not Azure's status feed.")
    built = moment(channel.findtext("lastBuildDate"))
    if built and at - built > FROZEN:
        raise Unavailable(f"Azure's status feed is an old copy, built on {built:%d %b %Y at %H:%M} UTC.")
    incidents = [_incident(item, watched) for item in root.iter("item")]
    return [incident for incident in incidents if not is_over(incident.title)]


def is_over(title: str) -> bool:
    """The last clause has the newest state: 'Resolved in North Europe. Impact continues in West Europe' goes on."""
    last = _CLAUSES.split(title.strip())[-1]
    return bool(_TAGGED_OVER.match(title)) or (bool(_OVER.search(last)) and not _GOES_ON.search(last))


def moment(text: str | None) -> datetime | None:
    """`Thu, 23 Jul 2026 16:29:09 Z` and what RFC 822 allows; None for what is neither."""
    try:
        found = parsedate_to_datetime((text or "").strip())
    except (ValueError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _parsed(body: bytes) -> Element:
    parser = XMLParser(target=_WithoutDoctype())
    try:
        parser.feed(body)
        root: Element = parser.close()
    except (ParseError, LookupError, ValueError):
        raise Unavailable("The address answered with something that is not a feed.") from None
    return root


def _incident(item: Element, watched: frozenset[str]) -> Incident:
    title = " ".join((item.findtext("title") or "").split()) or "An incident without a title"
    about = " | ".join((title, *(category.text or "" for category in item.iter("category")))).lower()
    return Incident(title, about, _regions(about, watched), moment(item.findtext("pubDate")))


def _regions(about: str, watched: frozenset[str]) -> frozenset[str]:
    """Longest names first, each cut out, so that 'West US 2' is not 'West US' as well."""
    names = watched.union(name.strip().lower() for name in REGIONS.split(","))
    found = set()
    for name in sorted(names, key=len, reverse=True):
        if _says(about, name):
            found.add(name)
            about = _whole(name).sub(" | ", about)
    return frozenset(found)


def _says(text: str, name: str) -> bool:
    return bool(_whole(name).search(text))


def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
