"""The demo's tickets: read from threads.yaml, played through the service with a clock of its own, written at once."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from data.audit.service import AuditService
from data.files.base import Files
from data.notifications.service import OutboxService
from data.people.model import Actor, Role
from data.people.service import PeopleService
from data.portal import Portal
from data.statements import Row
from data.status.fields import Duration
from data.tickets.alarms import Alarm, drafted
from data.tickets.ids import id_from
from data.tickets.kinds import kind_of
from data.tickets.model import Draft, Ticket
from data.tickets.request_types import template_of
from data.tickets.rounds import PORTAL
from data.tickets.service import TicketService
from data.tickets.store import TicketStore
from jobs.demo.stage import Stage

SCRIPT = Path(__file__).with_name("threads.yaml")
STAFF = {"alice": Role.service_owner, "dana": Role.triager}
"""On every example platform; everybody else contributes."""
OLDEST = timedelta(days=88)
ORDER = ("audit_events", "outbox", "comments", "votes", "watchers", "approvals", "ticket_links")
"""Tickets come last: while they are not there, the demo is not told, and is told again."""
Said = Mapping[str, Any]


def appoint(portal: Portal, platform_ids: Iterable[str]) -> None:
    """The staff of the threads can be assigned and mentioned."""
    for platform_id, (name, role) in product(platform_ids, STAFF.items()):
        portal.people.grant(Actor.job("demo"), "user", f"{name}@example.org", role, platform_id)


def tell(portal: Portal, anchor: datetime) -> dict[str, int]:
    """Rows written, by table; nothing where the tickets are there already."""
    names = ("alice", "bob", "charlie", "dana", "erin", "frank", "grace", "henry")
    actors = {name: _actor(name, portal) for name in names}
    play = Play(portal, anchor, actors | {"me": _actor(portal.settings.dev_user, portal)})
    if play.is_told():
        return {}
    play.everything()
    return play.write()


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
        self._chance = random.Random(anchor.isoformat())
        self._by_title: dict[str, str] = {}
        self._stage = Stage(portal.statements)
        people = PeopleService(self._stage, portal.audit, self._clock, portal.settings)
        self._service = TicketService(
            self._stage, AuditService(self._stage, self._clock), OutboxService(self._stage), people, _no_files,
            self._clock, portal.settings,
        )  # fmt: skip

    def is_told(self) -> bool:
        marker = _script()["incidents"][0]
        return TicketStore(self._portal.statements).find(self._id(marker["title"], marker["ago"])) is not None

    def everything(self) -> None:
        for said in _script()["incidents"]:
            self._incident(said)
        for number, older in enumerate(_script()["older_incidents"]):
            self._older(number, *older)
        for said in _script()["improvements"]:
            self._improvement(said)
        for said in _script()["requests"]:
            self._request(said)
        self._alarm()

    def write(self) -> dict[str, int]:
        statements, added = self._portal.statements, self._stage.added
        told = [{**row, "state": "delivered", "attempts": 0} for row in added["outbox"].values()]
        tables: dict[str, list[Row]] = {name: list(added[name].values()) for name in ORDER} | {"outbox": told}
        tables["tickets"] = list(self._stage.heads.values())
        written = {name: statements.append(name, rows) for name, rows in tables.items()}
        ids = list(self._stage.heads)
        TicketStore(statements).tally(ids, self._anchor)
        return written

    # parts of the script

    def _incident(self, said: Said) -> None:
        fields = said.get("fields", {})
        draft = Draft(
            id=self._id(said["title"], said["ago"]), kind="incident", title=said["title"], body=said["body"],
            platform_id=said["platform"], asset=said.get("asset"), impact=said["impact"], urgency=said["urgency"],
            fields=fields, sensitive=said.get("sensitive", False),
        )  # fmt: skip
        ticket = self._open(said, draft)
        for step in said.get("steps", ()):
            self._now += _span(step["after"])
            self._step(ticket.id, step)

    def _step(self, id_: str, step: Said) -> None:
        actor = self._actors.get(step.get("by", ""), PORTAL)
        match step:
            case {"say": text} | {"note": text}:
                self._service.talk.comment(actor, id_, text, internal="note" in step, id=id_from(self._now, id_))
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
            answers["next_update_at"] = self._now + _span(minutes)
        ticket = TicketStore(self._stage).find(id_)
        assert ticket is not None, "the thread was opened"
        self._service.move(actor, id_, ticket.version, name, answers)

    def _older(self, number: int, title: str, platform: str, impact: str, reason: str, note: str) -> None:
        ago = OLDEST - timedelta(days=3.9 * number, hours=self._chance.uniform(0, 9))
        by = self._chance.choice(["bob", "charlie", "erin", "frank", "grace", "henry"])
        body = "It was all right the day before."
        draft = Draft(
            id=self._id(title, ago), kind="incident", title=title, body=body, platform_id=platform, impact=impact,
            urgency="today",
        )  # fmt: skip
        ticket = self._open({"by": by, "ago": ago}, draft)
        dana, requester = self._actors["dana"], self._actors[by]
        for actor, name, answers in (
            (dana, "triage", {"priority": self._chance.choice([2, 3, 3, 4])}), (dana, "start", {}),
            (dana, "resolve", {"reason": reason, "note": note}), (requester, "confirm", {}),
        ):  # fmt: skip
            self._now += timedelta(minutes=self._chance.uniform(12, 150))
            self._move(actor, ticket.id, name, dict(answers))

    def _improvement(self, said: Said) -> None:
        draft = Draft(
            id=self._id(said["title"], said["ago"]), kind="improvement", title=said["title"], body=said["body"],
            platform_id=said["platform"], fields={"category": said["category"]},
        )  # fmt: skip
        ticket, alice, to = self._open(said, draft), self._actors["alice"], said.get("to", "new")
        self._votes(ticket.id, said["votes"], votes_of_me=said.get("mine", False))
        for name, text in said.get("said", {}).items():
            self._now += timedelta(hours=self._chance.uniform(2, 20))
            self._service.talk.comment(self._actors[name], ticket.id, text, id=id_from(self._now, ticket.id))
        way = ("under_review", "planned", "in_delivery", "done")
        done = way[: way.index(to) + 1] if to in way else way[:1] if to == "rejected" else ()
        answers: dict[str, Any] = {
            "planned": said.get("plan"), "in_delivery": {"work_item": "https://example.org/work/1841"},
            "done": {"note": said.get("shipped")},
        }  # fmt: skip
        for state, name in zip(done, ("review", "plan", "deliver", "ship"), strict=False):
            self._now += timedelta(hours=self._chance.uniform(5, 30))
            self._move(alice, ticket.id, name, dict(answers.get(state) or {}))
        if to == "rejected":
            self._move(alice, ticket.id, "reject", dict(said["rejected"]))
        for title in said.get("avoids", ()):
            self._service.link(alice, ticket.id, self._by_title[title], "would_avoid")

    def _request(self, said: Said) -> None:
        template = template_of(said["template"])
        draft = Draft(
            id=self._id(template.label + str(said["fields"]), said["ago"]), kind="request", title="",
            platform_id=said["platform"], template=template.name, fields=said["fields"],
        )  # fmt: skip
        ticket = self._open(said, draft)
        decider = self._actors["me"] if said.get("approver") else self._actors["alice"]
        to = said.get("to", "")
        self._now += timedelta(hours=self._chance.uniform(1, 4))
        if "declined" in said:
            self._move(decider, ticket.id, "decline", {"note": said["declined"]})
        elif to and self._state(ticket.id) == "awaiting_approval":
            self._move(decider, ticket.id, "approve", {})
        for state, name, answers in (
            ("in_fulfilment", "start", {}), ("fulfilled", "fulfil", {"note": "Done; please try it."})
        ):  # fmt: skip
            if to in ("in_fulfilment", "fulfilled") and not (state == "fulfilled" and to != state):
                self._now += timedelta(hours=self._chance.uniform(1, 5))
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

    def _open(self, said: Said, draft: Draft) -> Ticket:
        self._now = self._anchor - _span(said["ago"])
        actor = self._actors[said["by"]]
        staff = Actor(actor.email, actor.name, max(actor.everywhere, Role.triager))  # nobody's hour is full on a stage
        ticket = self._service.open(staff, draft).ticket
        self._by_title[ticket.title] = ticket.id
        return ticket

    def _votes(self, id_: str, number: int, votes_of_me: bool = False) -> None:
        ticket = TicketStore(self._stage).find(id_)
        assert ticket is not None, "the thread was opened"
        people = [f"person-{n:03}@example.org" for n in self._chance.sample(range(1, 260), number)]
        mine = [self._actors["me"].email] if votes_of_me else []
        note = kind_of(ticket.kind).votes
        for person in (*people, *mine):
            said = self._chance.choice(_IMPACTS) if note and note.asks_impact else None
            self._service.talk.give_vote(ticket, person, True, said, person)

    def _state(self, id_: str) -> str:
        return str(self._stage.heads[id_]["state"])

    def _id(self, title: str, ago: Any) -> str:
        return id_from(self._anchor - _span(ago), title)

    def _clock(self) -> datetime:
        """It never stands still, so that what follows has a later time."""
        self._now += timedelta(milliseconds=1)
        return self._now


_IMPACTS = ("I wait with my report", "Our meeting works with old numbers", None, None, None)


@cache
def _script() -> dict[str, list[Any]]:
    script: dict[str, list[Any]] = yaml.safe_load(SCRIPT.read_text(encoding="utf-8"))
    return script


def _span(text: Any) -> timedelta:
    return text if isinstance(text, timedelta) else TypeAdapter(Duration).validate_python(text)


def _no_files() -> Files:
    raise AssertionError("the demo has no files")
