"""What the vendors announce: Azure's status feed and the status page of Azure Databricks.

These tell of announcements, not of health. A feed without incidents is Azure's usual answer, so a valid one is read as
operational with the words "no incident announced", and the check should be of severity info. It proves nothing: on 23
July 2026 an instance in the region that was down served a valid, empty feed for hours; nothing in the feed can tell the
two apart. Whatever is not beyond doubt the feed (an empty body, an error page, an old copy) is unknown.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import httpx
from pydantic import HttpUrl

from data.errors import PortalError, Unavailable
from data.settings import Settings
from data.status.model import Check, Mode, Model, Outcome, Reading
from jobs.sources import azure_rss, status_io
from jobs.sources.base import Context, blind
from jobs.sources.targets import read_target

BODY_LIMIT = 2 * 1024 * 1024
PATIENCE = 5.0
"""Seconds for the whole exchange, redirects included."""
REDIRECTS = 3
LISTED = 3

_OUTCOMES = {
    status_io.OPERATIONAL: Outcome.ok,
    status_io.MAINTENANCE: Outcome.ok,
    status_io.DEGRADED: Outcome.warn,
    status_io.PARTIAL: Outcome.partial,
    status_io.DISRUPTION: Outcome.fail,
    status_io.SECURITY: Outcome.warn,
}


class FeedTarget(Model):
    feed: Literal["azure", "databricks"]
    url: HttpUrl | None = None
    """Without one, the address of the portal's settings."""
    regions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    """Of both, empty means all."""

    def address(self, settings: Settings) -> str:
        usual = settings.azure_status_url if self.feed == "azure" else settings.databricks_status_url
        return str(self.url) if self.url else usual


@dataclass(frozen=True, slots=True)
class Announced:
    outcome: Outcome
    message: str
    evidence: Mapping[str, Any]


Answer = bytes | PortalError


class StatusFeeds:
    name = "status_feeds"
    title = "Vendors: announced incidents"
    target = FeedTarget
    modes = frozenset({Mode.success})
    timeout = timedelta(seconds=20)

    def fetch(self, checks: Sequence[Check], context: Context) -> dict[str, Answer]:
        """By check. Each address is asked once, however many checks read it."""
        addresses: dict[str, str | PortalError] = {}
        for check in checks:
            try:
                addresses[check.id] = read_target(FeedTarget, check.target).address(context.portal.settings)
            except PortalError as error:
                addresses[check.id] = error
        wanted = {address for address in addresses.values() if isinstance(address, str)}
        answers = asyncio.run(_get_all(sorted(wanted), context.portal.settings))
        return {id_: answers[address] if isinstance(address, str) else address for id_, address in addresses.items()}

    def readings(self, checks: Sequence[Check], payload: Mapping[str, Answer], at: datetime) -> list[Reading]:
        return [_reading(check, payload[check.id], at) for check in checks if check.id in payload]


async def _get_all(addresses: Sequence[str], settings: Settings) -> dict[str, Answer]:
    if not addresses:
        return {}
    trusted = httpx.create_ssl_context()
    if settings.ca_file:
        trusted.load_verify_locations(settings.ca_file)
    return dict(zip(addresses, await asyncio.gather(*(_get(one, trusted) for one in addresses)), strict=True))


async def _get(address: str, trusted: ssl.SSLContext) -> Answer:
    """httpx limits each read on its own; only `asyncio.timeout` ends an exchange that drips for ever."""
    try:
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(verify=trusted, timeout=None) as client:
            return await _follow(client, httpx.URL(address), REDIRECTS)
    except TimeoutError:
        return Unavailable(f"{httpx.URL(address).host} did not answer within {PATIENCE:g} s.")
    except PortalError as error:
        return error
    except (httpx.InvalidURL, UnicodeError):
        return Unavailable(f"'{address}' is not a web address; the portal's settings or the check name it.")
    except (httpx.HTTPError, OSError, ValueError):
        return Unavailable(f"{httpx.URL(address).host} could not be reached.")


async def _follow(client: httpx.AsyncClient, url: httpx.URL, redirects: int) -> bytes:
    """A page that another host serves instead is not the vendor's word."""
    headers = {"User-Agent": "status-portal", "Accept-Encoding": "identity"}
    async with client.stream("GET", url, headers=headers) as answer:
        if answer.next_request is None:
            if answer.status_code != httpx.codes.OK:
                raise Unavailable(f"{url.host} answered {answer.status_code} instead of its status feed.")
            return await _body(answer)
        there = answer.next_request.url
    downgraded = url.scheme == "https" and there.scheme != "https"
    if there.host != url.host or downgraded or not redirects:
        raise Unavailable(f"{url.host} sends on to {there.host}; write that address into the check if it is right.")
    return await _follow(client, there, redirects - 1)


async def _body(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise Unavailable(f"{answer.url.host} sends more than {BODY_LIMIT // 1024 // 1024} MB; that is no status.")
    return bytes(body)


def _reading(check: Check, answer: Answer, at: datetime) -> Reading:
    if isinstance(answer, PortalError):
        return blind(check, answer, at)
    target = read_target(FeedTarget, check.target)
    try:
        told = _azure(answer, target, at) if target.feed == "azure" else _databricks(answer, target)
    except PortalError as error:
        return blind(check, error, at)
    return Reading(
        check_id=check.id, observed_at=at, outcome=told.outcome, message=told.message, evidence=dict(told.evidence)
    )


def _azure(body: bytes, target: FeedTarget, at: datetime) -> Announced:
    """The feed has no severity: whatever is announced degrades."""
    regions, services = _lower(target.regions), _lower(target.services)
    incidents = azure_rss.open_incidents(body, at, regions)
    here = [incident for incident in incidents if incident.concerns(regions)]
    ours = [incident for incident in here if incident.names(services)]
    if ours:
        told = max((incident.told_at for incident in ours if incident.told_at), default=None)
        return Announced(Outcome.warn, f"Announced: {_listed(i.title for i in ours)}", {"told_at": told})
    others = f"; {len(here)} of other services" if here else ""
    return Announced(Outcome.ok, f"No incident announced{_scope(target)}{others}", {"elsewhere": len(incidents)})


def _databricks(body: bytes, target: FeedTarget) -> Announced:
    parts = status_io.chosen(status_io.parts(body), _lower(target.services), _lower(target.regions))
    worst = max(part.code if part.code in status_io.KNOWN else 0 for part in parts)
    odd = [part for part in parts if part.code not in status_io.KNOWN]
    if odd and worst < status_io.DEGRADED:
        raise Unavailable(f"The status page says '{odd[0].words}' of {_named(odd[0])}, which the portal does not know.")
    if worst == status_io.OPERATIONAL:
        return Announced(Outcome.ok, f"No incident announced{_scope(target)}", {"code": worst})
    hit = sorted((part for part in parts if part.code == worst), key=lambda part: part.region is None)
    return Announced(_OUTCOMES[worst], f"{hit[0].words}: {_listed(map(_named, hit))}", {"code": worst})


def _named(part: status_io.Part) -> str:
    return f"{part.service} in {part.region}" if part.region else part.service


def _lower(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in names)


def _listed(names: Iterable[str]) -> str:
    every = list(dict.fromkeys(names))
    more = f" and {len(every) - LISTED} more" if len(every) > LISTED else ""
    return ", ".join(every[:LISTED]) + more


def _scope(target: FeedTarget) -> str:
    about = f" for {_listed(target.services)}" if target.services else ""
    return f"{about} in {_listed(target.regions)}" if target.regions else about
