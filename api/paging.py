"""Pages of lists. A cursor is the place of the last item in its list; one of another list is refused."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Annotated, Any, Generic, TypeVar

from fastapi import HTTPException, Query
from pydantic import BaseModel, Field

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Place = tuple[str | int | float | bool, ...]
Cursor = Annotated[str | None, Query(max_length=1_000, description="`next` of the page before.")]
Size = Annotated[int, Query(ge=1, le=200, description="Items of a page.")]


class Listed(BaseModel, Generic[M]):
    items: list[M]
    next: str | None = Field(description="The `cursor` of the next page; null at the end.")


def cut(
    items: Sequence[T], place: Callable[[T], Place], cursor: str | None, size: int, *asked: Any
) -> tuple[list[T], str | None]:
    """The page after the cursor, in the order of `place`, which has to be different for each item."""
    ordered = sorted(items, key=place)
    after = read_cursor(cursor, *asked)
    start = 0 if after is None else bisect_right(ordered, _comparable(after, ordered, place), key=place)
    page = ordered[start : start + size]
    more = start + size < len(ordered)
    return page, write_cursor(place(page[-1]), *asked) if more else None


def write_cursor(place: Place, *asked: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([_mark(asked), *place]).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, *asked: Any) -> Place | None:
    """Raises 400 for what is no cursor of a list that was asked for like this."""
    if cursor is None:
        return None
    try:
        mark, *place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise damaged() from None
    if mark != _mark(asked) or not all(isinstance(part, str | int | float) for part in place):
        raise damaged()
    return tuple(place)


def damaged() -> HTTPException:
    return HTTPException(400, "This cursor is none of this list. Start again without it.")


def _mark(asked: tuple[Any, ...]) -> str:
    return sha256(repr(asked).encode()).hexdigest()[:8]


def _comparable(after: Place, ordered: Sequence[T], place: Callable[[T], Place]) -> Place:
    kinds = [type(part) for part in place(ordered[0])] if ordered else [type(part) for part in after]
    if kinds != [type(part) for part in after]:
        raise damaged()
    return after
