"""The last days judged again with other limits: worked by hand, and never milder than the source itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.errors import Conflict, Forbidden, Invalid, NotFound
from data.people.model import Actor, Role
from data.portal import Portal
from data.status.estate import Estate, plan
from data.status.limits import with_limits
from data.status.model import Check, Mode, Outcome, Platform, Reading, Severity, State, Thresholds
from data.status.replay import Look, Replay, replay
from tests.portals import NOW, ON_EVERY_STORE, Clock

ZONE = ZoneInfo("Europe/Berlin")
H, M5 = timedelta(hours=1), timedelta(minutes=5)
AGE = Check(
    id="orders", platform_id="sales", name="Orders", source="push", mode=Mode.age, every=M5,
    thresholds=Thresholds(warn_after=H, error_after=4 * H),
)  # fmt: skip
LOAD = Check(
    id="load", platform_id="sales", name="Load", source="push", mode=Mode.threshold, every=M5,
    thresholds=Thresholds(warn_above=80, error_above=95),
)  # fmt: skip
START = datetime(2026, 11, 9, 6, 0, tzinfo=NOW.tzinfo)
FINE, LATE, SLOW, PART = State.operational, State.late, State.degraded, State.partial_outage


def aged(*minutes: int) -> list[Look]:
    """A look every five minutes, at data of so many minutes of age, with what the limits of AGE said."""
    return [
        Look(START + n * M5, SLOW if m > 240 else LATE if m > 60 else FINE, None, START + n * M5 - timedelta(minutes=m))
        for n, m in enumerate(minutes)
    ]


def again(wanted: Check, looks: list[Look], was: Check = AGE) -> Replay:
    return replay(was, wanted, looks, None, ZONE)


def test_looser_limits_are_late_less_often_and_shorter() -> None:
    looks = aged(50, 55, 65, 70, 50, 90, 95, 250, 20)
    looser = with_limits(AGE, {"warn_after": timedelta(minutes=75), "error_after": 5 * H}, Severity.normal, M5)
    found = again(looser, looks)
    assert (found.before.late, found.before.down, found.before.not_green) == (2, 1, 5 * M5)
    assert (found.after.late, found.after.down, found.after.not_green) == (1, 0, 3 * M5)
    (day,) = found.days
    assert (day.day.isoformat(), day.worst, day.before, day.after) == ("2026-11-09", 250 * 60, SLOW, LATE)


def test_the_same_limits_change_nothing() -> None:
    looks = aged(50, 65, 300, 20)
    found = again(AGE, looks)
    assert found.before == found.after
    assert [one.before for one in found.again] == [one.after for one in found.again] == [look.state for look in looks]


def test_an_observation_counts_for_two_intervals_at_most() -> None:
    looks = aged(65, 20)
    gap = [looks[0], Look(START + H, FINE, None, START + H)]
    assert again(AGE, gap).before.not_green == 2 * M5


def test_what_the_source_said_itself_stays() -> None:
    failed = Look(START, State.partial_outage, 10.0, None)
    blind = Look(START + M5, State.unknown, None, None)
    looser = with_limits(LOAD, {"warn_above": 90, "error_above": 99}, Severity.normal, M5)
    assert [one.after for one in again(looser, [failed, blind], LOAD).again] == [PART, State.unknown]


def test_numbers_are_judged_by_the_new_bounds() -> None:
    looks = [Look(START + n * M5, state, value, None) for n, (state, value) in enumerate(((SLOW, 85.0), (PART, 97.0)))]
    looser = with_limits(LOAD, {"warn_above": 90, "error_above": 99}, Severity.normal, M5)
    assert [one.after for one in again(looser, looks, LOAD).again] == [FINE, SLOW]


def test_trouble_that_nobody_would_have_seen_is_counted() -> None:
    looks = aged(20, 65, 70, 20, 20, 90, 20)
    looser = with_limits(AGE, {"warn_after": timedelta(minutes=80)}, Severity.normal, M5)
    trouble = [(START + M5, START + 2 * M5), (START + 5 * M5, START + 5 * M5)]
    found = again(looser, looks)
    assert (found.missed(trouble, before=True), found.missed(trouble)) == (0, 1)


def test_days_are_cut_where_the_portal_lives() -> None:
    looks = [Look(START.replace(hour=23, minute=30), FINE, None, START.replace(hour=23)), *aged(20)]
    assert [day.day.day for day in again(AGE, sorted(looks, key=lambda look: look.at)).days] == [9, 10]


def test_no_looks_no_days() -> None:
    found = again(AGE, [])
    assert (found.days, found.before.late, found.missed([(START, START)])) == ((), 0, 1)


@pytest.mark.parametrize(
    ("check", "limits", "words"),
    [
        (AGE, {"warn_after": 5 * H, "error_after": 4 * H}, "Late after must be less than down after"),
        (AGE, {"warn_after": 4 * H, "error_after": 4 * H}, "Late after must be less than down after"),
        (AGE, {}, "at least one limit"),
        (AGE, {"warn_after": timedelta(0)}, "longer than no time"),
        (LOAD, {"warn_above": 95.0, "error_above": 80.0}, "Warn above must be less than down above"),
        (LOAD, {"warn_below": 5.0, "error_below": 8.0}, "Warn below must be more than down below"),
    ],
)
def test_limits_that_make_no_sense_are_refused_in_words(check: Check, limits: dict[str, object], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        with_limits(check, limits, Severity.normal, M5)


# saving


def kept(portal: Portal) -> Check:
    estate = Estate(platforms=(Platform(id="sales", name="Sales", kind="databricks"),), checks=(AGE,))
    portal.status.apply(plan(portal.status.estate(), estate), Actor.job())
    return AGE


OWNER = Actor("alice@example.org", "alice", Role.contributor, {"sales": Role.service_owner})
TIGHTER = {"warn_after": timedelta(minutes=30), "error_after": 2 * H}


@ON_EVERY_STORE
def test_an_owner_changes_a_check_and_the_history_tells_it(portal: Portal, clock: Clock) -> None:
    check = kept(portal)
    clock.advance(minutes=1)
    saved = portal.status.editor.edit(OWNER, with_limits(check, TIGHTER, Severity.critical, M5), " Mondays are busy ")
    assert (saved.version, saved.thresholds.warn_after, saved.severity) == (2, timedelta(minutes=30), "critical")
    assert portal.status.checks() == [saved]
    (event, *_) = portal.audit.events_of("check", check.id)
    assert (event.actor, event.reason, event.new) == (
        "alice@example.org", "Mondays are busy",
        {"warn_after_s": 1800, "error_after_s": 7200, "severity": "critical", "version": 2},
    )  # fmt: skip
    with pytest.raises(Conflict, match="version 2 now"):
        portal.status.editor.edit(OWNER, with_limits(check, TIGHTER, Severity.normal, M5), "Again")


@pytest.mark.parametrize(
    "actor",
    [
        Actor("charlie@example.org", "charlie", Role.contributor),
        Actor("dana@example.org", "dana", Role.triager),
        Actor("bob@example.org", "bob", Role.contributor, {"gateway": Role.service_owner}),
    ],
)
def test_others_change_no_check(portal: Portal, actor: Actor) -> None:
    check = kept(portal)
    with pytest.raises(Forbidden):
        portal.status.editor.edit(actor, with_limits(check, TIGHTER, Severity.normal, M5), "Because")
    assert portal.status.checks() == [check]


def test_a_change_needs_a_reason_and_a_check(portal: Portal) -> None:
    check = kept(portal)
    with pytest.raises(Invalid, match="say why"):
        portal.status.editor.edit(OWNER, with_limits(check, TIGHTER, Severity.normal, M5), "  ")
    with pytest.raises(NotFound):
        portal.status.editor.edit(OWNER, check.model_copy(update={"id": "nothing"}), "Because")


def test_looks_are_those_of_thirty_days(portal: Portal, clock: Clock) -> None:
    check = kept(portal)
    for days in (31, 29, 0):
        at = NOW - timedelta(days=days)
        portal.replace(clock=lambda at=at: at).status.record(
            [Reading(check_id=check.id, observed_at=at, outcome=Outcome.ok, source_event_at=at - 2 * H)], "push"
        )
    looks = portal.status.history.looks(check.id)
    assert [(look.at, look.state, look.event_at) for look in looks] == [
        (NOW - timedelta(days=29), LATE, NOW - timedelta(days=29) - 2 * H), (NOW, LATE, NOW - 2 * H),
    ]  # fmt: skip
