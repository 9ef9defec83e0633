"""What a request template is, and what the answers to one mean: title, facts, cost, approvers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from data.tickets.answers import Question, Refused, checked
from data.tickets.model import TITLE_MOST, Answers
from data.tickets.request_costs import Estimate, Estimator, RequestPolicy, free
from data.tickets.sla import DAY

HOUR = timedelta(hours=1)
Group = Literal["Access", "Onboarding and change", "Workspaces"]
Problems = Mapping[str, str]
"""Field -> what is wrong there."""

PLATFORM_OWNER = "platform owner"
FIELD, GROUP, OWNERS = "field:", "group:", "owners:"
"""How a rule or a principal begins that is not simply a person. `owners:<platform_id>`: any service owner of it."""


@dataclass(frozen=True, slots=True)
class ApproverRule:
    who: str
    """PLATFORM_OWNER, `group:<name>`, or `field:<question>` for the person named there."""
    words: str
    """'Data owner'."""
    when_costly: bool = False
    """Only for what costs more than may be had without approval."""


@dataclass(frozen=True, slots=True)
class Step:
    approver: str
    """A principal: an e-mail address, `group:<name>`, or `owners:<platform_id>` for any service owner of it."""
    words: str
    field: str | None = None
    """Where the requester named this person."""


def no_problems(_: Answers) -> Problems:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    name: str
    label: str
    group: Group
    icon: str
    line: str
    tag: str
    """For the routing rules: who fulfils it."""
    title_from: str
    """With the names of questions in braces."""
    target: timedelta
    """From approval to fulfilment, in business time."""
    questions: tuple[Question, ...]
    checklist: tuple[str, ...]
    """What staff tick on the way."""
    steps: tuple[ApproverRule, ...] = ()
    staff_decide: bool = False
    """Whether somebody has to approve is decided when staff have read it."""
    cost: Estimator = free
    own_cost: bool = True
    """Counts towards what the requester may order in a month; False where somebody else answers for the money."""
    approval_above: float | None = None
    """None: as the policy says."""
    quota: int | None = None
    """Requests per person and month."""
    agrees: Callable[[Answers], Problems] = no_problems
    """What is wrong with answers that are good one by one."""

    @property
    def needs_platform(self) -> bool:
        return any(rule.who == PLATFORM_OWNER for rule in self.steps)

    @property
    def target_words(self) -> str:
        unit, noun = (DAY, "working day") if self.target >= DAY else (HOUR, "hour")
        number = self.target / unit
        return f"{number:g} {noun}{'' if number == 1 else 's'}"

    def costly_above(self, policy: RequestPolicy) -> float:
        return policy.approval_above if self.approval_above is None else self.approval_above

    def quota_by(self, policy: RequestPolicy) -> int | None:
        return policy.quotas.get(self.name, self.quota)

    def approval_words(self, policy: RequestPolicy) -> str:
        """For the catalogue, before anything is asked."""
        if not self.steps:
            return "Depends" if self.staff_decide else "No approval"
        if self.steps[0].when_costly:
            return f"Approval above {policy.money(self.costly_above(policy))} a month"
        return f"{self.steps[0].words} approves"


def answers_of(template: Template, raw: Answers) -> dict[str, Any]:
    """Cleaned, and fit for JSON. Raises Refused by field."""
    good = checked(template.questions, raw)
    if problems := template.agrees(good):
        raise Refused(problems)
    return good


def title_of(template: Template, answers: Answers) -> str:
    words = dict.fromkeys((question.name for question in template.questions), "") | dict(_named(template, answers))
    title = " ".join(template.title_from.format_map(words).split())
    return title if len(title) <= TITLE_MOST else f"{title[: TITLE_MOST - 1].rstrip()}…"


def facts_of(template: Template, answers: Answers) -> tuple[tuple[str, str], ...]:
    """What was asked for, as (label, words), in the order of the form."""
    labels = {question.name: question.label for question in template.questions}
    return tuple((labels[name].rstrip("?"), words) for name, words in _named(template, answers))


def estimate_of(template: Template, answers: Answers, policy: RequestPolicy) -> Estimate:
    return template.cost(answers, policy)


def steps_of(
    template: Template, platform_owner: str | None, cost: float, answers: Answers, policy: RequestPolicy
) -> tuple[Step, ...]:
    """Who approves, in order, nobody twice. Raises Refused where the form does not tell."""
    costly = cost > template.costly_above(policy)
    rules = [rule for rule in template.steps if costly or not rule.when_costly]
    by_approver: dict[str, Step] = {}
    for rule in rules:
        step = _step(rule, platform_owner, answers)
        by_approver.setdefault(step.approver, step)
    return tuple(by_approver.values())


def _step(rule: ApproverRule, platform_owner: str | None, answers: Answers) -> Step:
    if rule.who.startswith(FIELD):
        field = rule.who.removeprefix(FIELD)
        person = principal_of(answers.get(field) or "")
        if not is_person(person):
            raise Refused({field: f"{rule.words}: please choose a person by e-mail address."})
        return Step(person, rule.words, field)
    if rule.who != PLATFORM_OWNER:
        return Step(rule.who, rule.words)
    if not platform_owner:
        raise Refused({"platform_id": "Which platform is it about? Its owner has to approve."})
    return Step(platform_owner, rule.words)


def principal_of(text: str) -> str:
    """People in lower case, as they are known here; the names of groups as they are."""
    text = text.strip()
    return text if text.startswith((GROUP, OWNERS)) else text.lower()


def is_person(principal: str) -> bool:
    return "@" in principal and not principal.startswith((GROUP, OWNERS))


def _named(template: Template, answers: Answers) -> Sequence[tuple[str, str]]:
    return [(q.name, _words(q, answers[q.name])) for q in template.questions if answers.get(q.name) is not None]


def _words(question: Question, value: Any) -> str:
    match question.shape:
        case "choice":
            return (question.choices or {}).get(value, str(value))
        case "people" | "list":
            return ", ".join(map(str, value))
        case "day":
            day = date.fromisoformat(value)
            return f"{day.day} {day:%b %Y}"
        case "number":
            return f"{value:,g}"
        case "yes":
            return "Yes" if value else "No"
    return str(value)
