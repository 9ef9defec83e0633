"""What a handler knows of a request: the portal, who asks, and how answers are given."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, HTTPException, Request, Response
from pydantic import BaseModel

from data import cached, doorway
from data.cached.reads import Read
from data.errors import Conflict, Refused
from data.people.model import Actor
from data.portal import Portal
from data.tickets.ids import id_of, new_id

T = TypeVar("T")
JSON = "application/json"
KEPT = 128
_VERSION = re.compile(r'"?(\d{1,9})"?', re.ASCII)
_rendered: OrderedDict[tuple[Any, ...], tuple[Any, bytes]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Call:
    portal: Portal
    actor: Actor
    request: Request

    def answer(self, read: Read[T], render: Callable[..., BaseModel], *arguments: Any) -> Response:
        """200 with what `render(value, *arguments)` says, or 304; the last good value while the store is down."""
        body = _render(read.get(), render, *arguments)
        stale = {"X-Stale": _header(read.error)} if read.error else {}
        return self.reply(body, {"X-As-Of": rfc3339(read.at), **stale})

    def reply(self, body: bytes, headers: Mapping[str, str] | None = None, media_type: str = JSON) -> Response:
        """Of a read: with an ETag, and 304 for whoever has it already."""
        tag = f'"{sha256(body).hexdigest()[:24]}"'
        told = {"ETag": tag, "Cache-Control": "private, no-cache", **(headers or {})}
        known = self.request.headers.get("if-none-match", "")
        if known == "*" or tag in (name.strip().removeprefix("W/") for name in known.split(",")):
            return Response(None, 304, told)
        return Response(body, 200, told, media_type)

    def change(self, deed: Callable[[], T], forget: Callable[[], None], body: BaseModel | None = None) -> T:
        """Does it and forgets what it changed. What is wrong is told at its place in `body`."""
        try:
            done = deed()
        except Conflict:
            forget()
            raise
        except Refused as refused:
            raise _placed(refused, body) from refused
        forget()
        return done

    def made(self, body: BaseModel, path: str, known: bool = False) -> Response:
        """201, and where it is to be found. `known`: this very request had been served before."""
        root = self.request.scope.get("root_path", "")
        again = {"Idempotent-Replayed": "true"} if known else {}
        return Response(body.model_dump_json(), 201, {"Location": f"{root}/v1/{path}", **again}, JSON)

    def written(self, body: BaseModel) -> Response:
        """What a change has made of it."""
        return Response(body.model_dump_json(), 200, media_type=JSON)

    def id_for(self, key: str | None) -> str:
        """The same id for the same key of the same person at the same address; without a key, a new one."""
        if key is None:
            return new_id(self.portal.clock())
        return id_of(self.actor.email, self.request.url.path, key)


def call(request: Request) -> Call:
    """Rights are looked up for every request, so that a changed role counts at once."""
    identity = request.scope.get("identity")
    if identity is None:
        raise HTTPException(401, "Nobody is signed in.")
    house = doorway.portal()
    actor = cached.access(house).get().actor(identity, house.settings, house.clock(), door="api")
    return Call(house, actor, request)


def expected_version(
    if_match: Annotated[
        str | None,
        Header(description="The version that was read, such as `3`.", openapi_examples={"v": {"value": "3"}}),
    ] = None,
) -> int:
    """428 where it is missing: changes are made on what was seen."""
    if if_match is None:
        raise HTTPException(428, "Say which version you have seen: If-Match: <version>.")
    if (found := _VERSION.fullmatch(if_match.strip())) is None:
        raise HTTPException(400, "If-Match is the number of a version, such as 3.")
    return int(found[1])


Caller = Annotated[Call, Depends(call)]
Version = Annotated[int, Depends(expected_version)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$",
        description="Any text that a retry sends again: the thing is made once, however often it is sent.",
    ),
]  # fmt: skip


def _render(value: Any, render: Callable[..., BaseModel], *arguments: Any) -> bytes:
    """Read-only values of the cache are rendered once: whoever sees the same thing gets the same bytes."""
    key = (id(value), render, *arguments)
    with _lock:
        kept = _rendered.get(key)
        if kept and kept[0] is value:
            _rendered.move_to_end(key)
            return kept[1]
    body = render(value, *arguments).model_dump_json().encode()
    with _lock:
        _rendered[key] = value, body
        while len(_rendered) > KEPT:
            _rendered.popitem(last=False)
    return body


def _placed(refused: Refused, body: BaseModel | None) -> Refused:
    """What is no field of the body itself is one of its answers."""
    known = type(body).model_fields if body else refused.at
    return Refused({name if name in known else f"answers/{name}": words for name, words in refused.at.items()})


def rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _header(words: str) -> str:
    return " ".join(words.encode("ascii", "replace").decode().split())
