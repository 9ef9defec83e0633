"""From a notice to the card that every channel renders in its own way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from data.notifications.model import KINDS, Card, Kind, Notice, PlatformName

TITLE_MOST, TEXT_MOST, FACT_MOST = 200, 1_000, 200
_KIND_OF: Mapping[str, Kind] = {"message": "messages", "roadmap_item": "improvements", "ticket": "incidents"}


def kind_of(notice: Notice) -> Kind:
    """What people subscribe to. Areas say it in the payload."""
    told = notice.payload.get("kind")
    return next((kind for kind in KINDS if kind == told), _KIND_OF.get(notice.object_type, "status"))


def due_from(notice: Notice) -> datetime:
    """What is announced for later is told then."""
    later = notice.payload.get("not_before")
    return datetime.fromisoformat(str(later)) if later else notice.at


def card_of(notice: Notice, platforms: Mapping[str, PlatformName], zone: ZoneInfo, url: str | None) -> Card:
    told = notice.payload
    facts = {
        "What": what(notice),
        "State": _words(told.get("label") or told.get("state")),
        "Platform": ", ".join(named(notice, platforms)),
        "Starts": _stamp(told.get("starts_at"), zone),
        "Ends": _stamp(told.get("ends_at"), zone),
        "When": _stamp(due_from(notice).isoformat(), zone),
    }
    path = str(told.get("path") or "").lstrip("/")
    return Card(
        topic=notice.topic,
        at=due_from(notice),
        title=cut(" · ".join(filter(None, (_words(told.get("key")), _words(told.get("title"))))), TITLE_MOST)
        or what(notice),
        text=cut(str(told.get("note") or told.get("text") or ""), TEXT_MOST),
        facts=tuple((name, cut(value, FACT_MOST)) for name, value in facts.items() if value),
        links=(("Open", f"{url.rstrip('/')}/{path}"),) if url and path else (),
        edition=str(told.get("edition") or ""),
        platform_ids=notice.platform_ids if len(notice.platform_ids) > 1 else (),
    )


def named(notice: Notice, platforms: Mapping[str, PlatformName]) -> Iterator[str]:
    """One for members only is not named beside others: whoever sees one of them gets the card."""
    alone = len(notice.platform_ids) == 1
    places = filter(None, map(platforms.get, notice.platform_ids))
    return (place.name for place in places if alone or place.visibility == "everyone")


def what(notice: Notice) -> str:
    """'dana resolved it'; where the area has no words for it, those of the topic: 'Major outage'."""
    deed = _words(notice.payload.get("deed"))
    who = notice.actor.partition("@")[0] if "@" in notice.actor else "The portal"
    return f"{who} {deed}" if deed else notice.topic.rpartition(":")[2].replace("_", " ").capitalize()


def _stamp(at: object, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(str(at)).astimezone(zone):%a %d %b, %H:%M %Z}" if at else ""


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _words(value: object) -> str:
    return " ".join(str(value).split()) if value else ""
