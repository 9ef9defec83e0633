"""Files and links of a ticket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from data.errors import Conflict, Forbidden, Invalid, NotFound
from data.files.base import Files
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.tickets.attachments import MOST_FILES, Accepted, accept, check_number, stored_path
from data.tickets.ids import id_from, new_id
from data.tickets.kinds import kind_of
from data.tickets.limits import Limits
from data.tickets.model import Attachment, Comment, LinkKind, Ticket
from data.tickets.rows import newest
from data.tickets.store import TicketStore
from data.tickets.visibility import viewer_of

Seen = Callable[[Actor, str], Ticket]


@dataclass(frozen=True, slots=True)
class File:
    accepted: Accepted
    content: bytes


class Filing:
    def __init__(
        self, store: TicketStore, files: Callable[[], Files], limits: Limits, seen: Seen, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._files = files
        self._limits = limits
        self._seen = seen
        self._clock = clock

    def accepted(self, files: Sequence[tuple[str, bytes]]) -> list[File]:
        """Raises Invalid for the first that cannot be taken, before anything is written."""
        check_number(len(files))
        return [File(accept(name, content), content) for name, content in files]

    def attach(
        self, actor: Actor, ticket_id: str, name: str, content: bytes, comment_id: str | None, internal: bool
    ) -> Attachment:
        require(actor, Permission.tickets_comment_add)
        ticket = self._seen(actor, ticket_id)
        staff = viewer_of(actor).is_staff(ticket.platform_id)
        if internal and not staff:
            raise Forbidden("Internal files are for the team.")
        if not staff and kind_of(ticket.kind).workflow.state(ticket.state).phase == "closed":
            raise Conflict(f"{ticket.key} is closed. Please open a follow-up and add the file there.")
        internal = internal or self._is_internal(ticket, actor, comment_id)
        self._limits.count(actor, "file", ticket.platform_id)
        return self.keep(actor, ticket, File(accept(name, content), content), comment_id, internal)

    def keep_all(self, actor: Actor, ticket: Ticket, files: Sequence[File]) -> None:
        """Those of the form, each once: it is sent again where the first try broke off."""
        for file in files:
            self.keep(
                actor, ticket, file, id_=id_from(ticket.created_at, f"{file.accepted.name} {file.accepted.sha256}")
            )

    def keep(
        self, actor: Actor, ticket: Ticket, file: File, comment_id: str | None = None, internal: bool = False,
        id_: str | None = None,
    ) -> Attachment:  # fmt: skip
        """The content first: a row without its file would promise what is not there."""
        at, told = self._clock(), file.accepted
        id_, path = id_ or new_id(at), stored_path(ticket.id)
        self._files().put(path, file.content)
        added = self._store.add_attachment(
            id=id_, ticket_id=ticket.id, platform_id=ticket.platform_id, comment_id=comment_id, name=told.name,
            media_type=told.media_type, size=told.size, sha256=told.sha256, path=path, internal=internal, at=at,
            by=actor.email, most=MOST_FILES,
        )  # fmt: skip
        if not added:
            self._files().remove(path)
            if known := next((one for one in self._store.attachments(ticket.id, internal=True) if one.id == id_), None):
                return known
            raise Invalid(f"{told.name}: there are {MOST_FILES} files already, which is the most.")
        return Attachment(
            id=id_, ticket_id=ticket.id, comment_id=comment_id, name=told.name, media_type=told.media_type,
            size=told.size, path=path, created_at=at, created_by=actor.email, internal=internal,
        )  # fmt: skip

    def _is_internal(self, ticket: Ticket, actor: Actor, comment_id: str | None) -> bool:
        """What hangs on an internal note is internal, too. Raises NotFound for what is no comment of their own."""
        if comment_id is None:
            return False
        comment = self._shown(ticket, comment_id)
        if comment is None or comment.author != actor.email:
            raise NotFound("There is no such comment any more.")
        return comment.internal

    def _shown(self, ticket: Ticket, comment_id: str) -> Comment | None:
        comments = newest(self._store.comments(ticket.id, internal=True))
        return next((one for one in comments if one.id == comment_id and one.state == "shown"), None)

    def download(self, actor: Actor, ticket_id: str, attachment_id: str) -> tuple[Attachment, bytes]:
        ticket = self._seen(actor, ticket_id)
        listed = self._store.attachments(ticket.id, viewer_of(actor).is_staff(ticket.platform_id))
        found = next((one for one in listed if one.id == attachment_id), None)
        if found is None or (found.comment_id and self._shown(ticket, found.comment_id) is None):
            raise NotFound("There is no such file any more.")
        return found, self._files().get(found.path)

    def link(self, actor: Actor, ticket: Ticket, other: Ticket, kind: LinkKind, state: str) -> bool:
        """False: it is so already."""
        require(actor, Permission.tickets_ticket_work, ticket.platform_id)
        if kind not in get_args(LinkKind):
            raise Invalid("Please choose from the list how the two belong together.")
        if other.id == ticket.id:
            raise Invalid("A ticket cannot be linked to itself.")
        return self._store.set_link(kind, ticket, other, state, self._clock(), actor.email)
