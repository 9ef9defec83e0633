"""The terms of the business: everybody reads, stewards and owners curate."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from api.calls import Caller, Key, Version
from api.paging import Cursor, Listed, Size, cut
from api.wire import Moving, Sent, Wire
from data.cached import glossary as cache
from data.errors import NotFound
from data.glossary import model
from data.glossary.model import RelationKind, TermState
from data.glossary.service import GONE
from data.glossary.workflow import moves_of
from data.tickets.ids import is_id

router = APIRouter(prefix="/glossary", tags=["glossary"])
Id = Annotated[str, Path(max_length=64)]


class Relation(Wire):
    kind: RelationKind
    target: str = Field(description="The id of a term, or a name that is none yet.")


class UsedIn(Wire):
    name: str
    role: str


class SourceOfTerm(Wire):
    label: str
    url: str


class Term(Wire):
    id: str
    version: int = Field(description="For If-Match.")
    platform_id: str | None = Field(description="None: for everybody.")
    name: str
    acronym: str | None
    synonyms: list[str]
    definition: str = Field(description="Markdown; its first sentence is the short one.")
    notes: str
    confusion: str
    formula: str | None
    grain: str | None
    unit: str | None
    filters: str | None
    domain: str | None
    tags: list[str]
    steward: str | None
    owner: str | None
    relations: list[Relation]
    assets: list[UsedIn]
    sources: list[SourceOfTerm]
    state: TermState
    replaced_by: str | None
    note: str | None = Field(description="What was said with the last move.")
    reviewed_at: datetime | None
    review_due: date | None
    updated_at: datetime
    updated_by: str
    moves: list[str] = Field(description="What a curator may do with it now.")

    @classmethod
    def of(cls, term: model.Term, seen: Collection[str] | None = None) -> Term:
        """`seen`: the terms that the caller may know of; None: all."""
        told = {name: getattr(term, name) for name in Term.model_fields if name != "moves"}
        related = [one for one in term.relations if seen is None or not is_id(one.target) or one.target in seen]
        successor = term.replaced_by if seen is None or term.replaced_by in seen else None
        moves = [move.name for move in moves_of(term)]
        return Term.model_validate({**told, "relations": related, "replaced_by": successor, "moves": moves})


class TermText(Sent):
    """The whole of a term: what is left out is empty."""

    name: str
    definition: str
    notes: str = ""
    acronym: str | None = None
    synonyms: tuple[str, ...] = ()
    domain: str | None = None
    platform_id: str | None = None
    steward: str | None = None
    owner: str | None = None
    review_due: date | None = None
    formula: str | None = None
    grain: str | None = None
    unit: str | None = None
    filters: str | None = None
    confused_with: tuple[str, ...] = ()
    confusion: str = ""
    broader: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    computed_from: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    assets: str = Field("", description="One in a line: `sales.orders_daily | Column net_rev`.")
    sources: str = Field("", description="One in a line: `Accounting manual | https://example.org/manual`.")
    tags: tuple[str, ...] = ()


@router.get("", response_model=Listed[Term])
def list_terms(
    call: Caller, q: Annotated[str, Query(max_length=100, description="In names, acronyms and synonyms.")] = "",
    state: Annotated[list[TermState] | None, Query(max_length=4)] = None, cursor: Cursor = None, size: Size = 50,
) -> Response:  # fmt: skip
    """By name."""
    asked = q.casefold(), tuple(state or ())
    return call.answer(cache.terms(call.portal, call.actor), _listed, asked, cursor, size)


@router.post("", response_model=Term, status_code=201)
def add_term(call: Caller, body: TermText, key: Key = None) -> Response:
    """A draft; `approve` it when its words are good."""
    deed = partial(call.portal.glossary.add, call.actor, call.id_for(key), dict(body))
    term = call.change(deed, cache.drop, body)
    return call.made(Term.of(term), f"glossary/{term.id}")


@router.get("/{term_id}", response_model=Term)
def read_term(call: Caller, term_id: Id) -> Response:
    """Its words, where it is used, what it is related to."""
    return call.answer(cache.terms(call.portal, call.actor), _found, term_id)


@router.put("/{term_id}", response_model=Term)
def change_term(call: Caller, term_id: Id, version: Version, body: TermText) -> Response:
    """Other words in place of these."""
    deed = partial(call.portal.glossary.edit, call.actor, term_id, version, dict(body))
    return call.written(Term.of(call.change(deed, cache.drop, body)))


@router.post("/{term_id}/moves", response_model=Term)
def move_term(call: Caller, term_id: Id, version: Version, body: Moving) -> Response:
    """`approve`, `review`, `deprecate`, `restore`, `archive`, `unarchive`."""
    deed = partial(call.portal.glossary.move, call.actor, term_id, version, body.move, body.answers)
    return call.written(Term.of(call.change(deed, cache.drop, body)))


Asked = tuple[str, tuple[TermState, ...]]


def _listed(terms: tuple[model.Term, ...], asked: Asked, cursor: str | None, size: int) -> Listed[Term]:
    words, states = asked
    found = [
        term for term in terms
        if (not states or term.state in states) and any(words in name.casefold() for name in term.words)
    ]  # fmt: skip
    page, after = cut(found, lambda term: (term.name.casefold(), term.id), cursor, size, "glossary", asked)
    seen = {term.id for term in terms}
    return Listed[Term](items=[Term.of(term, seen) for term in page], next=after)


def _found(terms: tuple[model.Term, ...], term_id: str) -> Term:
    for term in terms:
        if term.id == term_id:
            return Term.of(term, {one.id for one in terms})
    raise NotFound(GONE)
