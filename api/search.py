"""One box over everything: docs, terms, tickets, messages, roadmap, platforms, checks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.calls import Caller
from api.wire import Wire
from data.cached import search as cache
from data.search import model
from data.search.model import END, START, How

router = APIRouter(prefix="/search", tags=["search"])


class Hit(Wire):
    type: str
    title: str
    heading: str
    context: str
    snippet: str
    address: str = Field(description="Relative to the portal.")
    faded: bool

    @classmethod
    def of(cls, hit: model.Hit) -> Hit:
        told = {name: getattr(hit, name) for name in cls.model_fields}
        return cls(**{name: plain(value) if isinstance(value, str) else value for name, value in told.items()})


class Found(Wire):
    hits: list[Hit]
    counts: dict[str, int]
    more: bool
    how: How
    meant: str

    @classmethod
    def of(cls, found: model.Found) -> Found:
        hits = [Hit.of(hit) for hit in found.hits]
        return cls(hits=hits, counts=dict(found.counts), more=found.more, how=found.how, meant=found.meant)


def plain(text: str) -> str:
    return text.replace(START, "").replace(END, "")


@router.get("", response_model=Found)
def search(
    call: Caller, q: Annotated[str, Query(max_length=200)], size: Annotated[int, Query(ge=1, le=50)] = 20
) -> Response:
    """The best first; `size` of each type."""
    return call.answer(cache.find(call.portal, call.actor, q, size), Found.of)
