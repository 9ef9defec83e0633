"""The demo's tickets: read from threads.yaml, played through the service with a clock of its own, written at once."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from data.audit.service import AuditService
from data.notifications.service import OutboxService
from data.people.model import Actor, Role
from data.people.service import PeopleService
from data.portal import Portal
from data.statements import Row
from data.tickets.alarms import Alarm, drafted
from data.tickets.ids import id_from
from data.tickets.kinds import kind_of
from data.tickets.model import Draft, Query, Ticket
from data.tickets.request_types import template_of
from data.tickets.rounds import PORTAL
from data.tickets.service import BULK_MOST, TicketService
from data.tickets.sla import BusinessCalendar
from data.tickets.store import TicketStore
from data.tickets.visibility import viewer_of
from jobs.demo.script import read_script, span
from jobs.demo.stage import Stage
from jobs.demo.story import ZONE

STAFF = {"alice": Role.service_owner, "dana": Role.triager}
"""On every example platform; everybody else contributes."""
OLDEST = timedelta(days=88)
FRESH = timedelta(hours=4)
"""What is older happened at work; what is younger, when it did."""
OFFICE = BusinessCalendar()
MINUTE = timedelta(minutes=1)
TABLES = (
    "audit_events", "outbox", "comments", "votes", "watchers", "approvals", "ticket_links", "attachments", "tickets",
)  # fmt: skip
"""Tickets come last: what hangs on them is seen with them."""
WAY = ("review", "plan", "deliver", "ship")
WAYS = {
    "new": (), "under_review": WAY[:1], "planned": WAY[:2], "in_delivery": WAY[:3], "done": WAY,
    "rejected": ("review", "reject"),
}  # fmt: skip
"""The moves to each state of an improvement."""
Said = Mapping[str, Any]


def appoint(portal: Portal, platform_ids: Iterable[str]) -> None:
    """The staff of the threads can be assigned and mentioned."""
    for platform_id, (name, role) in product(platform_ids, STAFF.items()):
        portal.people.grant(Actor.job("demo"), "user", f"{name}@example.org", role, platform_id)


def tell(portal: Portal, anchor: datetime) -> dict[str, int]:
    """Rows written, by table; a table that holds them already is left alone."""
    names = ("alice", "bob", "charlie", "dana", "erin", "frank", "grace", "henry")
    actors = {name: _actor(name, portal) for name in names}
    play = Play(portal, anchor, actors | {"me": _actor(portal.settings.dev_user, portal)})
    play.everything()
    return play.write()


def withdraw(portal: Portal, platform_ids: Collection[str], anchor: datetime) -> int:
    """Hides what was told from everybody but staff, and takes the roles back; how many tickets."""
    actor, people = Actor("demo", "demo", Role.admin), {f"{name}@example.org" for name in STAFF}
    asked = Query(platforms=tuple(platform_ids), sort="created", size=BULK_MOST)
    page = portal.tickets.lists.page(viewer_of(actor), asked)
    versions = {ticket.id: ticket.version for ticket in page.tickets if ticket.created_at < anchor}
    hidden = portal.tickets.move_all(actor, versions, "hide", {"note": "The example data was removed."})
    for grant in portal.people.access().grants:
        if grant.principal in people and grant.platform_id in platform_ids:
            portal.people.revoke(Actor.job("demo"), grant.id, grant.version)
    return len(hidden.moved)


def _actor(name: str, portal: Portal) -> Actor:
    email = name.lower() if "@" in name else f"{name}@example.org"
    local = email == portal.settings.dev_user.lower()
    return Actor(email, name.partition("@")[0], Role.admin if local else STAFF.get(name, Role.contributor))


class Play:
    def __init__(self, portal: Portal, anchor: datetime, actors: Mapping[str, Actor]) -> None:
        self._portal = portal
        self._anchor = anchor
        self._now = anchor
        self._actors = actors
        self._script = read_script(anchor, actors["me"].email)
        self._chance = random.Random(anchor.isoformat())
        self._by_title: dict[str, str] = {}
        self._stage = Stage(portal.statements)
        people = PeopleService(self._stage, portal.audit, self._clock, portal.settings)
        self._service = TicketService(
            self._stage, AuditService(self._stage, self._clock), OutboxService(self._stage), people,
            lambda: portal.files, self._clock, portal.settings,
        )  # fmt: skip

    def everything(self) -> None:
        for said in self._script["incidents"]:
            self._incident(said)
        for number, older in enumerate(self._script["older_incidents"]):
            self._older(number, *older)
        for said in self._script["improvements"]:
            self._improvement(said)
        for said in self._script["requests"]:
            self._request(said)
        self._alarm()

    def write(self) -> dict[str, int]:
        statements, added = self._portal.statements, self._stage.added
        rows: dict[str, list[Row]] = {name: list(added[name].values()) for name in TABLES}
        rows["outbox"] = [{**row, "state": "delivered", "attempts": 0} for row in rows["outbox"]]  # told to nobody
        rows["tickets"] = list(self._stage.heads.values())
        ids = list(self._stage.heads)
        known = statements.rows("tickets/list_demo_tables", ticket_ids=ids, limit=len(TABLES))
        missing = [name for name in TABLES if name not in {row["name"] for row in known}]
        written = {name: statements.append(name, rows[name]) for name in missing}
        TicketStore(statements).tally(ids, self._anchor)
        return written

    # parts of the script

    def _incident(self, said: Said) -> None:
        draft = Draft(
            id=self._begin(said["ago"], said["title"]), kind="incident", title=said["title"], body=said["body"],
            platform_id=said["platform"], asset=said.get("asset"), impact=said["impact"], urgency=said["urgency"],
            fields=said.get("fields", {}), sensitive=said.get("sensitive", False),
        )  # fmt: skip
        self._steps(self._open(said["by"], draft).id, said)

    def _steps(self, id_: str, said: Said) -> None:
        for step in said.get("steps", ()):
            self._wait(span(step["after"]))
            self._step(id_, step)

    def _step(self, id_: str, step: Said) -> None:
        actor = self._actors.get(step.get("by", ""), PORTAL)
        match step:
            case {"say": text} | {"note": text}:
                self._service.talk.comment(actor, id_, text, internal="note" in step, id=id_from(self._now, id_))
            case {"attach": name, "content": text}:
                self._service.attach(actor, id_, name, text.encode())
            case {"me_too": note}:
                self._service.talk.vote(actor, id_, True, note)
            case {"me_too_of": number}:
                self._votes(id_, number)
            case {"duplicate_of": title}:
                note = "The same cause; your me too counts there."
                answers = {"reason": "duplicate", "duplicate_of": self._by_title[title], "note": note}
                self._move(actor, id_, "close", answers)
            case {"move": name}:
                self._move(actor, id_, name, dict(step.get("answers", {})))

    def _move(self, actor: Actor, id_: str, name: str, answers: dict[str, Any]) -> None:
        if minutes := answers.get("next_update_at"):
            answers["next_update_at"] = self._now + span(minutes)
        ticket = TicketStore(self._stage).find(id_)
        assert ticket is not None, "the thread was opened"
        self._service.move(actor, id_, ticket.version, name, answers)

    def _older(self, number: int, title: str, platform: str, impact: str, reason: str, note: str) -> None:
        ago = OLDEST - timedelta(days=3.9 * number, hours=self._chance.uniform(0, 9))
        by = self._chance.choice(["bob", "charlie", "erin", "frank", "grace", "henry"])
        body = "It was all right the day before."
        draft = Draft(
            id=self._begin(ago, title), kind="incident", title=title, body=body, platform_id=platform, impact=impact,
            urgency="today",
        )  # fmt: skip
        ticket = self._open(by, draft)
        dana, requester = self._actors["dana"], self._actors[by]
        for actor, name, answers in (
            (dana, "triage", {"priority": self._chance.choice([2, 3, 3, 4])}), (dana, "start", {}),
            (dana, "resolve", {"reason": reason, "note": note}), (requester, "confirm", {}),
        ):  # fmt: skip
            self._wait(timedelta(minutes=self._chance.uniform(12, 150)))
            self._move(actor, ticket.id, name, dict(answers))

    def _improvement(self, said: Said) -> None:
        draft = Draft(
            id=self._begin(said["ago"], said["title"]), kind="improvement", title=said["title"], body=said["body"],
            platform_id=said["platform"], fields={"category": said["category"]},
        )  # fmt: skip
        ticket, to = self._open(said["by"], draft), said.get("to", "new")
        closed = kind_of(ticket.kind).workflow.state(to).phase == "closed"
        self._votes(ticket.id, said["votes"], 0.2 if closed else 0.95, mine=said.get("mine", False))
        for name, text in said.get("said", {}).items():
            self._wait(timedelta(hours=self._chance.uniform(2, 20)))
            self._service.talk.comment(self._actors[name], ticket.id, text, id=id_from(self._now, ticket.id))
        answers: dict[str, Any] = {
            "plan": said.get("plan"), "deliver": {"work_item": "https://example.org/work/1841"},
            "ship": {"note": said.get("shipped")}, "reject": said.get("rejected"),
        }  # fmt: skip
        for name in WAYS[to]:
            self._wait((self._anchor - ticket.created_at) * self._chance.uniform(0.12, 0.2))
            self._move(self._actors["alice"], ticket.id, name, dict(answers.get(name) or {}))
        for title in said.get("avoids", ()):
            self._service.link(self._actors["alice"], ticket.id, self._by_title[title], "would_avoid")

    def _request(self, said: Said) -> None:
        template = template_of(said["template"])
        draft = Draft(
            id=self._begin(said["ago"], template.label + str(said["fields"])), kind="request", title="",
            platform_id=said["platform"], template=template.name, fields=said["fields"],
        )  # fmt: skip
        ticket = self._open(said["by"], draft)
        self._steps(ticket.id, said)
        decider = self._actors["me"] if said.get("approver") else self._actors["alice"]
        to = said.get("to", "")
        self._wait(timedelta(hours=self._chance.uniform(1, 4)))
        if "declined" in said:
            self._move(decider, ticket.id, "decline", {"note": said["declined"]})
        elif to and self._state(ticket.id) == "awaiting_approval":
            self._move(decider, ticket.id, "approve", {})
        for state, name, answers in (
            ("in_fulfilment", "start", {}), ("fulfilled", "fulfil", {"note": "Done; please try it."})
        ):  # fmt: skip
            if to in ("in_fulfilment", "fulfilled") and not (state == "fulfilled" and to != state):
                self._wait(timedelta(hours=self._chance.uniform(1, 5)))
                self._move(self._actors["dana"], ticket.id, name, dict(answers))

    def _alarm(self) -> None:
        """The gateway is red since 47 minutes: the portal has opened an incident by itself."""
        since = self._anchor - timedelta(minutes=47)
        self._now = since + timedelta(minutes=1)
        alarm = Alarm(
            check_id="gateway-answers", check_name="Gateway answers", platform_id="gateway-eu2", criticality=1,
            look="red", since=since, reason="Host offline",
        )  # fmt: skip
        ticket = self._service.open(PORTAL, drafted(alarm, id_from(since, alarm.check_id))).ticket
        self._votes(ticket.id, 5)

    # small things

    def _open(self, by: str, draft: Draft) -> Ticket:
        actor = self._actors[by]
        staff = Actor(actor.email, actor.name, max(actor.everywhere, Role.triager))  # nobody's hour is full on a stage
        ticket = self._service.open(staff, draft).ticket
        self._by_title[ticket.title] = ticket.id
        return ticket

    def _votes(self, id_: str, number: int, until: float = 1.0, mine: bool = False) -> None:
        """From now on, up to that part of the time that has passed since."""
        ticket = TicketStore(self._stage).find(id_)
        assert ticket is not None, "the thread was opened"
        began, asks = self._now, kind_of(ticket.kind).votes
        me = [self._actors["me"].email] if mine else []
        people = [*(f"person-{n:03}@example.org" for n in self._chance.sample(range(1, 260), number)), *me]
        for person in people:
            self._now = began + (self._anchor - began) * self._chance.uniform(0, until)
            said = self._chance.choice(_IMPACTS) if asks and asks.asks_impact else None
            self._service.talk.give_vote(ticket, person, True, said, person)
        self._now = began

    def _begin(self, ago: Any, words: str) -> str:
        """The id of a thread; what is not fresh began between nine and five of a working day."""
        at = self._anchor - span(ago) - MINUTE * self._chance.uniform(0, 50)
        if span(ago) > FRESH:
            day = at.astimezone(ZONE).replace(hour=0, minute=0)
            at = day + timedelta(hours=9) + (at - day) / 3
            while not _at_work(at) or at > self._anchor - FRESH:
                at -= timedelta(days=1)
        self._now = at.astimezone(UTC)
        return id_from(self._now, words)

    def _wait(self, pause: timedelta) -> None:
        """People who were asked after work answer in the morning, if that has been."""
        later = self._now + pause
        morning = OFFICE.add(later, self._chance.uniform(60, 2400))
        self._now = later if _at_work(later) or morning > self._anchor - FRESH else morning

    def _state(self, id_: str) -> str:
        return str(self._stage.heads[id_]["state"])

    def _clock(self) -> datetime:
        """It never stands still, so that what follows has a later time."""
        self._now += timedelta(milliseconds=1)
        return self._now


_IMPACTS = ("I wait with my report", "Our meeting works with old numbers", None, None, None)


def _at_work(at: datetime) -> bool:
    return OFFICE.between(at, at + MINUTE) > 0
