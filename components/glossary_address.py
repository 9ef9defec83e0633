"""What of the glossary is shown, as its address says it; and which terms that are."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

import streamlit as st

from data.glossary.model import Term
from data.glossary.rules import STATES, is_due

LONG = 60
OTHER = "#"
"""The letter of names that begin with none."""
IN_USE = ""
WORDS = {IN_USE: "All states"} | dict(STATES)


@dataclass(frozen=True, slots=True)
class Chosen:
    q: str = ""
    letter: str = ""
    domain: str = ""
    state: str = IN_USE
    steward: str = ""
    due: str = ""
    """'1': only what has to be reviewed."""

    @property
    def narrowed(self) -> bool:
        return self != UNTOUCHED

    def takes(self, term: Term, today: date) -> bool:
        """All but the letter, which jumps."""
        state = term.state == self.state if self.state else term.state != "archived"
        place = not self.domain or self.domain in (term.domain, term.platform_id)
        steward = not self.steward or self.steward == term.steward
        return state and place and steward and (not self.due or is_due(term, today)) and found(term, self.q) is not None


UNTOUCHED = Chosen()


def read(params: Mapping[str, str]) -> Chosen:
    """What makes no sense is left out: an address never fails."""
    told = {name: params.get(name, "")[:LONG] for name in asdict(UNTOUCHED)}
    letter, state = told["letter"].upper(), told["state"]
    return replace(
        Chosen(**told), letter=letter if len(letter) == 1 else "", state=state if state in WORDS else IN_USE,
        due="1" if told["due"] == "1" else "",
    )  # fmt: skip


def written(chosen: Chosen) -> dict[str, str]:
    """Only what was chosen."""
    return {name: value for name, value in asdict(chosen).items() if value}


def go(**parts: str) -> None:
    """A callback: the same list with these parts changed."""
    st.query_params.from_dict(written(replace(read(st.query_params), **parts)))


def go_to(**query: str) -> None:
    """A callback: to a term, a form, or back to the list."""
    st.query_params.from_dict(query)


def follow(key: str, part: str) -> None:
    """A callback: what a widget holds goes into the address. Another filter shows all letters again."""
    value = st.session_state.get(key)
    told = {part: value if isinstance(value, str) else "1" if value else ""}
    go(**({"letter": ""} | told))


def letter_of(term: Term) -> str:
    """Without accents: É stands under E."""
    first = unicodedata.normalize("NFD", term.name.strip().upper())[:1]
    return first if first.isalpha() else OTHER


def plain(text: str) -> str:
    """For comparing: without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))


def found(term: Term, q: str) -> int | None:
    """How well: 0 is the word itself, 1 its beginning, 2 inside a name, 3 in the text. None: not at all."""
    wanted = plain(q).strip()
    if not wanted:
        return 0
    words = [plain(word) for word in term.words]
    if wanted in words:
        return 0
    if any(word.startswith(wanted) for word in words):
        return 1
    if any(wanted in word for word in words):
        return 2
    text = plain(f"{term.definition} {term.notes} {' '.join(term.tags)}")
    return 3 if all(part in text for part in wanted.split()) else None


def ordered(terms: Sequence[Term], q: str) -> list[Term]:
    """By name; what was searched for, the best first."""
    return sorted(terms, key=lambda term: (found(term, q) or 0, plain(term.name), term.id))
