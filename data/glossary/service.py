"""The glossary: authorise → plan → write → tell → trail. Everybody reads; stewards and owners curate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from data.audit.model import AuditEvent
from data.audit.service import AuditService
from data.errors import Conflict, Invalid, NotFound, Reused
from data.glossary.model import Term
from data.glossary.notices import review_notice
from data.glossary.rights import CURATE, require_curate
from data.glossary.rules import checked_fields, facts_of, leads_back
from data.glossary.store import GlossaryStore
from data.glossary.workflow import added, answered, edited, move_named, plan
from data.notifications.planning import NOBODY, About, Hearing
from data.notifications.service import OutboxService
from data.people.model import Actor, Identity
from data.people.permissions import require
from data.people.service import PeopleService
from data.settings import Settings
from data.statements import Statements
from data.tickets.answers import Refused
from data.tickets.ids import is_id
from data.tickets.model import NOTHING, Answers
from data.tickets.visibility import Shown, Viewer, viewer_of

REPAIRED = timedelta(days=7)
REMINDED = timedelta(days=14)
"""What fell due before is not told any more; the list still shows it."""
EVENTS = 100
GONE = "There is no such term that you can see. It may have been archived."


class GlossaryService:
    def __init__(
        self, statements: Statements, audit: AuditService, outbox: OutboxService, people: PeopleService,
        clock: Callable[[], datetime], settings: Settings,
    ) -> None:  # fmt: skip
        self.store = GlossaryStore(statements)
        self.audit = audit
        self.outbox = outbox
        self.clock = clock
        self._people = people
        self._settings = settings

    # reading

    def board(self, viewer: Viewer) -> tuple[Term, ...]:
        """All that the viewer may see, by name; drafts are for staff and their writers, archived terms for staff."""
        return tuple(filter(viewer.sees, self.everything()))

    def everything(self) -> tuple[Term, ...]:
        """To be narrowed to what a viewer may see before anything of it is shown."""
        return self.store.terms()

    def term(self, actor: Actor, id_: str) -> Term:
        """Raises NotFound, alike for what does not exist and what may not be known."""
        term = self.store.find(id_)
        if term is None or not viewer_of(actor).sees(term):
            raise NotFound(GONE)
        return term

    def history(self, actor: Actor, id_: str) -> tuple[AuditEvent, ...]:
        """Newest first."""
        term = self.term(actor, id_)
        events = self.audit.events_of("glossary_term", term.id, EVENTS)
        known = {event.id: event for event in (*events, *filter(None, [term.event]))}
        return tuple(sorted(known.values(), key=lambda event: (event.at, _number(event)), reverse=True))

    # curating

    def add(self, actor: Actor, id_: str, answers: Answers) -> Term:
        """A draft; once, however often the same form is sent. Raises Refused (by field), Forbidden."""
        if not is_id(id_):
            raise Invalid("This form has no valid id. Please open it again.")
        given = checked_fields(answers)
        require(actor, CURATE, given["platform_id"])
        self.refuse_twins(actor, given, id_)
        term = added(id_, actor, given, self.clock())
        if not self.store.add([term]):
            return sent_before(self.term(actor, id_), term)
        self.follow([term])
        return self.term(actor, id_)

    def edit(self, actor: Actor, id_: str, version: int, answers: Answers) -> Term:
        """Raises Conflict when somebody was faster, Refused (by field), Forbidden."""
        term = self._curated(actor, id_, version)
        given = checked_fields(answers, term)
        if given["platform_id"] != term.platform_id:
            require(actor, CURATE, given["platform_id"])
        self.refuse_twins(actor, given, id_)
        return self.write(term, edited(term, actor, given, self.clock()))

    def move(self, actor: Actor, id_: str, version: int, name: str, answers: Answers = NOTHING) -> Term:
        """Raises Conflict when somebody was faster, Refused (by field), Forbidden."""
        term = self._curated(actor, id_, version)
        if successor := answered(move_named(name), answers).get("replaced_by"):
            self._accept_successor(actor, term, str(successor))
        return self.write(term, plan(term, name, actor, answers, self.clock()))

    # for what stands beside it: proposals, files

    def refuse_twins(self, actor: Actor, given: Mapping[str, Any], id_: str) -> None:
        """Two terms of one name need two domains. What the actor may not know of does not count."""
        terms, platform = self.board(viewer_of(actor)), given["platform_id"]
        stays = any(term.id == id_ and term.platform_id == platform for term in terms)
        if platform is not None and not stays and platform not in self.store.platforms():
            raise Refused({"platform_id": f"Platform: there is none named {platform[:40]}."})
        twins = (term for term in terms if term.id != id_ and term.state != "archived")
        if any(key_of(term.name, term.domain) == key_of(given["name"], given["domain"]) for term in twins):
            where = f" in {given['domain']}" if given["domain"] else ""
            raise Refused({"name": f"Name: there is a term {given['name']}{where} already. Give one of them a domain."})

    def write(self, before: Term, after: Term) -> Term:
        if not self.store.set([after]):
            raise overtaken(self.store.find(after.id) or before)
        moved = before.platform_id != after.platform_id
        known = (self.store.find(after.id) or after) if moved else after
        self.follow([before, after])
        return replace(after, members_only=known.members_only)

    def follow(self, terms: Iterable[Term]) -> None:
        self.audit.add(term.event for term in terms if term.event)

    def curators(self, platform_id: str | None) -> tuple[str, ...]:
        """Everybody who may curate terms there."""
        access, now = self._people.access(), self.clock()
        people = (access.actor(Identity(email, email), self._settings, now) for email in sorted(access.people))
        return tuple(person.email for person in people if person.may(CURATE, platform_id))

    # rounds

    def hearings(self, abouts: Sequence[About]) -> dict[str, Hearing]:
        """Who may hear of each term as it is now, by its id."""
        ids = {about.object_id for about in abouts}
        terms = {term.id: term for term in self.store.terms() if term.id in ids}
        return {id_: hearing_of(terms.get(id_)) for id_ in ids}

    def repair(self) -> int:
        """Complete the trail where a process was killed after it wrote; how many things."""
        left = [id_ for kind, id_ in self.store.unrecorded(self.clock() - REPAIRED) if kind == "term"]
        self.follow(term for term in self.store.terms() if term.id in left) if left else None
        return len(left)

    def remind(self) -> int:
        """Those whose terms fell due for review; each day once. How many terms."""
        now = self.clock()
        today = now.astimezone(self._zone).date()
        due = self.store.due(today - REMINDED, today)
        terms = filter(None, map(self.store.find, due))
        self.outbox.add(review_notice(term, self.curators(term.platform_id), now) for term in terms)
        return len(due)

    # how

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._settings.timezone)

    def _curated(self, actor: Actor, id_: str, version: int) -> Term:
        term = self.term(actor, id_)
        require_curate(actor, term)
        if term.version != version:
            raise overtaken(term)
        return term

    def _accept_successor(self, actor: Actor, term: Term, successor: str) -> None:
        """Raises Refused for what is none: not there, out of use, or leading back to the term itself."""
        terms = self.store.terms()
        known = next((one for one in terms if one.id == successor and viewer_of(actor).sees(one)), None)
        if known is None or known.state == "archived":
            raise Refused({"replaced_by": "Successor: there is no such term that you can see."})
        if leads_back(term.id, successor, {one.id: one.replaced_by for one in terms}):
            raise Refused({"replaced_by": f"Successor: {known.name} leads back to {term.name}."})


def key_of(name: str, domain: str | None) -> tuple[str, str]:
    return " ".join(name.split()).casefold(), (domain or "").strip().casefold()


def hearing_of(shown: Shown | None) -> Hearing:
    if shown is None:
        return NOBODY
    return Hearing(lambda actor, _audience: viewer_of(actor).sees(shown), open=False)


def sent_before(known: Term, again: Term) -> Term:
    """Raises Reused where it was another one; what has been changed since is not compared any more."""
    if known.version == 1 and facts_of(known) != facts_of(again):
        raise Reused("This was sent before with something else in it. Send it under a key of its own.")
    return known


def overtaken(term: Term) -> Conflict:
    """`term` as it is now."""
    return Conflict(faster(term), term.version)


def faster(term: Term) -> str:
    """`term` as it is now."""
    who = term.updated_by.partition("@")[0]
    return f"Somebody was faster: {who} has changed this term meanwhile. What you wrote stays here."


def _number(event: AuditEvent) -> int:
    """Its version: two changes may bear one time."""
    version = event.id.rpartition(":")[2]
    return int(version) if version.isdecimal() else 0
