"""From verdicts to confirmed states, second by second."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.status.flapping import Step, as_seen, confirm, is_flapping
from data.status.health import BADNESS
from data.status.model import Check, Current, Mode, Outcome, State, Transition
from tests.data.status.samples import NOON, STALE, check, current, reading, verdict

OK, LATE, BAD, PART, DOWN, BLIND = (
    State.operational, State.late, State.degraded, State.partial_outage, State.major_outage, State.unknown,
)  # fmt: skip
MINUTE = timedelta(minutes=1)


def step(known: Current | None, state: State, at: datetime = NOON, watched: Check | None = None) -> Step:
    return confirm(known, watched or check(), verdict(state), reading(at), at, STALE)


def play(states: list[State], every: timedelta = timedelta(minutes=5), watched: Check | None = None) -> list[Step]:
    steps: list[Step] = []
    for n, state in enumerate(states):
        steps.append(step(steps[-1].current if steps else None, state, NOON + n * every, watched))
    return steps


@pytest.mark.parametrize(
    ("seen", "confirmed"),
    [
        ([DOWN], [DOWN]),
        ([OK, DOWN, OK], [OK, OK, OK]),
        ([OK, DOWN, DOWN], [OK, OK, DOWN]),
        ([OK, DOWN, OK, DOWN], [OK, OK, OK, DOWN]),
        ([OK, BAD, DOWN, DOWN], [OK, OK, BAD, DOWN]),
        ([OK, DOWN, BAD], [OK, OK, BAD]),
        ([DOWN, OK, OK], [DOWN, DOWN, OK]),
        ([DOWN, OK, DOWN, OK, OK], [DOWN, DOWN, DOWN, DOWN, OK]),
        ([DOWN, BAD, OK, OK], [DOWN, DOWN, BAD, OK]),
        ([OK, BLIND, OK], [OK, BLIND, OK]),
        ([OK, BLIND, DOWN, OK, OK], [OK, BLIND, DOWN, DOWN, OK]),
        ([OK, DOWN, BLIND, OK, DOWN], [OK, OK, BLIND, OK, OK]),
    ],
)
def test_noisy_verdicts_are_confirmed(seen: list[State], confirmed: list[State]) -> None:
    assert [s.current.state for s in play(seen)] == confirmed


@pytest.mark.parametrize("mode", [Mode.age, Mode.deadline, Mode.heartbeat])
def test_exact_times_need_no_confirmation(mode: Mode) -> None:
    seen = [OK, LATE, OK, DOWN, OK]
    assert [s.current.state for s in play(seen, MINUTE, check(mode))] == seen


def test_a_state_is_left_only_after_five_minutes_in_it() -> None:
    states = [s.current.state for s in play([DOWN, OK, OK, OK, OK, OK], MINUTE)]
    assert states == [DOWN] * 5 + [OK]


def test_an_unconfirmed_verdict_is_told_while_the_state_stays() -> None:
    first, second = play([OK, DOWN])
    assert second.current.reason == "1 of 2 confirmations: looks major_outage"
    assert (second.current.state, second.current.since) == (OK, first.current.since)
    assert second.transitions == ()


def test_a_recovery_held_by_the_dwell_says_so() -> None:
    assert play([DOWN, OK, OK], MINUTE)[-1].current.reason == "Better, but watched for 5 min first: looks operational"


def test_the_first_observation_is_adopted_at_once_and_comes_from_nowhere() -> None:
    first = step(None, DOWN)
    (told,) = first.transitions
    assert (told.from_state, told.to_state, told.at, told.id) == (None, DOWN, NOON, "orders:1")
    assert (first.current.previous_state, first.current.changed_at) == (None, ())
    assert (first.current.first_observed_at, first.current.version) == (NOON, 1)


def test_a_change_remembers_what_was_before() -> None:
    moved = play([OK, DOWN, DOWN])[-1]
    assert (moved.current.previous_state, moved.current.previous_since) == (OK, NOON)
    assert moved.current.since == moved.transitions[0].at == NOON + timedelta(minutes=10)


def test_a_gap_is_written_as_unknown_from_when_the_last_answer_went_stale() -> None:
    back = step(current(OK, observed_at=NOON - timedelta(minutes=92)), OK)
    went_blind, answered = back.transitions
    assert (went_blind.to_state, went_blind.at) == (BLIND, NOON - timedelta(minutes=82))
    assert went_blind.reason == "Not checked for 1 h 32"
    assert went_blind.observed_at == answered.observed_at == answered.at == NOON
    assert (answered.from_state, answered.to_state) == (BLIND, OK)
    assert (back.current.state, back.current.previous_state) == (OK, BLIND)


def test_after_a_gap_the_first_answer_counts() -> None:
    assert step(current(OK, observed_at=NOON - timedelta(hours=1)), DOWN).current.state is DOWN


def test_a_gap_that_ends_blind_is_one_blindness() -> None:
    back = step(current(OK, observed_at=NOON - timedelta(hours=1)), BLIND)
    assert [t.to_state for t in back.transitions] == [BLIND]
    assert back.current.since == NOON - timedelta(minutes=50)


def test_an_answer_just_in_time_leaves_no_gap() -> None:
    assert step(current(OK, observed_at=NOON - STALE), OK).transitions == ()


def test_a_backlog_sent_at_once_leaves_no_gap() -> None:
    known = current(OK, observed_at=NOON - timedelta(minutes=30))
    for minutes in (24, 18, 12, 6, 0):
        moved = confirm(known, check(), verdict(OK), reading(NOON - minutes * MINUTE), NOON, STALE)
        assert moved.transitions == ()
        known = moved.current


def test_an_older_observation_changes_nothing() -> None:
    known = current(OK)
    assert step(known, DOWN, known.observed_at - MINUTE) == Step(known, ())


def test_an_observation_from_the_future_counts_as_of_now() -> None:
    moved = confirm(current(OK), check(), verdict(OK), reading(NOON + timedelta(hours=1)), NOON, STALE)
    assert moved.current.observed_at == NOON


def test_a_repeated_step_writes_the_same_ids_and_a_later_one_others() -> None:
    known = current(OK, observed_at=NOON - timedelta(hours=1), version=7)
    once, twice = step(known, DOWN), step(known, DOWN)
    assert once == twice
    assert [t.id for t in once.transitions] == ["orders:8", "orders:9"]
    assert once.current.version == 9
    assert step(once.current, BLIND, NOON + MINUTE).transitions[0].id == "orders:10"


def test_the_version_rises_with_every_observation() -> None:
    assert [s.current.version for s in play([OK, OK, BLIND, BLIND])] == [1, 2, 3, 4]


def test_steps_of_one_round_add_up() -> None:
    first, second = play([OK, BLIND])
    both = second.after(first)
    assert both.current is second.current
    assert [t.to_state for t in both.transitions] == [OK, BLIND]


@pytest.mark.parametrize(("changes", "flapping"), [(3, False), (4, True)])
def test_four_changes_within_an_hour_are_flapping(changes: int, flapping: bool) -> None:
    last = play([OK, *[BLIND, OK] * 2][: changes + 1])[-1].current
    assert is_flapping(last, last.observed_at) is flapping
    assert not is_flapping(last, last.observed_at + timedelta(hours=1))


def test_changes_older_than_an_hour_are_forgotten() -> None:
    last = play([OK, BLIND] * 20)[-1].current
    assert len(last.changed_at) == 12


def test_last_success_of_a_data_product_is_its_newest_data() -> None:
    loaded = NOON - timedelta(hours=9)
    moved = confirm(None, check(Mode.age), verdict(LATE), reading(source_event_at=loaded), NOON, STALE).current
    assert moved.last_success_at == moved.source_event_at == loaded
    assert moved.value == 9 * 3600


def test_last_success_of_a_probe_is_its_newest_good_answer() -> None:
    assert play([OK, DOWN, DOWN])[-1].current.last_success_at == NOON


def test_a_blind_look_takes_nothing_away_from_what_is_known_of_the_data() -> None:
    known = current(OK, source_event_at=NOON - timedelta(hours=1), last_success_at=NOON - timedelta(hours=1), value=60)
    blind = confirm(known, check(Mode.age), verdict(BLIND), reading(outcome=Outcome.blind), NOON, STALE).current
    assert (blind.source_event_at, blind.last_success_at) == (known.source_event_at, known.last_success_at)
    assert blind.value is None


def test_evidence_is_kept_as_json_with_state_and_transition() -> None:
    told = confirm(None, check(), verdict(OK), reading(evidence={"at": NOON, "rows": 3}), NOON, STALE)
    assert told.current.evidence == told.transitions[0].evidence == '{"at": "2026-11-23 11:00:00+00:00", "rows": 3}'


@pytest.mark.parametrize(
    ("known", "state", "at", "seen", "reason"),
    [
        (current(OK), "active", NOON, OK, "before"),
        (current(OK), "disabled", NOON, State.disabled, "Switched off"),
        (None, "disabled", NOON, State.disabled, "Switched off"),
        (None, "active", NOON, BLIND, "Not checked yet"),
        (current(OK), "active", NOON + timedelta(minutes=9), BLIND, "Not checked for 14 min"),
        (current(OK), "active", NOON + timedelta(minutes=5), OK, "before"),
    ],
)
def test_a_stale_answer_is_never_shown_as_fine(
    known: Current | None, state: str, at: datetime, seen: State, reason: str
) -> None:
    found = as_seen(known, check(state=state), at, STALE)
    assert (found.state, found.reason) == (seen, reason)


KNOWN = st.sampled_from([*BADNESS, BLIND])
ROUNDS = st.lists(st.tuples(KNOWN, st.integers(1, 25)), min_size=1, max_size=40)


@given(ROUNDS)
def test_transitions_form_one_gapless_story_that_ends_in_the_current_state(rounds: list[tuple[State, int]]) -> None:
    known, at, told = None, NOON, list[Transition]()
    for state, minutes in rounds:
        at += minutes * MINUTE
        moved = step(known, state, at)
        known = moved.current
        told += moved.transitions
    assert known is not None
    assert told[0].from_state is None
    assert all(a.to_state is b.from_state and a.to_state is not b.to_state and a.at < b.at for a, b in pairwise(told))
    assert (told[-1].to_state, told[-1].at) == (known.state, known.since)
    assert len({t.id for t in told}) == len(told)


@given(st.lists(st.sampled_from(list(BADNESS)), min_size=1, max_size=30))
def test_a_confirmed_state_is_never_worse_than_two_of_the_last_three_verdicts_once_told(seen: list[State]) -> None:
    """A single bad sample among good ones never shows."""
    for before, now in pairwise(play(seen)):
        if BADNESS[now.current.state] > BADNESS[before.current.state]:
            assert sum(BADNESS[s] >= BADNESS[now.current.state] for s in now.current.recent) >= 2
