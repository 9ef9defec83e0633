"""Tickets: one door for every kind, made from what the kind is."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import JSONResponse

from api.calls import Call, Caller, Key, Version
from api.paging import Listed, read_cursor, write_cursor
from api.wire import Sent
from api.wire_sent import EditedComment, Filters, NewComment, NewVote, draft_of, moving_of, opening_of, understood
from api.wire_tickets import Said, Templates, TicketDetail, TicketHead
from data.cached import tickets as cache
from data.errors import NotFound
from data.tickets import model
from data.tickets.ids import typed_key
from data.tickets.kinds import KINDS, Kind

PATHS = {kind.name: kind.path for kind in KINDS.values()} | {"request": "service-requests"}
"""On the page they are requests; the brief calls these service requests."""
Name = Annotated[str, Path(max_length=64, description="Its key, such as INC-7K2QF.")]


class Door:
    def __init__(self, kind: Kind) -> None:
        self.kind, self.path = kind, PATHS[kind.name]
        self.router = APIRouter(prefix=f"/{self.path}", tags=[self.path])
        one, many = f"{kind.label.lower()}", kind.plural.lower()
        if kind.from_template:
            self._add("GET", "/templates", self.templates, "What can be requested", Templates)
        self._add("GET", "", self.page, f"List {many}", Listed[TicketHead])
        self._add("POST", "", self.open, f"Open: {one}", TicketHead, 201, body=opening_of(kind))
        self._add("GET", "/{key}", self.read, f"Read: {one}", TicketDetail)
        self._add("POST", "/{key}/moves", self.move, f"Move: {one}", TicketHead, body=moving_of(kind))
        self._add("GET", "/{key}/comments", self.comments, f"Comments: {one}", Listed[Said])
        self._add("POST", "/{key}/comments", self.comment, f"Comment: {one}", Said, 201)
        self._add("PUT", "/{key}/comments/{comment_id}", self.edit, f"Edit a comment: {one}", Said)
        self._add("DELETE", "/{key}/comments/{comment_id}", self.remove, f"Remove a comment: {one}", Said)
        self._add("PUT", "/{key}/watch", self.watch, f"Watch: {one}", None, 204)
        self._add("DELETE", "/{key}/watch", self.unwatch, f"Watch no more: {one}", None, 204)
        if kind.votes:
            self._add("PUT", "/{key}/vote", self.vote, f"{kind.votes.cast}: {one}", None, 204)
            self._add("DELETE", "/{key}/vote", self.unvote, f"Take the vote back: {one}", None, 204)

    def _add(
        self, method: str, path: str, serve: Callable[..., Response], summary: str, answers: Any, status: int = 200,
        **types: Any,
    ) -> None:  # fmt: skip
        self.router.add_api_route(
            path, _typed(serve, types), methods=[method], summary=summary, response_model=answers, status_code=status,
            response_class=Response if status == 204 else JSONResponse,
        )  # fmt: skip

    def templates(self, call: Caller) -> Response:
        return call.reply(Templates.all().model_dump_json().encode())

    def page(self, call: Caller, asked: Annotated[Filters, Query()]) -> Response:
        query = asked.query(self.kind)
        after = read_cursor(asked.cursor, query)
        narrowed = replace(query, after=str(after[0]) if after else None)
        return call.answer(cache.page(call.portal, call.actor, narrowed), _listed, query)

    def open(self, call: Caller, body: Sent, key: Key = None) -> Response:
        id_ = call.id_for(key)
        digest = sha256(body.model_dump_json().encode()).hexdigest()[:32] if key else None
        draft = draft_of(self.kind, id_, body, digest)
        opened = call.change(partial(call.portal.tickets.open, call.actor, draft), cache.drop, body)
        return call.made(TicketHead.of(opened.ticket), f"{self.path}/{opened.ticket.key}", not opened.is_new)

    def read(self, call: Caller, key: Name) -> Response:
        detail = cache.detail(call.portal, call.actor, self._named(key))
        return call.answer(detail, TicketDetail.full, call.actor.email)

    def move(self, call: Caller, key: Name, version: Version, body: Sent) -> Response:
        id_, (name, answers) = self._named(key), dict(body).values()
        told = understood(self.kind.workflow.move(name).asks, answers)
        deed = partial(call.portal.tickets.move, call.actor, id_, version, name, told)
        return call.written(TicketHead.of(call.change(deed, cache.drop, body)))

    def comments(self, call: Caller, key: Name) -> Response:
        return call.answer(cache.detail(call.portal, call.actor, self._named(key)), _comments)

    def comment(self, call: Caller, key: Name, body: NewComment, idempotency: Key = None) -> Response:
        id_, name = self._named(key), call.id_for(idempotency)
        deed = partial(call.portal.tickets.talk.comment, call.actor, id_, body.text, body.internal, id=name)
        said = call.change(deed, cache.drop, body)
        return call.made(Said.of(said), f"{self.path}/{id_}/comments")

    def edit(self, call: Caller, key: Name, comment_id: Name, version: Version, body: EditedComment) -> Response:
        id_, talk = self._named(key), call.portal.tickets.talk
        deed = partial(talk.edit, call.actor, id_, comment_id, version, body.text)
        return call.written(Said.of(call.change(deed, cache.drop, body)))

    def remove(
        self, call: Caller, key: Name, comment_id: Name, version: Version,
        reason: Annotated[str | None, Query(description="After ten minutes, from an owner.")] = None,
    ) -> Response:  # fmt: skip
        id_, talk = self._named(key), call.portal.tickets.talk
        deed = partial(talk.remove, call.actor, id_, comment_id, version, reason)
        return call.written(Said.of(call.change(deed, cache.drop)))

    def vote(self, call: Caller, key: Name, body: NewVote | None = None) -> Response:
        return self._vote(call, key, True, body.note if body else "")

    def unvote(self, call: Caller, key: Name) -> Response:
        return self._vote(call, key, False, "")

    def _vote(self, call: Call, key: str, cast: bool, note: str) -> Response:
        id_, talk = self._named(key), call.portal.tickets.talk
        call.change(partial(talk.vote, call.actor, id_, cast, note), cache.drop)
        return Response(status_code=204)

    def watch(self, call: Caller, key: Name) -> Response:
        return self._watch(call, key, True)

    def unwatch(self, call: Caller, key: Name) -> Response:
        return self._watch(call, key, False)

    def _watch(self, call: Call, key: str, on: bool) -> Response:
        id_, talk = self._named(key), call.portal.tickets.talk
        call.change(partial(talk.watch, call.actor, id_, on), cache.drop)
        return Response(status_code=204)

    def _named(self, key: str) -> str:
        """A ticket of another kind is not found here."""
        name = typed_key(key)
        if not name.startswith(f"{self.kind.prefix}-"):
            raise NotFound(f"There is no {self.kind.label.lower()} {key[:40]} that you can see.")
        return name


def routers() -> list[APIRouter]:
    return [Door(kind).router for kind in KINDS.values()]


def _typed(serve: Callable[..., Response], types: dict[str, Any]) -> Callable[..., Response]:
    """The handler as FastAPI sees it: with the types of its kind."""
    whole = inspect.signature(serve, eval_str=True)
    parameters = [
        one.replace(annotation=types.get(one.name, one.annotation), kind=one.KEYWORD_ONLY)
        for one in whole.parameters.values()
    ]

    @wraps(serve)
    def served(**given: Any) -> Response:
        return serve(**given)

    vars(served).update(__signature__=whole.replace(parameters=parameters))
    return served


def _listed(page: model.Page, query: model.Query) -> Listed[TicketHead]:
    after = write_cursor((page.after,), query) if page.after else None
    return Listed[TicketHead](items=[TicketHead.of(ticket) for ticket in page.tickets], next=after)


def _comments(detail: model.Detail) -> Listed[Said]:
    return Listed[Said](items=[Said.of(comment) for comment in detail.comments], next=None)
