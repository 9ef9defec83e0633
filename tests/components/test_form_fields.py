"""Each shape of question as a field: what the field gives is an answer, and what is wrong is said harmlessly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from components.form_fields import DRAWN, problem_html
from data.tickets.answers import Question, Shape, checked

AT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
CHOICES = {"read": "Read", "write": "Write"}
LONG = {str(n): f"A rather long choice {n}" for n in range(6)}


def draw(question: object, key: str, value: object, problem: str | None) -> None:
    import streamlit as st

    from components.form_fields import ask

    known = {"people": ("bob@example.org",), "teams": ("Ingestion",)}
    st.session_state["answer"] = ask(question, key, value, problem, **known)


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.session.zone", lambda: ZoneInfo("Europe/Berlin"))


def shown(question: Question, value: Any = None, problem: str | None = None) -> AppTest:
    app = AppTest.from_function(draw, args=(question, "field", value, problem)).run()
    assert not app.exception
    return app


def test_every_shape_has_a_field() -> None:
    assert set(DRAWN) == set(get_args(Shape))


@pytest.mark.parametrize("shape", get_args(Shape))
def test_an_untouched_field_is_no_answer(shape: Shape) -> None:
    question = Question("q", "What?", shape, required=False)
    assert not checked((question,), {"q": shown(question).session_state["answer"]}).get("q")


@pytest.mark.parametrize(
    ("shape", "value", "answer"),
    [
        ("text", "two\nlines", "two\nlines"), ("line", "one", "one"), ("choice", "write", "write"),
        ("person", "erin@example.org", "erin@example.org"), ("team", "Sales", "Sales"), ("priority", 2, 2),
        ("moment", AT, AT), ("day", "2026-11-20", "2026-11-20"), ("day", date(2026, 11, 20), "2026-11-20"),
        ("number", 3, 3), ("url", "https://example.org/x", "https://example.org/x"), ("yes", True, True),
        ("ticket", "INC-7K2QF", "INC-7K2QF"), ("people", ["erin@example.org"], ["erin@example.org"]),
        ("asset", "finance.gl", "finance.gl"),
        ("list", ["read"], ["read"]),
    ],
)  # fmt: skip
def test_a_field_opens_with_its_value_and_gives_it_back(shape: Shape, value: Any, answer: Any) -> None:
    question = Question("q", "What?", shape, choices=CHOICES if shape in {"choice", "list"} else None)
    assert checked((question,), {"q": shown(question, value).session_state["answer"]}) == {"q": answer}


def test_a_moment_is_meant_where_the_viewer_is() -> None:
    app = shown(Question("q", "When?", "moment"))
    app.datetime_input(key="field").set_value(datetime(2026, 7, 1, 8, 0, tzinfo=UTC).replace(tzinfo=None)).run()
    assert app.session_state["answer"].astimezone(UTC) == datetime(2026, 7, 1, 6, 0, tzinfo=UTC)


def test_few_short_choices_lie_open_and_many_wait_in_a_list() -> None:
    assert shown(Question("q", "What?", "choice", choices=CHOICES)).radio
    assert shown(Question("q", "What?", "choice", choices=CHOICES, required=False)).segmented_control
    assert shown(Question("q", "What?", "choice", choices=LONG)).selectbox


def test_what_need_not_be_answered_says_so() -> None:
    assert "(optional)" in shown(Question("q", "What?", "line", required=False)).text_input(key="field").label
    assert "(optional)" not in shown(Question("q", "What?", "line")).text_input(key="field").label


def test_a_label_is_text_and_never_markdown() -> None:
    label = shown(Question("q", "[a](javascript:b) *now*?", "line")).text_input(key="field").label
    assert label == r"\[a\]\(javascript\:b\) \*now\*?"


@pytest.mark.parametrize(
    ("problem", "label", "said"),
    [
        ("Title: please fill this in.", "Title", "Please fill this in."),
        ("How bad: please fill this in.", "How bad?", "Please fill this in."),
        ("page.png is empty.", "", "page.png is empty."),
        ("Title: <b>x</b>", "Title", "&lt;b&gt;x&lt;/b&gt;"),
    ],
)
def test_a_problem_is_said_without_the_label_above_it(problem: str, label: str, said: str) -> None:
    assert f"</span> {said}</p>" in problem_html(problem, label)
