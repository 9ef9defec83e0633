"""The state of a group: weighted, honest about what is not seen, and never better for a worse member."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.status.health import BADNESS, Member, colour, combine, lead, overlay
from data.status.model import OUTAGES, Severity, State

OK, LATE, BAD, PART, DOWN = (
    State.operational, State.late, State.degraded, State.partial_outage, State.major_outage,
)  # fmt: skip
BLIND, PLANNED, OFF = State.unknown, State.maintenance, State.disabled
CRITICAL, NORMAL, INFO = Severity.critical, Severity.normal, Severity.info


@pytest.mark.parametrize(
    ("checks", "platform"),
    [
        ([], BLIND),
        ([(OFF, CRITICAL)], OFF),
        ([(OK, CRITICAL), (OFF, CRITICAL)], OK),
        ([(PLANNED, CRITICAL)], OK),
        ([(DOWN, NORMAL), (PLANNED, NORMAL), (OK, NORMAL)], BAD),
        # by weight
        ([(OK, CRITICAL), (DOWN, NORMAL)], BAD),
        ([(OK, CRITICAL), (LATE, NORMAL)], LATE),
        ([(OK, CRITICAL), (PART, CRITICAL)], PART),
        ([(OK, NORMAL), (OK, NORMAL), (PART, NORMAL)], BAD),
        ([(OK, NORMAL), (DOWN, NORMAL)], DOWN),
        ([(OK, NORMAL), (PART, NORMAL), (DOWN, NORMAL)], PART),
        # a critical check that is down
        ([(DOWN, CRITICAL), (OK, CRITICAL), (OK, CRITICAL)], PART),
        ([(DOWN, CRITICAL), (OK, NORMAL)], DOWN),
        # info never matters, unless there is nothing else
        ([(OK, NORMAL), (DOWN, INFO), (DOWN, INFO)], OK),
        ([(OK, NORMAL), (BLIND, INFO), (BLIND, INFO)], OK),
        ([(DOWN, INFO), (OK, INFO)], BAD),
        ([(LATE, INFO), (OK, INFO)], LATE),
        ([(BLIND, INFO)], BLIND),
        # what is not seen
        ([(OK, NORMAL)] * 7 + [(BLIND, NORMAL)] * 3, OK),
        ([(OK, NORMAL)] * 6 + [(BLIND, NORMAL)] * 3, BLIND),
        ([(LATE, NORMAL)] + [(OK, NORMAL)] * 5 + [(BLIND, NORMAL)] * 3, BLIND),
        ([(DOWN, NORMAL)] + [(BLIND, NORMAL)] * 8, DOWN),
        ([(OK, NORMAL)] * 20 + [(BLIND, CRITICAL)], BLIND),
        ([(OK, NORMAL)] * 20 + [(LATE, NORMAL)] + [(BLIND, CRITICAL)], LATE),
    ],
)
def test_checks_make_a_platform(checks: list[tuple[State, Severity]], platform: State) -> None:
    assert combine([Member.check(state, severity) for state, severity in checks]) is platform


@pytest.mark.parametrize(
    ("platforms", "whole"),
    [
        ([(OK, 1), (DOWN, 3), (OK, 2)], BAD),
        ([(DOWN, 1), (OK, 1), (OK, 1)], PART),
        ([(OK, 1), (OK, 2), (LATE, 3)], LATE),
        ([(OK, 1), (BLIND, 3)], OK),
        ([(OK, 2), (BLIND, 1)], BLIND),
    ],
)
def test_platforms_make_the_whole(platforms: list[tuple[State, int]], whole: State) -> None:
    assert combine([Member.platform(state, criticality) for state, criticality in platforms]) is whole


@pytest.mark.parametrize(
    ("checks", "found"),
    [
        ([(OK, CRITICAL), (LATE, NORMAL), (BAD, NORMAL)], 2),
        ([(LATE, NORMAL), (LATE, CRITICAL)], 1),
        ([(LATE, NORMAL), (DOWN, INFO)], 0),
        ([(OK, INFO), (DOWN, INFO)], 1),
        ([(OK, CRITICAL), (BLIND, CRITICAL)], 1),
        ([(OK, CRITICAL), (DOWN, INFO)], None),
        ([], None),
    ],
)
def test_the_lead_is_the_member_that_made_the_group_so(checks: list[tuple[State, Severity]], found: int | None) -> None:
    assert lead([Member.check(state, severity) for state, severity in checks]) == found


@pytest.mark.parametrize("state", list(State))
def test_maintenance_never_hides_an_outage(state: State) -> None:
    assert overlay(state, in_window=False) is state
    assert overlay(state, in_window=True) is (state if state in OUTAGES | {OFF} else PLANNED)


def test_only_what_works_is_green() -> None:
    assert [state for state in State if colour(state) == "green"] == [OK]
    assert {state for state in State if colour(state) == "red"} == OUTAGES
    assert colour(BLIND) == "grey"


CHECKS = st.builds(Member.check, st.sampled_from(list(State)), st.sampled_from(list(Severity)))
GROUPS = st.lists(CHECKS, min_size=1, max_size=12)
KNOWN = sorted(BADNESS, key=BADNESS.__getitem__)


@given(GROUPS, st.data())
def test_a_worse_member_never_makes_the_group_better(group: list[Member], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(group) - 1))
    old = group[index]
    if old.state not in BADNESS:
        return
    worse = data.draw(st.sampled_from(KNOWN[BADNESS[old.state] :]))
    before, after = (
        combine(group),
        combine([*group[:index], Member(worse, old.weight, old.critical), *group[index + 1 :]]),
    )
    if after is BLIND:
        assert before not in OUTAGES
    elif before is not BLIND:
        assert BADNESS[after] >= BADNESS[before]


@given(GROUPS)
def test_the_group_is_never_worse_than_its_worst_member(group: list[Member]) -> None:
    known = [BADNESS[m.state] for m in group if m.state in BADNESS]
    assert BADNESS.get(combine(group), 0) <= max(known, default=0)


@given(GROUPS)
def test_order_does_not_matter(group: list[Member]) -> None:
    assert combine(group) is combine(group[::-1])


@given(GROUPS)
def test_trouble_always_has_a_lead(group: list[Member]) -> None:
    assert (lead(group) is None) == (combine(group) is OK or all(m.state is OFF for m in group))
