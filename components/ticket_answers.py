"""What somebody answered to the questions of a form, as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from components.markup import esc
from components.moments import Here, long_day
from components.ticket_marks import person_name
from components.ticket_shown import ShownTicket
from data import cached
from data.tickets.answers import Question
from data.tickets.request_types import TEMPLATES

UNSAID: tuple[object, ...] = (None, "", [])


def answers(shown: ShownTicket, questions: Sequence[Question]) -> Iterator[tuple[str, str]]:
    """Label and HTML, of those that were answered."""
    for question in questions:
        value = shown.ticket.fields.get(question.name)
        if value not in UNSAID:
            yield question.label.rstrip("?"), esc(told(shown.here, question, value))


def asked_for(shown: ShownTicket) -> list[tuple[str, str]]:
    """What a request asks for: the answers to its template."""
    template = TEMPLATES.get(shown.ticket.template or "")
    return list(answers(shown, template.questions)) if template else []


def told(here: Here, question: Question, value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(told(here, question, one) for one in value)
    if question.choices:
        return question.choices.get(str(value), str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if question.shape == "number":
        return f"{float(value):,g}"
    if question.shape == "moment":
        return here.clock(datetime.fromisoformat(str(value)))
    if question.shape == "day":
        return long_day(date.fromisoformat(str(value)))
    return person_name(str(value)) if question.shape in {"person", "people"} and "@" in str(value) else str(value)


def platform_name(shown: ShownTicket, platform_id: str) -> str:
    """Its id where the viewer's board does not have it."""
    board = cached.board(shown.portal, shown.actor).value
    names = {tile.platform.id: tile.platform.name for tile in (board.tiles if board else ())}
    return names.get(platform_id, platform_id)
