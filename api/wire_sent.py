"""What callers send about tickets, and how they narrow lists: made from the questions and moves of the kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, JsonValue, TypeAdapter, ValidationError, create_model

from api.wire import Moment, Sent
from data.tickets.answers import Question
from data.tickets.kinds import Kind
from data.tickets.model import Answers, Draft, Query, Right, Sort
from data.tickets.request_types import TEMPLATES

_MOMENT = TypeAdapter(Moment)
Some = Annotated[list[str] | None, Field(max_length=20)]


class Filters(BaseModel):
    """Of a list, as its page has them."""

    state: Some = None
    open: bool = Field(False, description="Only what is; `state` says more.")
    platform: Some = None
    priority: list[int] | None = Field(None, max_length=4)
    q: str = Field("", max_length=100, description="Words of key, title, text and people.")
    assignee: str | None = None
    unassigned: bool = False
    team: str | None = None
    requester: str | None = None
    asset: str | None = None
    overdue: bool = False
    on_hold: bool = False
    sort: Sort = "updated"
    cursor: str | None = Field(None, max_length=1_000, description="`next` of the page before.")
    size: int = Field(50, ge=1, le=200, description="Items of a page.")

    def query(self, kind: Kind) -> Query:
        """Without the cursor."""
        states = tuple(self.state or ()) or (kind.workflow.names("open") if self.open else ())
        return Query(
            kind=kind.name, states=states, platforms=tuple(self.platform or ()), priorities=tuple(self.priority or ()),
            search=self.q, assignee=self.assignee, unassigned=self.unassigned, team=self.team,
            requester=self.requester, asset=self.asset, overdue=self.overdue, on_hold=self.on_hold, sort=self.sort,
            size=self.size,
        )  # fmt: skip


class NewComment(Sent):
    text: str = Field(description="Markdown.")
    internal: bool = Field(False, description="For the team only.")


class EditedComment(Sent):
    text: str


class NewVote(Sent):
    note: str = Field("", description="What it means for you, in one line.")


def opening_of(kind: Kind) -> type[Sent]:
    """What opens a ticket of this kind."""
    fields: dict[str, Any] = {
        "body": (str, "" if kind.body_least == 0 else ...), "platform_id": (str | None, None),
        "sensitive": (bool, Field(False, description="Only for you, those you name, and the team.")),
        "requester": (str | None, Field(None, description="Somebody else, by e-mail address; for the team.")),
    }  # fmt: skip
    if kind.from_template:
        fields["template"] = (Literal[tuple(TEMPLATES)], ...)
        fields["answers"] = (dict[str, JsonValue], Field({}, description="To the questions of the template."))
    else:
        fields |= {"title": (str, ...), "asset": (str | None, Field(None, description="The id of a check."))}
        fields |= {question.name: _typed(question) for question in kind.questions}
    return create_model(f"New{kind.name.title()}", __base__=Sent, **fields)


def _typed(question: Question) -> tuple[Any, Any]:
    kinds = {"moment": Moment, "day": date, "number": float}
    kind: Any = Literal[tuple(question.choices)] if question.choices else kinds.get(question.shape, str)
    words = f"{question.label} {question.help}".strip()
    return (kind, Field(..., description=words)) if question.required else (kind | None, Field(None, description=words))


def draft_of(kind: Kind, id_: str, body: Sent, digest: str | None) -> Draft:
    given = dict(body)
    answers = given.pop("answers", {})
    head = {name: given.pop(name) for name in list(given) if name in Draft.__slots__}
    return Draft(id=id_, kind=kind.name, fields={**given, **answers}, digest=digest, **{"title": "", **head})


def moving_of(kind: Kind) -> type[Sent]:
    """A move that people can make."""
    names = tuple(dict.fromkeys(move.name for move in kind.workflow.moves if move.who - {Right.portal}))
    words = "What the move asks for, by name; `moves` of the ticket tells."
    fields: dict[str, Any] = {
        "move": (Literal[names], ...),
        "answers": (dict[str, JsonValue], Field({}, description=words, examples=[{"note": "Reloaded."}])),
    }
    return create_model(f"Move{kind.name.title()}", __base__=Sent, **fields)


def understood(questions: Iterable[Question], answers: Mapping[str, Any]) -> Answers:
    """JSON has no times: where a moment is asked for, its text is read. What is none stays, and is told there."""
    moments = {question.name for question in questions if question.shape == "moment"}
    return {name: _moment(value) if name in moments else value for name, value in answers.items()}


def _moment(value: Any) -> Any:
    try:
        return _MOMENT.validate_python(value)
    except ValidationError:
        return value
