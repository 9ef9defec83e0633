"""One question of a form or a move as a field: the shape of the answer chooses the widget, for whatever asks it.

What is typed stays with the session until `forget`: a page switch, a failed send or a reload of the page's code loses
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import streamlit as st

from components import session
from components.markup import esc, icon, plain
from data.status.board import Tile
from data.tickets.answers import Question, Shape

SIDE_BY_SIDE = 44
"""Characters of choices that stand beside each other; longer ones go into a list that opens."""
PERSISTENT: Any = {"persist_state": "session"}
FIVE_MINUTES = timedelta(minutes=5)
PRIORITIES = {1: "P1", 2: "P2", 3: "P3", 4: "P4"}


@dataclass(frozen=True, slots=True)
class Field:
    question: Question
    key: str
    value: Any
    people: Sequence[str]
    teams: Sequence[str]
    platforms: Sequence[Tile]

    @property
    def common(self) -> dict[str, Any]:
        optional = "" if self.question.required or self.question.shape == "yes" else " :gray[(optional)]"
        label = plain(self.question.label) + optional
        return {"label": label, "help": self.question.help or None, **PERSISTENT}


def ask(
    question: Question, key: str, value: Any = None, problem: str | None = None, *,
    people: Sequence[str] = (), teams: Sequence[str] = (), platforms: Sequence[Tile] = (),
) -> Any:  # fmt: skip
    """Draws the field and returns the answer as `answers.checked` takes it; None while nothing is chosen.

    `value` is what the field opens with, `problem` what is wrong with the answer, told at the field.
    """
    answer = DRAWN[question.shape](Field(question, key, value, people, teams, platforms))
    if problem:
        st.html(problem_html(problem, question.label))
    return answer


def problem_html(problem: str, label: str = "") -> str:
    """Without the label, which stands above it."""
    said = problem.removeprefix(f"{label.rstrip('?')}: ")
    told = problem if said == problem else said[:1].upper() + said[1:]
    return f'<p class="problem" role="alert">{icon("error")} {esc(told)}</p>'


def forget(prefix: str) -> None:
    """A callback's part: drops what was typed into the fields whose keys begin so.

    For fields that leave the page or get another key: of one that stays, the browser keeps and sends what it had.
    """
    for key in [key for key in st.session_state if str(key).startswith(prefix)]:
        del st.session_state[key]


def _text(field: Field) -> Any:
    return st.text_area(key=field.key, **field.common, value=field.value or "", height="content")


def _line(field: Field) -> Any:
    return st.text_input(key=field.key, **field.common, value=field.value or "")


def _url(field: Field) -> Any:
    return st.text_input(key=field.key, **field.common, value=field.value or "", type="url", placeholder="https://")


def _ticket(field: Field) -> Any:
    return st.text_input(
        key=field.key, **field.common, value=field.value or "", placeholder="INC-7K2QF", icon=":material/tag:"
    )


def _choice(field: Field) -> Any:
    """One of a few lies open; what may stay unanswered can be taken back by a second click."""
    choices = field.question.choices or {}
    if sum(map(len, choices.values())) > SIDE_BY_SIDE + 12 * (len(choices) < 4):
        return _one_of(field, choices)
    if field.question.required:
        at = list(choices).index(field.value) if field.value in choices else None
        return st.radio(
            key=field.key, **field.common, options=list(choices), index=at, format_func=choices.get, horizontal=True
        )
    return st.segmented_control(
        key=field.key, **field.common, options=list(choices), default=field.value, format_func=choices.__getitem__
    )


def _priority(field: Field) -> Any:
    return st.segmented_control(
        key=field.key, **field.common, options=list(PRIORITIES), default=field.value, format_func=PRIORITIES.__getitem__
    )


def _person(field: Field) -> Any:
    return _named(field, field.people, "An e-mail address")


def _team(field: Field) -> Any:
    placeholder = "A team" if "team" in field.question.label.lower() else "Choose, or write another"
    return _named(field, field.teams, placeholder)


def _asset(field: Field) -> Any:
    names = (f"{view.check.name} · {tile.platform.name}" for tile in field.platforms for view in tile.checks)
    return _named(field, tuple(names), "Choose, or write its name")


def _people(field: Field) -> Any:
    return st.multiselect(
        key=field.key, **field.common, options=_with(field.people, field.value or ()), default=field.value or None,
        accept_new_options=True, placeholder="E-mail addresses",
    )  # fmt: skip


def _list(field: Field) -> Any:
    choices = field.question.choices or {}
    return st.multiselect(
        key=field.key, **field.common, options=_with(choices, field.value or ()), default=field.value or None,
        format_func=lambda one: choices.get(one, one), accept_new_options=not choices, placeholder="Choose",
    )  # fmt: skip


def _moment(field: Field) -> Any:
    """In the viewer's zone."""
    zone = session.zone()
    local = field.value.astimezone(zone).replace(tzinfo=None) if isinstance(field.value, datetime) else None
    chosen = st.datetime_input(key=field.key, **field.common, value=local, format="YYYY-MM-DD", step=FIVE_MINUTES)
    return chosen and chosen.replace(tzinfo=zone)


def _day(field: Field) -> Any:
    value = date.fromisoformat(field.value) if isinstance(field.value, str) else field.value
    return st.date_input(key=field.key, **field.common, value=value, format="YYYY-MM-DD")


def _number(field: Field) -> Any:
    return st.number_input(
        key=field.key,
        **field.common,
        value=field.value,
        min_value=field.question.least,
        max_value=field.question.most,
        step=1,
    )


def _yes(field: Field) -> Any:
    return st.checkbox(key=field.key, **field.common, value=bool(field.value))


def _named(field: Field, names: Iterable[str], placeholder: str) -> Any:
    """Names that are known, and any other that somebody types."""
    options = _with(names, (field.value,) if field.value else ())
    at = options.index(field.value) if field.value else None
    return st.selectbox(
        key=field.key, **field.common, options=options, index=at, accept_new_options=True, placeholder=placeholder
    )


def _one_of(field: Field, choices: Mapping[str, str]) -> Any:
    at = list(choices).index(field.value) if field.value in choices else None
    return st.selectbox(
        key=field.key,
        **field.common,
        options=list(choices),
        index=at,
        format_func=choices.__getitem__,
        placeholder="Choose",
    )


def _with(names: Iterable[str], more: Iterable[str]) -> list[str]:
    return list(dict.fromkeys((*names, *more)))


DRAWN: Mapping[Shape, Callable[[Field], Any]] = {
    "text": _text, "line": _line, "choice": _choice, "person": _person, "team": _team, "priority": _priority,
    "moment": _moment, "day": _day, "number": _number, "url": _url, "ticket": _ticket, "yes": _yes, "people": _people,
    "asset": _asset, "list": _list,
}  # fmt: skip
