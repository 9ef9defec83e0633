"""The kinds of tickets as data: the only file that knows that they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.errors import Invalid
from data.tickets.answers import Question
from data.tickets.model import BODY_MOST, TITLE_MOST
from data.tickets.moves import IMPROVEMENT, INCIDENT, REQUEST
from data.tickets.workflow import Workflow

IMPACTS = {"blocked": "I cannot work", "workaround": "I have a workaround", "question": "It is a question"}
URGENCIES = {"now": "It cannot wait", "today": "Today", "week": "This week"}
_PRIORITIES: Mapping[tuple[str, str], int] = {
    ("blocked", "now"): 1, ("blocked", "today"): 2, ("blocked", "week"): 3,
    ("workaround", "now"): 2, ("workaround", "today"): 3, ("workaround", "week"): 3,
    ("question", "now"): 3, ("question", "today"): 4, ("question", "week"): 4,
}  # fmt: skip
ENVIRONMENTS = {"production": "Production", "acceptance": "Acceptance", "test": "Test", "development": "Development"}
CATEGORIES = {
    "freshness": "Freshness", "quality": "Data quality", "content": "New content", "performance": "Performance",
    "usability": "Ease of use", "access": "Access", "other": "Something else",
}  # fmt: skip


def priority_of(impact: str | None, urgency: str | None) -> int:
    """From words to a number: people say what hurts, the portal says how much."""
    return _PRIORITIES.get((impact or "question", urgency or "today"), 3)


@dataclass(frozen=True, slots=True)
class VoteWords:
    cast: str
    taken: str
    """On the button when it is mine."""
    noun: str
    """'12 votes', '14 affected'."""
    icon: str
    asks_impact: bool
    """With one line of own impact."""
    follows: bool
    """Whoever votes watches everything; else they hear of states only."""


@dataclass(frozen=True, slots=True)
class FormWords:
    title: str
    line: str
    asset: str
    """Asks for the platform or what is on it."""
    body: str
    next: tuple[str, ...]
    """What happens once it is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    name: str
    label: str
    plural: str
    prefix: str
    path: str
    """Of its page."""
    icon: str
    workflow: Workflow
    questions: tuple[Question, ...]
    """Beyond title, text, platform and asset."""
    form: FormWords
    votes: VoteWords | None = None
    own_vote: bool = False
    """Whoever opens one votes for it."""
    private: bool = False
    """Only the requester, approvers and staff may know of it."""
    prioritised: bool = False
    """Has a priority from impact and urgency, and with it an SLA."""
    from_template: bool = False
    title_least: int = 4
    body_least: int = 0
    prompt: str = ""
    """What the text field opens with."""

    @property
    def title_question(self) -> Question:
        return Question("title", "Title", "line", most=TITLE_MOST, least=self.title_least)

    @property
    def body_question(self) -> Question:
        needed = self.body_least > 0
        return Question("body", self.form.body, most=BODY_MOST, least=self.body_least, required=needed)


INCIDENT_KIND = Kind(
    name="incident", label="Incident", plural="Incidents", prefix="INC", path="incidents", icon="report",
    form=FormWords(
        "Report a problem", "Two minutes. Incomplete is all right: what you leave out, we ask for.",
        "What is affected?", "What do you see?", ("You and the owner are told of every change",),
    ),
    workflow=INCIDENT, prioritised=True, prompt="I expected …\nI see …\nSince …",
    votes=VoteWords("Me too", "Me too", "affected", "back_hand", asks_impact=True, follows=True),
    questions=(
        Question("impact", "How much does it hurt?", "choice", choices=IMPACTS),
        Question("urgency", "How urgent is it?", "choice", choices=URGENCIES, required=False),
        Question("environment", "Where?", "choice", choices=ENVIRONMENTS, required=False),
        Question("noticed_at", "When did you notice?", "moment", required=False),
        Question("wrong_from", "Wrong data from", "day", required=False, help="The first date that is wrong."),
        Question("wrong_to", "Wrong data to", "day", required=False),
        Question("steps", "How to see it", required=False, help="Page, filter, click."),
    ),
)  # fmt: skip
IMPROVEMENT_KIND = Kind(
    name="improvement", label="Improvement", plural="Improvements", prefix="IMP", path="improvements", icon="lightbulb",
    form=FormWords(
        "Suggest an improvement", "Say what is in your way. A solution is welcome, not needed.",
        "Which platform or data?", "What is in your way?",
        ("Others can vote for it, and you are the first", "The owner answers, and you are told of every change"),
    ),
    workflow=IMPROVEMENT, own_vote=True, title_least=10, body_least=10, prompt="Today I …, so I would like …",
    votes=VoteWords("Vote", "Voted", "votes", "keyboard_arrow_up", asks_impact=False, follows=False),
    questions=(
        Question("category", "What is it about?", "choice", choices=CATEGORIES, required=False),
        Question("value", "What would it change?", required=False, help="Hours, mistakes, decisions."),
    ),
)  # fmt: skip
REQUEST_KIND = Kind(
    name="request", label="Request", plural="Requests", prefix="REQ", path="requests", icon="inventory_2",
    form=FormWords(
        "Request something", "Say what you need. We tell who approves it, what it costs and when you have it.",
        "Which platform?", "Anything else?", ("You are told of every step",),
    ),
    workflow=REQUEST, private=True, from_template=True, questions=(),
)  # fmt: skip

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (INCIDENT_KIND, IMPROVEMENT_KIND, REQUEST_KIND)}


def kind_of(name: str) -> Kind:
    try:
        return KINDS[name]
    except KeyError:
        raise Invalid(f"There is no kind of ticket named '{name}'.") from None


def open_states(kinds: Sequence[Kind] = tuple(KINDS.values())) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for kind in kinds for name in kind.workflow.names("open")))
