"""Pages of Status.io (Azure Databricks has one): what is announced of each service in each region."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from data.errors import Unavailable

OPERATIONAL, MAINTENANCE, DEGRADED, PARTIAL, DISRUPTION, SECURITY = 100, 200, 300, 400, 500, 600
KNOWN = frozenset({OPERATIONAL, MAINTENANCE, DEGRADED, PARTIAL, DISRUPTION, SECURITY})
NAMED = 12
"""Names listed when a wanted one is not among them."""


@dataclass(frozen=True, slots=True)
class Part:
    service: str
    region: str | None
    """None for a service as a whole."""
    code: int
    """0 when the page's own is no number."""
    words: str


def parts(body: bytes) -> list[Part]:
    """Raises Unavailable when the body is no such page, or lists nothing: then it says nothing of anything."""
    try:
        services = json.loads(body)["result"]["status"]
        found = [part for service in services for part in _parts(service)]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unavailable("The address answered with something that is not a Status.io page.") from None
    if not found:
        raise Unavailable("The status page lists no service at all.")
    return found


def chosen(every: Sequence[Part], services: frozenset[str], regions: frozenset[str]) -> list[Part]:
    """Names in lower case, empty for all. A name that the page does not know is refused: a typo must not be green."""
    _must_know("service", services, {part.service for part in every})
    _must_know("region", regions, {part.region for part in every if part.region})
    regional = {part.service for part in every if part.region}
    found = [
        part
        for part in every
        if (not services or part.service.lower() in services)
        and (not regions or (part.region.lower() in regions if part.region else part.service not in regional))
    ]
    if not found:
        raise Unavailable("The status page lists none of the wanted services in the wanted regions.")
    return found


def _parts(service: dict[str, Any]) -> Iterator[Part]:
    name = str(service["name"])
    yield Part(name, None, _code(service), _words(service))
    for container in service.get("containers") or ():
        yield Part(name, str(container["name"]), _code(container), _words(container))


def _code(entry: dict[str, Any]) -> int:
    try:
        return int(entry["status_code"])
    except (KeyError, TypeError, ValueError):
        return 0


def _words(entry: dict[str, Any]) -> str:
    return str(entry.get("status") or entry.get("status_code") or "nothing")


def _must_know(thing: str, wanted: frozenset[str], known: set[str]) -> None:
    if unknown := sorted(wanted - {name.lower() for name in known}):
        listed = ", ".join(sorted(known)[:NAMED]) + (" …" if len(known) > NAMED else "")
        raise Unavailable(f"The status page has no {thing} '{unknown[0]}'; it has {listed or 'none'}.")
