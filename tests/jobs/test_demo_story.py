"""The story of the demo: repeatable, continuous, lively, and without any store."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from data.status.model import Check, Mode, Reading, State
from data.status.verdicts import judge
from jobs.demo.estates import demo_estate
from jobs.demo.scene import STAGED
from jobs.demo.story import Story

CHECKS = demo_estate().checks
NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def named(id_: str) -> Check:
    return next(check for check in CHECKS if check.id == id_)


def state(story: Story, check: Check, at: datetime) -> State:
    return judge(check, story.reading(check, at), at).state


def test_every_mode_and_an_interval_from_5_to_30_minutes_occurs() -> None:
    assert {check.mode for check in CHECKS} == set(Mode)
    assert {check.every / MINUTE for check in CHECKS} == {5, 10, 15, 30}


def test_the_scene_is_about_checks_that_exist() -> None:
    assert STAGED.keys() <= {check.id for check in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_two_processes_tell_the_same_story(check: Check) -> None:
    moments = Story(1, NOW).moments(check)[::50]
    live, again = Story(1, NOW), Story(1, NOW)
    assert [live.reading(check, at) for at in moments] == [again.reading(check, at) for at in reversed(moments)][::-1]


def test_another_seed_tells_another_story() -> None:
    moments = Story(1, NOW).moments(named("sales-opens"))[:20]
    assert [Story(1, NOW).reading(named("sales-opens"), at) for at in moments] != [
        Story(2, NOW).reading(named("sales-opens"), at) for at in moments
    ]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_history_ends_where_the_live_readings_begin(check: Check) -> None:
    moments = Story(1, NOW).moments(check)
    assert moments == sorted(set(moments))
    assert NOW - check.every < moments[-1] <= NOW


@pytest.mark.parametrize("check", [c for c in CHECKS if c.target.get("arrives")], ids=lambda check: check.id)
def test_data_comes_from_the_past_and_never_goes_back(check: Check) -> None:
    story = Story(1, NOW)
    looks = [NOW - 20 * DAY + n * 3 * HOUR for n in range(240)]
    seen = [r for r in (story.reading(check, at) for at in looks) if r.source_event_at]
    assert all(r.source_event_at and r.source_event_at <= r.observed_at for r in seen)
    assert all(_event(a) <= _event(b) for a, b in pairwise(seen))
    assert len({r.source_event_at for r in seen}) > 10


def test_thinned_history_sees_every_arrival() -> None:
    """Else the learned interval would be that of the looks."""
    check, story = named("dbx-bronze"), Story(1, NOW)
    seen = {story.reading(check, at).source_event_at for at in story.moments(check)}
    assert len(seen) > 0.9 * 90 * DAY / (30 * MINUTE)


def test_the_scene_heals_by_itself() -> None:
    story = Story(1, NOW)
    assert {id_: state(story, named(id_), NOW + 5 * HOUR) for id_ in STAGED} == dict.fromkeys(STAGED, State.operational)


def test_new_trouble_comes_a_few_times_a_week_and_shows() -> None:
    story, weeks = Story(1, NOW), 8
    coming = [(c, t) for c in CHECKS for t in story.troubles(c, NOW + DAY, NOW + weeks * 7 * DAY)]
    assert 2 * weeks <= len(coming) <= 7 * weeks
    plain = [(check, trouble) for check, trouble in coming if trouble.effect != "flapping"]
    assert State.operational not in {state(story, check, trouble.end - MINUTE) for check, trouble in plain}
    healed = [state(story, check, trouble.end + 10 * MINUTE) for check, trouble in coming]
    assert healed.count(State.operational) > 0.9 * len(healed)


def test_one_check_flaps() -> None:
    check, story = named("warehouse-queue"), Story(1, NOW)
    states = Counter(state(story, check, NOW - 9 * DAY + check.every * n) for n in range(36))
    assert min(states[State.operational], states[State.degraded]) >= 12


def _event(reading: Reading) -> datetime:
    assert reading.source_event_at
    return reading.source_event_at
