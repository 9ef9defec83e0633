"""The messages area: authorise → plan → write → text kept, trail, outbox. What the clock does needs no service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from data.audit.service import AuditService
from data.errors import Conflict, Invalid, NotFound, Reused
from data.messages.model import ANNOUNCED, Detail, Draft, Message, sees
from data.messages.notices import edition_of, notice_of
from data.messages.rules import accepted
from data.messages.store import MessageStore
from data.messages.workflow import (
    Move,
    Right,
    may_publish,
    move_named,
    obstacle,
    open_to,
    plan,
    rights_of,
    words_of,
)  # fmt: skip
from data.notifications.model import Audience
from data.notifications.planning import About, Hearing
from data.notifications.service import OutboxService
from data.people.model import Actor, Identity, Shown
from data.people.permissions import Permission, require
from data.people.service import PeopleService
from data.settings import Settings
from data.statements import Statements
from data.tickets.ids import is_id
from data.tickets.model import NOTHING, Answers

REPAIRED = timedelta(days=7)
FASTER = "Somebody was faster: this message has changed meanwhile. What you wrote stays here."
GONE = "There is no such message, or it is not for you."


class MessageService:
    def __init__(
        self, statements: Statements, audit: AuditService, outbox: OutboxService, people: PeopleService,
        clock: Callable[[], datetime], settings: Settings,
    ) -> None:  # fmt: skip
        self._store = MessageStore(statements)
        self._audit = audit
        self._outbox = outbox
        self._people = people
        self._clock = clock
        self._settings = settings

    # writing

    def write(self, actor: Actor, move: str, draft: Draft, version: int = 0) -> Message:
        """save, publish, submit, revise or propose this text; `version` 0: a new one, once however often it is sent.

        Raises Refused (by field), Forbidden, Conflict when somebody was faster.
        """
        step = move_named(move)
        if not step.writes or not is_id(draft.id):
            raise Invalid("This message cannot be sent. Please open the form again.")
        require_all(actor, draft.platform_ids)
        columns = accepted(draft, self._store.places()).columns
        before = self._written(actor, draft.id, version) if version else _blank(draft, actor, self._clock())
        after = self._planned(actor, before, step, columns, NOTHING)
        if version == 0 and not self._store.add(after):
            return self._sent_before(actor, after)
        if version and not self._store.set(after):
            raise self._overtaken(after)
        self._follow(before, after)
        return after

    def move(self, actor: Actor, message_id: str, version: int, name: str, answers: Answers = NOTHING) -> Message:
        """Any move on the text as it is stored. Raises Conflict when somebody was faster, Refused, Forbidden."""
        before = self._written(actor, message_id, version)
        after = self._planned(actor, before, move_named(name), {}, answers)
        if not self._store.set(after):
            raise self._overtaken(after)
        self._follow(before, after)
        return after

    def dismiss(self, actor: Actor, message_id: str) -> None:
        """For this person, until the text changes."""
        message = self._seen(actor, message_id)
        if not message.dismissible:
            raise Invalid("This message stays until it ends.")
        self._store.dismiss(message, actor.email, self._clock())

    # reading

    def detail(self, actor: Actor, message_id: str) -> Detail:
        message, places = self._seen(actor, message_id), self._store.places()
        rights = rights_of(actor, message)
        kept = {text.revision: text for text in self._store.texts(message.id)}
        current = {message.revision: message} if message.state in ANNOUNCED else {}
        texts = {**kept, **current}
        return Detail(
            message,
            tuple(texts[number] for number in sorted(texts, reverse=True)),
            self._audit.events_of("message", message.id) if rights else (),
            open_to(message, rights, self.four_eyes(), self._clock()) if rights else (),
            {id_: places[id_].name for id_ in message.platform_ids if id_ in places and actor.sees(places[id_])},
        )

    def archive(self, actor: Actor, search: str = "") -> tuple[Message, ...]:
        """What is over or was withdrawn, newest first."""
        return self._store.listed(actor.scope, (*ANNOUNCED, "withdrawn"), self._clock(), search)

    def told(self, actor: Actor) -> tuple[Message, ...]:
        """What was ever published, withdrawn or over included, each with the platforms that the actor may know of."""
        places = self._store.places()
        shown = {id_ for id_, place in places.items() if actor.sees(place)}
        found = self._store.listed(actor.scope, (*ANNOUNCED, "withdrawn"))
        return tuple(replace(m, platform_ids=tuple(id_ for id_ in m.platform_ids if id_ in shown)) for m in found)

    def unpublished(self, actor: Actor) -> tuple[Message, ...]:
        """Drafts and what waits for approval, of those who may publish them."""
        found = self._store.listed(actor.scope, ("draft", "waiting"))
        return tuple(message for message in found if may_publish(actor, message.platform_ids))

    def hearings(self, abouts: Sequence[About]) -> dict[str, Hearing]:
        """Who may hear of each message that is still there, by its id."""
        places = self._store.places()
        heads = self._store.heads({about.object_id for about in abouts})
        return {id_: _hearing(message, places) for id_, message in heads.items()}

    # two people

    def four_eyes(self) -> bool:
        """Whether another person has to approve what is published."""
        return self._store.four_eyes()

    # what a killed process left

    def repair(self) -> int:
        """Complete texts, trail and outbox; how many messages."""
        left = self._store.unrecorded(self._clock() - REPAIRED)
        for message in left:
            self._follow(message, message)
        return len(left)

    def _planned(
        self, actor: Actor, before: Message, move: Move, columns: Mapping[str, Any], answers: Answers
    ) -> Message:
        at = self._clock()
        if stopped := obstacle(move, before, rights_of(actor, before), self.four_eyes(), at):
            raise stopped
        return plan(before, move, actor, at, columns, answers)

    def _written(self, actor: Actor, message_id: str, version: int) -> Message:
        message = self._seen(actor, message_id)
        require_all(actor, message.platform_ids)
        if message.version != version:
            raise Conflict(FASTER, message.version)
        return message

    def _seen(self, actor: Actor, message_id: str) -> Message:
        """Raises NotFound where the actor may not know of it: unpublished ones are for those who may publish them."""
        message = self._store.find(message_id)
        if message is None or message.state == "discarded":
            raise NotFound(GONE)
        public = message.state in ANNOUNCED or message.state == "withdrawn"
        if not (
            may_publish(actor, message.platform_ids) or (public and sees(actor.scope, message, self._store.places()))
        ):
            raise NotFound(GONE)
        return message

    def _sent_before(self, actor: Actor, again: Message) -> Message:
        known = self._store.find(again.id)
        if known is None or known.created_by != actor.email or words_of(known) != words_of(again):
            raise Reused(FASTER)
        return known

    def _overtaken(self, message: Message) -> Conflict:
        known = self._store.find(message.id)
        return Conflict(FASTER, known.version if known else None)

    def _follow(self, before: Message, after: Message) -> None:
        """The trail comes last: what it holds is complete, and what it lacks is done again by `repair`."""
        changes = {message.version: message for message in (before, after) if message.event}.values()
        lately = [message for message in changes if message.updated_at >= self._clock() - REPAIRED]
        self._store.keep_texts(changes)
        self._outbox.add(notice_of(message, self._recipients(message)) for message in lately)
        self._audit.add(message.event for message in changes if message.event)

    def _recipients(self, message: Message) -> tuple[str, ...]:
        """Of what waits for approval: everybody who can give it. Else subscriptions decide."""
        if message.state != "waiting":
            return ()
        access, now = self._people.access(), self._clock()
        people = (access.actor(Identity(email, email), self._settings, now) for email in sorted(access.people))
        return tuple(person.email for person in people if Right.second in rights_of(person, message))


def require_all(actor: Actor, platform_ids: Iterable[str]) -> None:
    """Raises Forbidden unless the actor may publish on each of the platforms, or to everybody where there is none."""
    named = list(platform_ids)
    if not named:
        require(actor, Permission.messages_portal_publish)
    for id_ in named:
        require(actor, Permission.messages_message_publish, id_)


def _blank(draft: Draft, actor: Actor, at: datetime) -> Message:
    """What there is before the first version."""
    return Message(
        id=draft.id, platform_ids=draft.platform_ids, kind="", severity="", title="", body="", version=0,
        created_at=at, created_by=actor.email, updated_at=at, updated_by=actor.email,
    )  # fmt: skip


def _hearing(message: Message, places: Mapping[str, Shown]) -> Hearing:
    """`audience` staff: those who may publish it."""

    def may(actor: Actor, audience: Audience) -> bool:
        told = audience == "everybody" and message.state in (*ANNOUNCED, "withdrawn")
        return (told and sees(actor.scope, message, places)) or may_publish(actor, message.platform_ids)

    return Hearing(may, open=True, edition=edition_of(message))
