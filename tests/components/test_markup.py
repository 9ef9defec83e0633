"""Text stays text."""

from __future__ import annotations

import pytest

from components.markup import chip, counted, facts, listed, pill, plain, section
from components.navigation import css_text
from data.status.model import State


@pytest.mark.parametrize("text", ["a*b*", "[x](javascript:alert(1))", ":red[x]", "`x`", "# x", "<b>", "$x$", "a|b"])
def test_markdown_shows_the_text_itself(text: str) -> None:
    assert all(before == "\\" for before, mark in zip(plain(text), plain(text)[1:], strict=False) if mark in "*[<:`#$|")


def test_markdown_text_is_one_line() -> None:
    assert plain("a\n\n# b") == r"a \# b"


def test_html_pieces_escape_what_they_are_given() -> None:
    rude = '"><script>'
    pieces = chip(rude, rude) + pill(State.late, rude) + section(rude, rude) + facts([(rude, "fine")])
    assert "<script" not in pieces


def test_the_portals_name_cannot_leave_its_style() -> None:
    assert css_text('A "B" </style><b>') == '"A \\"B\\" \\3c /style>\\3c b>"'


def test_lists_and_numbers_read_like_a_sentence() -> None:
    assert [listed(names) for names in (["A"], ["A", "B"], ["A", "B", "C"])] == ["A", "A and B", "A and 2 more"]
    assert [counted(n, "check") for n in (0, 1, 1200)] == ["0 checks", "1 check", "1,200 checks"]
