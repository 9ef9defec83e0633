"""Every template, written out: answers that are good, what they make, and every way to get one wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Any

import pytest
from streamlit.material_icon_names import ALL_MATERIAL_ICONS

from data.errors import Invalid
from data.tickets.answers import Question, Refused
from data.tickets.model import TITLE_MOST
from data.tickets.request_costs import RUNS_PER_MONTH, RequestPolicy
from data.tickets.request_forms import (
    FIELD,
    GROUP,
    PLATFORM_OWNER,
    ApproverRule,
    Template,
    answers_of,
    facts_of,
    steps_of,
    title_of,
)
from data.tickets.request_types import CADENCES, TEMPLATES, template_of

STANDARD = RequestPolicy()
SALES = "owners:sales"
WHY = "Month-end reconciliation for the Nordics."


@dataclass(frozen=True)
class Good:
    answers: dict[str, Any]
    title: str
    per_month: float = 0.0
    tolerance: float = 0.0
    steps: tuple[str, ...] = ()


READING = {"dataset": "finance.gl_entries", "access": "export", "purpose": WHY, "duration": "quarter"}
CADENCE = {"dataset": "sales.orders", "today": "day", "asked": "hour", "minutes": 2, "purpose": WHY}
WORKSPACE = {
    "sort": "databricks", "workspace": "nordics-forecast", "purpose": WHY, "budget": 400, "cost_centre": "4711",
    "owners": ["bob@example.org", "dana@example.org"], "payer": " Charlie@Example.org ",
}  # fmt: skip
GOOD = {
    "access": Good(READING, "Access to finance.gl_entries", 12, 4, (SALES,)),
    "notebook": Good(
        {"table": "prod.sales.orders", "workspace": "analytics", "hours": 5, "purpose": WHY, "duration": "year"},
        "Query prod.sales.orders from a notebook", 86, 22, (SALES,),
    ),
    "group_member": Good(
        {"target_group": "sales-analysts", "until": date(2026, 12, 9),
         "people": ["bob@example.org", "dana@example.org"]},
        "Add bob@example.org, dana@example.org to sales-analysts",
    ),
    "source": Good(
        {"source": "Nordics webshop", "system": "api", "owner": "dana@example.org", "cadence": "hour", "personal": "no",
         "content": "Orders and returns since 2021."},
        "Onboard Nordics webshop", 480, 240, (SALES,),
    ),
    "cadence": Good(CADENCE, "Refresh sales.orders: Every hour", 92, 18),
    "check": Good(
        {"table": "prod.sales.orders", "measure": "deadline", "expected": "New rows by 07:00.", "severity": "normal",
         "told": ["bob@example.org"], "runbook": "https://example.org/runbook"},
        "Check prod.sales.orders: There by a time of day",
    ),
    "workspace": Good(WORKSPACE, "Databricks workspace: nordics-forecast", 400, 0, ("charlie@example.org",)),
    "retire": Good(
        {"report": "Old sales report", "owner": "dana@example.org", "last_day": "2026-12-31", "purpose": WHY},
        "Retire Old sales report", 0, 0, ("dana@example.org",),
    ),
    "other": Good({"summary": "A printer for the lab", "details": "It is for the labels."}, "A printer for the lab"),
}  # fmt: skip
each_template = pytest.mark.parametrize("name", TEMPLATES)
CASES = [(name, question) for name, template in TEMPLATES.items() for question in template.questions]
NAMES = [f"{name}-{question.name}" for name, question in CASES]
LIMITED = [(name, q) for name, q in CASES if q.shape in {"text", "line", "asset"}]


def refused(name: str, **changes: Any) -> dict[str, str]:
    with pytest.raises(Refused) as problem:
        answers_of(TEMPLATES[name], {**GOOD[name].answers, **changes})
    return problem.value.at


def estimate(name: str, policy: RequestPolicy = STANDARD, **changes: Any) -> tuple[float, float, str]:
    template = TEMPLATES[name]
    made = template.cost(answers_of(template, {**GOOD[name].answers, **changes}), policy)
    return made.per_month, made.tolerance, made.words


def approvers(
    name: str, owner: str | None = SALES, policy: RequestPolicy = STANDARD, **changes: Any
) -> tuple[str, ...]:
    template = TEMPLATES[name]
    answers = answers_of(template, {**GOOD[name].answers, **changes})
    cost = template.cost(answers, policy).per_month
    return tuple(step.approver for step in steps_of(template, owner, cost, answers, policy))


def test_each_template_has_a_row_here() -> None:
    assert list(TEMPLATES) == list(GOOD)


@each_template
def test_good_answers_make_the_title_the_estimate_and_the_steps(name: str) -> None:
    good, template = GOOD[name], TEMPLATES[name]
    answers = answers_of(template, good.answers)
    assert title_of(template, answers) == good.title
    assert estimate(name)[:2] == (good.per_month, good.tolerance)
    assert approvers(name) == good.steps


@each_template
def test_answers_survive_json_and_a_second_check(name: str) -> None:
    answers = answers_of(TEMPLATES[name], GOOD[name].answers)
    assert answers_of(TEMPLATES[name], json.loads(json.dumps(answers, allow_nan=False))) == answers


@each_template
def test_the_facts_tell_every_answer_under_its_label(name: str) -> None:
    template = TEMPLATES[name]
    facts = facts_of(template, answers_of(template, GOOD[name].answers))
    asked = [question for question in template.questions if question.name in GOOD[name].answers]
    assert [label for label, _ in facts] == [question.label.rstrip("?") for question in asked]
    for question, (_, words) in zip(asked, facts, strict=True):
        assert words in question.choices.values() if question.choices else words


def test_facts_are_told_in_the_words_of_the_form() -> None:
    facts = dict(
        facts_of(TEMPLATES["group_member"], answers_of(TEMPLATES["group_member"], GOOD["group_member"].answers))
    )
    assert facts == {
        "Group": "sales-analysts", "Who": "bob@example.org, dana@example.org", "Until": "9 Dec 2026"
    }  # fmt: skip


def test_what_was_not_asked_is_left_out() -> None:
    answers = answers_of(TEMPLATES["access"], {**READING, "done": ["all"], "steps_left": 0})
    assert set(answers) == set(READING)


@pytest.mark.parametrize(("name", "question"), CASES, ids=NAMES)
@pytest.mark.parametrize("nothing", [None, "", "   ", []], ids=repr)
def test_each_required_field_is_told_when_it_is_missing(name: str, question: Question, nothing: Any) -> None:
    if nothing == "   " and question.shape not in {"line", "text", "asset", "person"}:
        nothing = None
    if question.required:
        assert set(refused(name, **{question.name: nothing})) == {question.name}
    else:
        assert question.name not in answers_of(TEMPLATES[name], {**GOOD[name].answers, question.name: nothing})


@each_template
def test_an_empty_form_names_all_required_fields_at_once(name: str) -> None:
    with pytest.raises(Refused) as problem:
        answers_of(TEMPLATES[name], {})
    assert set(problem.value.at) == {question.name for question in TEMPLATES[name].questions if question.required}


CHOICES = [(name, question) for name, question in CASES if question.choices]


@pytest.mark.parametrize(("name", "question"), CHOICES, ids=[f"{name}-{question.name}" for name, question in CHOICES])
@pytest.mark.parametrize("wrong", ["owner", "Read", 7, True])
def test_a_choice_that_is_not_offered_is_refused(name: str, question: Question, wrong: object) -> None:
    assert set(refused(name, **{question.name: wrong})) == {question.name}


@pytest.mark.parametrize(("name", "question"), LIMITED, ids=[f"{name}-{question.name}" for name, question in LIMITED])
def test_a_text_that_is_too_long_or_too_short_is_refused_at_its_field(name: str, question: Question) -> None:
    assert question.most, "say how long it may be"
    assert set(refused(name, **{question.name: "x" * (question.most + 1)})) == {question.name}
    assert answers_of(TEMPLATES[name], {**GOOD[name].answers, question.name: "x" * question.most})
    if question.least > 1:
        assert set(refused(name, **{question.name: "x" * (question.least - 1)})) == {question.name}


@pytest.mark.parametrize(
    ("name", "field", "wrong"),
    [
        ("notebook", "hours", 0),
        ("notebook", "hours", 81),
        ("notebook", "hours", "many"),
        ("notebook", "hours", float("nan")),
        ("notebook", "hours", float("inf")),
        ("source", "size", -1),
        ("cadence", "minutes", 1441),
        ("workspace", "budget", 0),
        ("workspace", "budget", 20_001),
        ("check", "runbook", "javascript:alert(1)"),
    ],
)
def test_numbers_and_addresses_keep_to_their_bounds(name: str, field: str, wrong: object) -> None:
    assert set(refused(name, **{field: wrong})) == {field}


def test_the_same_cadence_as_today_is_refused() -> None:
    assert refused("cadence", asked="day") == {
        "asked": "How often then: this is what it has today; please choose another."
    }


@pytest.mark.parametrize("owners", [["bob@example.org"], ["bob@example.org", "Bob@example.org"]])
def test_a_workspace_needs_two_different_owners(owners: list[str]) -> None:
    assert set(refused("workspace", owners=owners)) == {"owners"}


def test_a_long_name_gives_a_title_that_fits() -> None:
    title = title_of(TEMPLATES["access"], {"dataset": "finance." + "x" * 190})
    assert len(title) == TITLE_MOST
    assert title.startswith("Access to finance.xxx")
    assert title.endswith("…")


def test_braces_in_an_answer_stay_what_they_are() -> None:
    assert title_of(TEMPLATES["access"], {"dataset": "{access.__class__}"}) == "Access to {access.__class__}"


@pytest.mark.parametrize(
    ("name", "changes", "per_month", "words"),
    [
        ("access", {"access": "read"}, 8, "Warehouse time of a usual reader"),
        ("access", {"access": "write"}, 20, "Warehouse time of a usual reader"),
        ("notebook", {"hours": 1.5}, 26, "1.5 h of a small warehouse a week"),
        ("cadence", {}, 92, "€ 4 today, € 96 then"),
        ("cadence", {"today": "hour", "asked": "day"}, -92, "€ 96 today, € 4 then"),
        ("cadence", {"asked": "quarter_hour"}, 380, "€ 4 today, € 384 then"),
        ("source", {"cadence": "week"}, 3, "About 10 minutes a run, 4.3 times"),
        ("workspace", {"budget": 2500}, 2500, "The budget; it cannot spend more"),
        ("check", {}, 0, "No running cost"),
    ],
)
def test_an_estimate_follows_the_answers(name: str, changes: dict[str, Any], per_month: float, words: str) -> None:
    made = estimate(name, **changes)
    assert (made[0], made[2]) == (per_month, words)


def test_an_estimate_follows_the_price_of_an_hour() -> None:
    assert estimate("access", RequestPolicy(compute_hour=8, currency="CHF"))[0] == 24
    assert estimate("cadence", RequestPolicy(compute_hour=8, currency="CHF"))[2] == "CHF 8 today, CHF 192 then"


def test_every_cadence_has_its_runs() -> None:
    assert set(CADENCES) == set(RUNS_PER_MONTH)


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("cadence", {}, ()),  # 92 a month
        ("cadence", {"asked": "quarter_hour"}, (SALES,)),  # 380
        ("cadence", {"minutes": 2.2}, (SALES,)),  # 102
        ("cadence", {"today": "hour", "asked": "day"}, ()),  # saves
        ("workspace", {"budget": 1000}, ("charlie@example.org",)),
        ("workspace", {"budget": 1001}, ("charlie@example.org", SALES)),
        ("access", {"access": "read"}, (SALES,)),
    ],
)
def test_more_cost_asks_for_more_approval(name: str, changes: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert approvers(name, **changes) == expected


def test_the_knob_moves_the_limit_of_approval() -> None:
    assert approvers("cadence", policy=RequestPolicy(approval_above=91.99)) == (SALES,)
    assert approvers("cadence", policy=RequestPolicy(approval_above=92)) == ()


def test_who_would_approve_twice_is_asked_once() -> None:
    assert approvers("workspace", owner="charlie@example.org", budget=5000) == ("charlie@example.org",)


@each_template
def test_a_template_that_needs_the_platform_asks_for_it(name: str) -> None:
    costly = {"cadence": {"asked": "quarter_hour"}, "workspace": {"budget": 5000}}.get(name, {})
    if TEMPLATES[name].needs_platform:
        with pytest.raises(Refused) as problem:
            approvers(name, owner=None, **costly)
        assert set(problem.value.at) == {"platform_id"}
    else:
        assert approvers(name, owner=None, **costly) == GOOD[name].steps


@pytest.mark.parametrize("person", ["Charlie", "group:admins", "group:a@example.org", "owners:x@example.org"])
def test_an_approver_is_a_person_and_no_group_in_disguise(person: str) -> None:
    with pytest.raises(Refused) as problem:
        approvers("workspace", payer=person)
    assert problem.value.at == {"payer": "Who answers for the cost centre: please choose a person by e-mail address."}


def test_a_group_can_be_named_by_a_template() -> None:
    base = TEMPLATES["other"]
    template = Template(
        name="tool", label="Tool", group="Access", icon="key", line="", tag="", title_from="", target=base.target,
        questions=(), checklist=(), steps=(ApproverRule("group:Data Governance", "Data governance"),),
    )  # fmt: skip
    (step,) = steps_of(template, None, 0, {}, STANDARD)
    assert (step.approver, step.words, step.field) == ("group:Data Governance", "Data governance", None)


@pytest.mark.parametrize(
    ("name", "target", "approval"),
    [
        ("access", "1 working day", "Data owner approves"),
        ("notebook", "1 working day", "Data owner approves"),
        ("group_member", "2 hours", "No approval"),
        ("source", "10 working days", "Platform owner approves"),
        ("cadence", "3 working days", "Approval above € 100 a month"),
        ("check", "2 working days", "No approval"),
        ("workspace", "3 working days", "Cost centre approves"),
        ("retire", "5 working days", "Report owner approves"),
        ("other", "2 working days", "Depends"),
    ],
)
def test_the_catalogue_says_how_long_and_who(name: str, target: str, approval: str) -> None:
    template = TEMPLATES[name]
    assert (template.target_words, template.approval_words(STANDARD)) == (target, approval)


def test_how_many_requests_a_month_are_usual() -> None:
    assert {name: template.quota_by(STANDARD) for name, template in TEMPLATES.items()} == {
        "access": 10, "notebook": 10, "group_member": None, "source": 3, "cadence": 5, "check": 20, "workspace": 2,
        "retire": None, "other": None,
    }  # fmt: skip


@each_template
def test_each_template_is_sound(name: str) -> None:
    template = TEMPLATES[name]
    names = [question.name for question in template.questions]
    used = {field for _, field, _, _ in Formatter().parse(template.title_from) if field}
    assert template.icon in ALL_MATERIAL_ICONS
    assert template.line.endswith(".")
    assert template.tag
    assert template.checklist
    assert len(names) == len(set(names))
    assert not {"done", "steps_left", "title", "body"} & set(names), "the ticket keeps these itself"
    assert used <= {question.name for question in template.questions if question.required}
    assert all(question.help for question in template.questions if not question.choices), (
        "say what to write, with an example"
    )


@each_template
def test_each_approver_of_a_template_can_be_found(name: str) -> None:
    people = {
        question.name for question in TEMPLATES[name].questions if question.shape == "person" and question.required
    }
    for rule in TEMPLATES[name].steps:
        assert rule.who == PLATFORM_OWNER or rule.who.startswith(GROUP) or rule.who.removeprefix(FIELD) in people


@each_template
def test_what_costs_much_is_never_had_without_an_approval(name: str) -> None:
    template = TEMPLATES[name]
    answers = answers_of(template, GOOD[name].answers)
    if template.cost(answers, STANDARD).per_month:
        assert steps_of(template, SALES, 1_000_000, answers, STANDARD)


@pytest.mark.parametrize("name", ["", None, "acess", "x" * 500])
def test_an_unknown_template_is_refused_in_words(name: str | None) -> None:
    with pytest.raises(Invalid, match="please choose one from the catalogue") as problem:
        template_of(name)
    assert len(str(problem.value)) < 150


@pytest.mark.parametrize(
    "policy",
    [
        RequestPolicy(),
        RequestPolicy(currency="CHF", approval_above=0, quotas={"access": 3, "other": None}, approval_time="PT12H"),
    ],
)
def test_the_knobs_survive_json(policy: RequestPolicy) -> None:
    assert RequestPolicy.model_validate_json(policy.model_dump_json()) == policy


def test_times_are_seconds_in_json() -> None:
    assert json.loads(RequestPolicy().model_dump_json())["approval_time"] == 2 * 8 * 3600


@pytest.mark.parametrize(
    "knob",
    [
        {"approval_time": 0},
        {"approval_above": -1},
        {"compute_hour": float("inf")},
        {"quotas": {"access": -1}},
        {"currency": ""},
        {"quota": 3},
    ],
)
def test_a_knob_that_makes_no_sense_is_refused(knob: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(knob))):
        RequestPolicy.model_validate(knob)


@pytest.mark.parametrize(("amount", "words"), [(12, "€ 12"), (1234.5, "€ 1,234.50"), (0, "€ 0"), (2400.0, "€ 2,400")])
def test_money_is_written_without_needless_digits(amount: float, words: str) -> None:
    assert STANDARD.money(amount) == words
