"""The demo's roadmap: read from roadmap.yaml, linked to the improvements of the threads, told to nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from data.audit.model import AuditEvent
from data.people.model import Actor, Role
from data.portal import Portal
from data.roadmap.model import Item, Link
from data.roadmap.rules import added, plan, quarters
from data.roadmap.store import RoadmapStore
from data.tickets.ids import id_from
from data.tickets.kinds import IMPROVEMENT_KIND
from data.tickets.model import Query
from data.tickets.visibility import viewer_of
from jobs.demo.script import span

FILE = Path(__file__).with_name("roadmap.yaml")
STEP = timedelta(days=4)
"""Between one move of an item and the next."""
PORTAL = Actor.job("demo")
MOST = 200
Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Charted:
    item: Item
    events: tuple[AuditEvent, ...]
    links: tuple[Link, ...]


def chart(portal: Portal, anchor: datetime) -> dict[str, int]:
    """Rows written, by table; what is there already is left alone. Items come last: links are seen with them."""
    charted = list(_charted(portal, anchor))
    store = RoadmapStore(portal.statements)
    links = store.set_links(((one.item, link) for one in charted for link in one.links), anchor, PORTAL.email)
    portal.audit.add(event for one in charted for event in one.events)
    return {"roadmap_links": links, "roadmap_items": store.add(one.item for one in charted)}


def withdraw_roadmap(portal: Portal, anchor: datetime) -> int:
    """Retires what was charted; how many items."""
    ids = {_id(said, anchor) for said in _script()}
    store = RoadmapStore(portal.statements)
    known = [item for item in store.items() if item.id in ids and item.state != "retired"]
    for item in known:
        portal.roadmap.move(PORTAL, item.id, item.version, "retire", {"reason": "The example data was removed."})
    return len(known)


def _charted(portal: Portal, anchor: datetime) -> Iterator[Charted]:
    page = portal.tickets.lists.page(viewer_of(PORTAL), Query(kind=IMPROVEMENT_KIND.name, sort="created", size=MOST))
    ids = {ticket.title: ticket.id for ticket in page.tickets}
    for said in _script():
        versions = list(_versions(said, anchor))
        item = versions[-1]
        links = tuple(Link(item.id, ids[title], "active", 1) for title in said["asked"] if title in ids)
        yield Charted(item, tuple(one.event for one in versions if one.event), links)


def _versions(said: Said, anchor: datetime) -> Iterator[Item]:
    owner = f"{said['owner']}@example.org"
    actor, way = Actor(owner, said["owner"], Role.service_owner), said["way"]
    at = anchor - span(said["ago"]) - STEP * len(way)
    given = {
        "title": said["title"], "theme": said["theme"], "platform_id": said.get("platform"), "owner": owner,
        "quarter": _quarter(said, anchor), "description": said["text"],
    }  # fmt: skip
    item = added(_id(said, anchor), actor, given, at)
    yield item
    for name in way:
        at += STEP
        item = plan(item, name, actor, {"note": said.get("note")}, at)
        yield item


def _quarter(said: Said, anchor: datetime) -> str | None:
    if "quarter" not in said:
        return None
    place: int = 4 + said["quarter"]
    return quarters(anchor - timedelta(days=365), 12)[place]


def _id(said: Said, anchor: datetime) -> str:
    return id_from(anchor - span(said["ago"]), said["title"])


def _script() -> list[Said]:
    script: list[Said] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return script
