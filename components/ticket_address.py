"""What a list shows, as its address says it: the one codec between the URL and `Query`.

Filters are kept by id, not by the words that a widget shows: names change, links and saved views stay good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar, get_args
from urllib.parse import parse_qsl, urlencode

from data.tickets.answers import cleaned_text
from data.tickets.kinds import Kind
from data.tickets.model import Query, Sort

T = TypeVar("T")
PRIORITIES = (1, 2, 3, 4)
SORTS: tuple[Sort, ...] = get_args(Sort)
MANY, LONG = 20, 100
"""Values of one filter, and characters of a search: an address is written by anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Empty: not narrowed."""

    view: str = ""
    q: str = ""
    platform: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    priority: tuple[int, ...] = ()
    asset: str = ""
    sort: Sort | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.platform or self.state or self.priority or self.asset)


def read(kind: Kind, params: Mapping[str, str]) -> Chosen:
    """What makes no sense is left out: an address never fails."""
    states = {state.name for state in kind.workflow.states}
    return Chosen(
        view=params.get("view", "")[:LONG],
        q=cleaned_text(params.get("q", ""), one_line=True)[:LONG].strip(),
        platform=_several(params.get("platform"), str),
        state=tuple(name for name in _several(params.get("state"), str) if name in states),
        priority=tuple(n for n in _several(params.get("priority"), _number) if n in PRIORITIES),
        asset=params.get("asset", "")[:LONG],
        sort=next((one for one in SORTS if one == params.get("sort")), None),
    )  # fmt: skip


def written(chosen: Chosen) -> dict[str, str]:
    """Only what was chosen: an untouched list has a clean address."""
    given: dict[str, Any] = {field.name: getattr(chosen, field.name) for field in fields(chosen)}
    return {name: ",".join(map(str, v)) if isinstance(v, tuple) else v for name, v in given.items() if v}


def as_text(chosen: Chosen) -> str:
    """A saved view."""
    return urlencode(written(chosen))


def from_text(kind: Kind, text: str) -> Chosen:
    return read(kind, dict(parse_qsl(text)))


def narrowed(base: Query, chosen: Chosen) -> Query:
    """The view's query with the filters on top; chosen states replace those of the view."""
    return replace(
        base,
        search=chosen.q,
        platforms=chosen.platform or base.platforms,
        states=chosen.state or base.states,
        priorities=chosen.priority,
        asset=chosen.asset or None,
        sort=chosen.sort or base.sort,
    )


def _several(text: str | None, one: Callable[[str], T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(map(one, _parts(text))))


def _parts(text: str | None) -> Iterable[str]:
    return [part[:LONG] for part in (text or "").split(",") if part][:MANY]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
