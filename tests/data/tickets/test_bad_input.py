"""What people, browsers and programs send that is not good: a plain refusal, at the field, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as some

from data.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
from data.people.model import Role
from data.tickets.answers import LINE_MOST, LIST_MOST, NOTE_MOST, Question, Refused, Shape, checked
from data.tickets.attachments import MOST_BYTES
from data.tickets.model import Query, Ticket
from data.tickets.request_types import TEMPLATES
from tests.data.tickets.desk import DRAFTS, Desk
from tests.data.tickets.test_attachments import HTML, PNG, SVG

NAIVE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC).replace(tzinfo=None)
ATTACK = "<script>alert(1)</script>[x](javascript:alert(1))"

# answers to questions


def asked(shape: Shape, value: Any, **parts: Any) -> Any:
    question = Question("q", "Answer", shape, choices={"a": "A"} if shape == "choice" else None, **parts)
    return checked([question], {"q": value})["q"]


REFUSED: list[tuple[Shape, Any]] = [
    *((shape, nothing) for shape in get_args(Shape) for nothing in (None, "", [], ())),
    *((shape, "\x00\u202e \n") for shape in ("text", "line", "person", "team", "ticket", "asset")),
    ("text", "x" * (NOTE_MOST + 1)), ("line", "x" * (NOTE_MOST + 1)),
    *((shape, "x" * (LINE_MOST + 1)) for shape in ("person", "team", "ticket", "asset", "people", "list")),
    ("people", ["a@example.org"] * (LIST_MOST + 1)), ("people", ["", " "]), ("list", ["x" * (LINE_MOST + 1)]),
    ("choice", "b"), ("choice", "A"), ("choice", ["a"]), ("choice", 1), ("choice", {"a": 1}),
    ("priority", 0), ("priority", 5), ("priority", "high"), ("priority", float("nan")), ("priority", float("inf")),
    ("number", "ten"), ("number", -1), ("number", float("nan")), ("number", float("inf")), ("number", "1e999"),
    ("moment", NAIVE), ("moment", "2026-11-23T08:00:00Z"), ("moment", 1), ("moment", date(2026, 11, 23)),
    ("day", "tomorrow"), ("day", "2026-13-01"),
    ("url", "example.org"), ("url", "javascript:alert(1)"), ("url", "https://a b"), ("url", "ftp://example.org"),
    ("url", "https://example.org/" + "x" * 500),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "value"), REFUSED)
def test_what_is_no_answer_is_refused_at_its_field_in_words(shape: Shape, value: Any) -> None:
    with pytest.raises(Refused) as refused:
        asked(shape, value)
    (said,) = refused.value.at.values()
    assert set(refused.value.at) == {"q"}
    assert said.startswith("Answer")
    assert len(said) < 120


@pytest.mark.parametrize(
    ("shape", "value", "kept"),
    [
        ("text", " a\r\nb\x07 ", "a\nb"), ("line", "a\n b", "a b"), ("text", ATTACK, ATTACK), ("line", "=1+1", "=1+1"),
        ("person", " a@example.org\u200b", "a@example.org"), ("people", "a@example.org", ["a@example.org"]),
        ("people", ["a@example.org", " "], ["a@example.org"]), ("priority", "2", 2), ("number", "2.5", 2.5),
        ("day", "2026-11-09", "2026-11-09"), ("day", date(2026, 11, 9), "2026-11-09"), ("day", NAIVE, "2026-11-23"),
        ("url", " https://example.org/a ", "https://example.org/a"), ("yes", False, False),
    ],
)  # fmt: skip
def test_what_is_an_answer_is_cleaned_and_kept(shape: Shape, value: Any, kept: Any) -> None:
    assert asked(shape, value) == kept


anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text() | some.binary() | some.datetimes(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@given(some.sampled_from(get_args(Shape)), anything)
def test_whatever_is_sent_is_an_answer_or_refused(shape: Shape, value: Any) -> None:
    question = Question("q", "Answer", shape, required=False)
    with suppress(Refused):
        kept = checked([question], {"q": value})
        assert checked([question], kept) == kept  # an answer that was kept is an answer once more


# forms


def nothing_is_written(desk: Desk) -> bool:
    return desk.portal.engine.query("SELECT id FROM tickets").num_rows == 0


REQUEST: dict[str, Any] = {**DRAFTS["request"]["fields"]}
FORMS: list[tuple[str, dict[str, Any], str]] = [
    ("incident", {"asset": "x" * 201}, "asset"), ("improvement", {"body": "short"}, "body"),
    ("improvement", {"title": "x" * 9}, "title"), ("improvement", {"body": "\u200b" * 20}, "body"),
    ("incident", {"fields": {"wrong_from": "yesterday"}}, "wrong_from"), ("incident", {"urgency": ["now"]}, "urgency"),
    ("incident", {"fields": {"steps": "x" * 2001}}, "steps"), ("incident", {"platform_id": ""}, "platform_id"),
    ("request", {"fields": {**REQUEST, "access": "own"}}, "access"), ("request", {"body": "x" * 10_001}, "body"),
    ("request", {"fields": {**REQUEST, "dataset": " "}}, "dataset"), ("request", {"asset": "x" * 201}, "asset"),
    ("request", {"platform_id": None}, "platform_id"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "parts", "field"), FORMS)
def test_a_form_with_a_mistake_is_refused_there(desk: Desk, kind: str, parts: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        desk.open(kind, **parts)
    assert set(refused.value.at) == {field}
    assert nothing_is_written(desk)


def test_all_mistakes_of_a_form_are_told_at_once(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        desk.open(title="", body="x" * 10_001, impact=None, fields={"noticed_at": NAIVE})
    assert set(refused.value.at) == {"title", "body", "impact", "noticed_at"}


@pytest.mark.parametrize("person", ["bob", "owners:sales", "group:finance@example.org", f"{'x' * 200}@example.org"])
def test_only_a_person_can_be_the_requester(desk: Desk, person: str) -> None:
    with pytest.raises(Refused) as refused:
        desk.open(by=desk.dana, requester=person)
    assert set(refused.value.at) == {"requester"}
    assert nothing_is_written(desk)


def test_an_empty_requester_is_oneself(desk: Desk) -> None:
    assert desk.open(by=desk.dana, requester=" ").requester == "dana@example.org"


@pytest.mark.parametrize("template", [None, "", "accces", "__class__"])
def test_a_request_is_from_the_catalogue(desk: Desk, template: str | None) -> None:
    assert template not in TEMPLATES
    with pytest.raises(Invalid, match="choose one from the catalogue"):
        desk.open("request", template=template)


@pytest.mark.parametrize("id_", ["", "1", "x" * 26, "../../etc/passwd", "0" * 27, "'; DROP TABLE tickets; --"])
def test_a_form_without_a_true_id_opens_nothing(desk: Desk, id_: str) -> None:
    with pytest.raises(Invalid, match="Please open it again"):
        desk.open(id=id_)
    assert nothing_is_written(desk)


def test_a_viewer_opens_comments_and_votes_nothing(desk: Desk) -> None:
    ticket, viewer = desk.open(), replace(desk.charlie, everywhere=Role.viewer)
    for attempt in (
        lambda: desk.tickets.open(viewer, desk.draft()),
        lambda: desk.tickets.talk.comment(viewer, ticket.id, "Hello"),
        lambda: desk.tickets.talk.vote(viewer, ticket.id, True),
        lambda: desk.tickets.attach(viewer, ticket.id, "a.txt", b"x"),
    ):
        with pytest.raises(Forbidden, match="needs the role contributor"):
            attempt()


# what was written is text wherever it comes out

HOSTILE = ["=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)", "\uff1d1+1", ATTACK, "a\u202eb <b>", "👩\u200d💻 مرحبا"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_spreadsheet_runs_nothing_that_somebody_wrote(desk: Desk, text: str) -> None:
    ticket = desk.open(title=text, body=text)
    (line,) = desk.tickets.lists.csv(desk.viewer("dana"), Query()).decode().splitlines()[1:]
    cells = [cell.strip('"') for cell in line.split(",")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\uff1d"))]
    assert desk.now(ticket).title == ticket.title


# what is asked of tickets that are not there, not theirs, or over


Attempt = Callable[[Desk, str], object]
BY_ID: dict[str, Attempt] = {
    "move": lambda desk, id_: desk.tickets.move(desk.dana, id_, 1, "triage", {"priority": 1}),
    "comment": lambda desk, id_: desk.tickets.talk.comment(desk.dana, id_, "Hello"),
    "edit": lambda desk, id_: desk.tickets.talk.edit(desk.dana, id_, "c", 1, "Hello"),
    "remove": lambda desk, id_: desk.tickets.talk.remove(desk.dana, id_, "c", 1),
    "history": lambda desk, id_: desk.tickets.talk.history(desk.dana, id_, "c"),
    "vote": lambda desk, id_: desk.tickets.talk.vote(desk.dana, id_, True),
    "watch": lambda desk, id_: desk.tickets.talk.watch(desk.dana, id_, True),
    "attach": lambda desk, id_: desk.tickets.attach(desk.dana, id_, "a.txt", b"x"),
    "download": lambda desk, id_: desk.tickets.download(desk.dana, id_, "a"),
    "link": lambda desk, id_: desk.tickets.link(desk.dana, id_, id_, "related"),
    "detail": lambda desk, id_: desk.tickets.lists.detail(desk.dana, id_),
    "preview": lambda desk, id_: desk.tickets.preview(desk.dana, [id_], "assign"),
    "move_all": lambda desk, id_: desk.tickets.move_all(desk.dana, {id_: 1}, "assign"),
}


@pytest.mark.parametrize("id_", ["", "INC-ZZZZZ", "0" * 26, "'; DROP TABLE tickets; --", "INC-", "☃", "x" * 5000])
def test_an_unknown_id_is_answered_in_words_by_everything(desk: Desk, id_: str) -> None:
    for name, attempt in BY_ID.items():
        with pytest.raises((NotFound, Invalid)) as refused:
            attempt(desk, id_)
        assert len(str(refused.value)) < 120, name


def spam(desk: Desk) -> Ticket:
    return desk.move(desk.dana, desk.open(), "close", reason="spam", note="Advertising.")


CLOSED: dict[str, Callable[[Desk, Ticket], object]] = {
    "move": lambda desk, t: desk.move(desk.bob, t, "withdraw"),
    "reopen": lambda desk, t: desk.move(desk.dana, t, "reopen", note="Again."),
    "comment": lambda desk, t: desk.tickets.talk.comment(desk.bob, t.id, "Hello"),
    "vote": lambda desk, t: desk.tickets.talk.vote(desk.bob, t.id, True),
    "attach": lambda desk, t: desk.tickets.attach(desk.bob, t.id, "a.txt", b"x"),
}


@pytest.mark.parametrize("deed", CLOSED)
def test_what_is_closed_is_closed_for_everything_but_reading(desk: Desk, deed: str) -> None:
    ticket = spam(desk)
    with pytest.raises(Conflict, match=ticket.key):
        CLOSED[deed](desk, ticket)
    assert desk.now(ticket).version == ticket.version


def test_a_comment_in_a_closed_ticket_stays_as_it_was_written(desk: Desk) -> None:
    ticket = desk.open()
    comment = desk.tickets.talk.comment(desk.bob, ticket.id, "Since Monday.")
    desk.move(desk.bob, ticket, "withdraw")
    with pytest.raises(Conflict, match="is closed"):
        desk.tickets.talk.edit(desk.bob, ticket.id, comment.id, 1, "Since Tuesday.")


def test_votes_for_a_merged_ticket_are_frozen_and_count_for_the_other(desk: Desk) -> None:
    one, two = desk.open(title="Sales is late"), desk.open(title="Sales shows Sunday")
    desk.tickets.talk.vote(desk.charlie, two.id, True)
    desk.move(desk.dana, two, "merge", merged_into=one.key)
    for actor, cast in ((desk.charlie, False), (desk.erin, True)):
        with pytest.raises(Conflict, match="merged into another, so its votes stay"):
            desk.tickets.talk.vote(actor, two.id, cast)
    assert desk.now(one).tally.votes == 1


@pytest.mark.parametrize("name", ["", "explode", "__init__", "approve"])
def test_a_move_that_does_not_exist_is_refused(desk: Desk, name: str) -> None:
    ticket = desk.open()
    with pytest.raises(Invalid, match="no step named"):
        desk.tickets.move(desk.dana, ticket.id, 1, name)


@pytest.mark.parametrize("after", ["x", ":", "1.5:a", "9" * 30 + ":a", "-" + "9" * 19 + ":a", "null:null"])
def test_a_damaged_cursor_is_refused_in_words(desk: Desk, after: str) -> None:
    with pytest.raises(Invalid, match="open the list again"):
        desk.tickets.lists.page(desk.viewer("dana"), Query(after=after))


@pytest.mark.parametrize("text", ["%", "_", "'", "\\", "' OR 1=1 --", "(", "x" * 5000, "\x00", "👩"])
def test_a_search_is_only_words(desk: Desk, text: str) -> None:
    desk.open(title="Sales is late")
    shown = desk.tickets.lists.page(desk.viewer("dana"), Query(search=text)).tickets
    assert shown == () or not text.strip("\x00")


# files


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("big.png", PNG + b"x" * MOST_BYTES, "10 MB is the most"), ("a.png", HTML, "a.png"), ("a.svg", SVG, "a.svg"),
        ("a.png", b"<?php system($_GET['c']); ?>", "a.png"), ("empty.txt", b"", "empty"), ("a.exe", b"MZ\x00", "a.exe"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_opens_no_ticket(desk: Desk, name: str, content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        desk.tickets.open(desk.bob, desk.draft(), [("good.png", PNG), (name, content)])
    assert nothing_is_written(desk)
    ticket = desk.open()
    with pytest.raises(Invalid, match=words):
        desk.tickets.attach(desk.bob, ticket.id, name, content)
    assert desk.tickets.lists.detail(desk.bob, ticket.id).attachments == ()


def test_a_file_belongs_to_a_comment_of_its_own_ticket_and_is_as_internal_as_that(desk: Desk) -> None:
    ticket, other = desk.open(), desk.open(title="Something else")
    note = desk.tickets.talk.comment(desk.dana, ticket.id, "Look at the log.", internal=True)
    with pytest.raises(NotFound):
        desk.tickets.attach(desk.dana, other.id, "a.txt", b"x", note.id)
    file = desk.tickets.attach(desk.dana, ticket.id, "a.txt", b"x", note.id)
    assert file.internal
    with pytest.raises(NotFound):
        desk.tickets.download(desk.bob, ticket.id, file.id)
    with pytest.raises(Forbidden):
        desk.tickets.attach(desk.bob, ticket.id, "a.txt", b"x", internal=True)


# views


@pytest.mark.parametrize(("name", "query"), [("", ""), (" ", ""), ("x" * 41, ""), ("mine", "x" * 1001)])
def test_a_view_needs_a_short_name(desk: Desk, name: str, query: str) -> None:
    with pytest.raises(Refused):
        desk.tickets.views.save(desk.bob, "incident", name, query, shared=False)
    assert desk.tickets.views.of(desk.bob, "incident") == ()


def test_a_refusal_never_tells_the_text_of_an_exception(desk: Desk) -> None:
    for attempt in BY_ID.values():
        with pytest.raises(PortalError) as refused:
            attempt(desk, "\x00")
        assert not {"Error", "Traceback", "Exception", "None"} & set(str(refused.value).split())


def test_times_without_a_zone_are_refused_by_moves(desk: Desk) -> None:
    ticket = desk.open()
    desk.move(desk.dana, ticket, "triage", priority=1)
    with pytest.raises(Refused) as refused:
        desk.move(desk.dana, ticket, "promise", next_update_at=NAIVE)
    assert set(refused.value.at) == {"next_update_at"}
    assert desk.move(desk.dana, ticket, "promise", next_update_at=NAIVE.replace(tzinfo=UTC)).next_update_at
