"""What may be said and when, without a store: fields, clock changes, overlaps, and every move in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.errors import Conflict, Forbidden, Invalid
from data.messages.model import BODY_MOST, TITLE_MOST, Draft, Message, Place, urgency
from data.messages.rules import accepted, moment, overlapping
from data.messages.workflow import MOVES, Right, obstacle, open_to
from data.tickets.answers import Refused

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLACES = {"sales": Place("sales", "Sales", "everyone"), "old": Place("old", "Old", "everyone", "retired")}
BERLIN = "Europe/Berlin"
local = datetime.fromisoformat


def draft(**parts: Any) -> Draft:
    return Draft(**{"id": "x", "title": "Upgrade", "zone": BERLIN, **parts})


def message(**parts: Any) -> Message:
    return Message(
        **{
            "id": "m", "kind": "maintenance", "severity": "info", "title": "Other", "body": "", "state": "published",
            "starts_at": NOW, "ends_at": NOW + HOUR, "created_at": NOW, "created_by": "alice", "updated_at": NOW,
            "updated_by": "alice", "platform_ids": ("sales",), **parts,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "at", "words"),
    [
        ({"title": " \u202e "}, "title", "fill this in"),
        ({"title": "x" * (TITLE_MOST + 1)}, "title", "at most 120"),
        ({"body": "x" * 100_000}, "body", "at most 20,000"),
        ({"kind": "party"}, "kind", "not one of the choices"),
        ({"severity": "huge"}, "severity", "not one of the choices"),
        ({"platform_ids": ("sales", "nowhere")}, "platform_ids", "no platform named nowhere"),
        ({"platform_ids": ("old",)}, "platform_ids", "no platform named old"),
        ({"starts_at": NOW, "ends_at": NOW - HOUR}, "ends_at", "after the start"),
        ({"starts_at": NOW, "ends_at": NOW}, "ends_at", "after the start"),
        ({"kind": "maintenance", "starts_at": NOW}, "ends_at", "a start and an end"),
        ({"kind": "maintenance", "ends_at": NOW}, "starts_at", "a start and an end"),
        ({"starts_at": local("2026-03-29 02:30")}, "starts_at", "02:30 does not exist on Sun 29 Mar"),
        ({"starts_at": local("2026-01-01 00:00"), "zone": "Mars/Olympus"}, "starts_at", "not a time zone"),
        ({"starts_at": local("2026-01-01 00:00"), "zone": "../etc/passwd"}, "starts_at", "not a time zone"),
        ({"starts_at": local("0001-01-01 00:00")}, "starts_at", "too far away"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(parts: dict[str, Any], at: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        accepted(draft(**parts), PLACES)
    assert list(refused.value.at) == [at]
    assert words in refused.value.at[at]


def test_the_longest_text_is_accepted_and_all_problems_are_told_at_once() -> None:
    assert len(accepted(draft(body="x" * BODY_MOST), PLACES).columns["body"]) == BODY_MOST
    with pytest.raises(Refused) as refused:
        accepted(draft(title="", kind="maintenance", platform_ids=("nowhere",)), PLACES)
    assert refused.value.at.keys() == {"title", "starts_at", "ends_at", "platform_ids"}


@pytest.mark.parametrize(
    ("written", "last", "utc"),
    [
        (local("2026-07-01 12:00"), False, local("2026-07-01 10:00")),
        (local("2026-10-25 02:30"), False, local("2026-10-25 00:30")),
        (local("2026-10-25 02:30"), True, local("2026-10-25 01:30")),
        (local("2026-10-25 02:30").replace(tzinfo=ZoneInfo(BERLIN)), True, local("2026-10-25 01:30")),
        (local("2026-03-29 03:00"), False, local("2026-03-29 01:00")),
        (local("2026-03-29 01:59"), True, local("2026-03-29 00:59")),
        (local("2026-03-29 02:30+01:00"), False, local("2026-03-29 01:30")),
    ],
)
def test_local_times_are_kept_in_utc_across_clock_changes(written: datetime, last: bool, utc: datetime) -> None:
    assert moment(written, BERLIN, last=last) == utc.replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", [BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
def test_every_half_hour_of_a_year_is_itself_again_or_refused_in_a_gap(zone: str) -> None:
    here, refused = ZoneInfo(zone), 0
    for step in range(365 * 48):
        written = local("2026-01-01 00:00") + step * timedelta(minutes=30)
        try:
            at = moment(written, zone)
        except Invalid:
            refused += 1
            continue
        assert at is not None
        assert at.astimezone(here).replace(tzinfo=None, fold=0) == written
    assert refused == {"Asia/Kathmandu": 0, "UTC": 0, "Australia/Lord_Howe": 1}.get(zone, 2)


def test_an_hour_that_comes_twice_is_explained() -> None:
    night = local("2026-10-25 02:30")
    assert accepted(draft(starts_at=night, ends_at=night), PLACES).remarks == (
        "Start: 02:30 comes twice that night; it is the first, 02:30 CEST.",
        "End: 02:30 comes twice that night; it is the second, 02:30 CET.",
    )


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({}, True), ({"platform_ids": ()}, True), ({"id": "x"}, False), ({"kind": "announcement"}, False),
        ({"platform_ids": ("gateway",)}, False), ({"starts_at": NOW + HOUR, "ends_at": NOW + 2 * HOUR}, False),
        ({"ends_at": NOW + timedelta(minutes=1)}, True), ({"ends_at": None}, False),
    ],
)  # fmt: skip
def test_maintenance_of_one_platform_at_one_time_is_told_not_refused(other: dict[str, Any], told: bool) -> None:
    text = accepted(draft(kind="maintenance", starts_at=NOW, ends_at=NOW + HOUR, platform_ids=("sales",)), PLACES)
    said = overlapping(text, "x", [message(**other)], {"sales": "Sales"})
    assert bool(said) is told
    assert not told or "“Other” is planned, too: Mon 23 Nov 08:30 to" in said[0]


STATES = {
    "draft": message(state="draft"), "waiting": message(state="waiting"),
    "scheduled": message(starts_at=NOW + HOUR, ends_at=None), "published": message(ends_at=None),
    "expired": message(ends_at=NOW), "withdrawn": message(state="withdrawn"),
    "discarded": message(state="discarded"),
}  # fmt: skip
OPEN = {
    "draft": ("save", "publish", "discard"), "waiting": ("return",), "scheduled": ("revise", "pin", "withdraw"),
    "published": ("revise", "pin", "end", "withdraw"), "expired": (), "withdrawn": (), "discarded": (),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_the_moves_of_the_table_and_no_other(state: str) -> None:
    one, both = STATES[state], frozenset(Right)
    assert one.state_at(NOW) == state
    assert open_to(one, frozenset({Right.editor}), False, NOW) == OPEN[state]
    assert open_to(one, frozenset(), False, NOW) == ()
    swapped = {"publish": "submit", "revise": "propose"}
    expected = [swapped.get(name, name) for name in OPEN[state]]
    assert set(open_to(one, both, True, NOW)) == {*expected, *(["approve"] if state == "waiting" else [])}


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
@pytest.mark.parametrize("state", STATES)
def test_a_move_that_is_not_open_says_why(state: str, move: Any) -> None:
    found = obstacle(move, STATES[state], frozenset({Right.editor}), False, NOW)
    assert (found is None) is (move.name in OPEN[state])
    assert found is None or isinstance(found, Forbidden | Conflict)


def test_pinned_comes_first_then_what_is_severe_then_what_is_new() -> None:
    new, old = message(id="new", starts_at=NOW), message(id="old", starts_at=NOW - HOUR)
    critical, pinned = message(id="critical", severity="critical"), message(id="pinned", pinned=True)
    later = replace(new, id="later", starts_at=NOW + HOUR)
    order = sorted([old, later, critical, new, pinned], key=lambda one: urgency(one, NOW))
    assert [one.id for one in order] == ["pinned", "critical", "new", "old", "later"]
