"""The status service on real Delta tables: what a round leaves behind, whatever happens between its commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from deltalake import DeltaTable

from data.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, Unavailable
from data.people.model import Actor, Role, Scope
from data.portal import Portal, connect
from data.status.estate import Estate, plan
from data.status.model import Check, IngestionRun, Mode, Outcome, Platform, Reading, Severity, State, Thresholds
from data.status.pushing import Report
from tests.portals import ON_EVERY_STORE, Clock, a_check

EVERYTHING = Scope(everything=True)
Watch = Callable[..., None]
NAIVE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def seen(check_id: str, clock: Clock, outcome: Outcome = Outcome.ok, **parts: object) -> Reading:
    return Reading(check_id=check_id, observed_at=clock(), outcome=outcome, message=f"It is {outcome}", **parts)


def look(portal: Portal, clock: Clock, *outcomes: Outcome, check_id: str = "orders", minutes: int = 5) -> None:
    for outcome in outcomes:
        clock.advance(minutes=minutes)
        portal.status.record([seen(check_id, clock, outcome)], "http_probe")


def frame(portal: Portal, table: str) -> pd.DataFrame:
    """As any other Delta reader sees it."""
    return DeltaTable(str(portal.settings.tables / table)).to_pandas()


def state_of(portal: Portal, check_id: str = "orders") -> State:
    board = portal.status.board(portal.status.snapshot(), EVERYTHING)
    return next(view.state for tile in board.tiles for view in tile.checks if view.check.id == check_id)


@pytest.fixture
def orders(watch: Watch) -> None:
    watch(a_check("orders", severity=Severity.critical))


@ON_EVERY_STORE
@pytest.mark.usefixtures("orders")
def test_a_failure_is_red_at_its_second_sight_and_green_after_two_good_ones_and_the_dwell(
    portal: Portal, clock: Clock
) -> None:
    states = []
    for outcome in (Outcome.ok, Outcome.ok, Outcome.fail, Outcome.fail, Outcome.ok, Outcome.ok):
        look(portal, clock, outcome)
        states.append(state_of(portal))
    assert states == [State.operational] * 3 + [State.major_outage] * 2 + [State.operational]
    trail = frame(portal, "status_transitions").sort_values("at")
    assert list(trail["to_state"]) == ["operational", "major_outage", "operational"]
    assert list(trail["from_state"].fillna("")) == ["", "operational", "major_outage"]
    assert len(frame(portal, "status_results")) == 6


@pytest.mark.usefixtures("orders")
def test_an_outage_that_healed_is_still_told_among_the_changes_of_the_day(portal: Portal, clock: Clock) -> None:
    look(portal, clock, Outcome.ok, Outcome.fail, Outcome.fail, Outcome.ok, Outcome.ok, Outcome.ok)
    clock.advance(minutes=30)
    changes = portal.status.board(portal.status.snapshot(), EVERYTHING).changes
    told = [(change.to_state, change.lasted_ms) for change in changes]
    assert told == [
        (State.unknown, None), (State.operational, 10 * 60_000), (State.major_outage, 10 * 60_000),
    ]  # fmt: skip


@pytest.mark.usefixtures("orders")
def test_what_nobody_checks_any_more_is_unknown_and_says_since_when(portal: Portal, clock: Clock) -> None:
    look(portal, clock, Outcome.ok, Outcome.ok)
    clock.advance(minutes=30)
    tile = portal.status.board(portal.status.snapshot(), EVERYTHING).tiles[0]
    assert (tile.state, tile.reason) == (State.unknown, "Not checked for 30 min")
    today = tile.strip.days[-1]
    assert today is not None
    assert today.unknown_ms == 20 * 60_000


@pytest.mark.usefixtures("orders")
def test_a_gap_in_the_watch_is_written_as_unknown_where_it_began(portal: Portal, clock: Clock) -> None:
    look(portal, clock, Outcome.ok)
    last_seen = clock()
    look(portal, clock, Outcome.ok, minutes=60)
    trail = frame(portal, "status_transitions").sort_values("at")
    assert list(trail["to_state"]) == ["operational", "unknown", "operational"]
    assert trail["at"].iloc[1] == last_seen + timedelta(minutes=10)


@pytest.mark.usefixtures("orders")
def test_uptime_on_the_page_is_what_an_independent_reader_computes(portal: Portal, clock: Clock) -> None:
    look(portal, clock, *[Outcome.ok] * 4, *[Outcome.fail] * 4, *[Outcome.ok] * 7)
    board = portal.status.board(portal.status.snapshot(), EVERYTHING)
    trail = frame(portal, "status_transitions").sort_values("at")
    ends = [*trail["at"].iloc[1:], pd.Timestamp(clock())]
    lasted = [(end - start).total_seconds() for start, end in zip(trail["at"], ends, strict=True)]
    down = sum(s for s, state in zip(lasted, trail["to_state"], strict=True) if state == "major_outage")
    assert down > 0
    assert board.tiles[0].strip.uptime.percent == int((sum(lasted) - down) * 100_000 / sum(lasted)) / 1000


@ON_EVERY_STORE
@pytest.mark.usefixtures("orders")
def test_rebuilding_the_roll_ups_changes_nothing(portal: Portal, clock: Clock) -> None:
    look(portal, clock, Outcome.ok, Outcome.fail, Outcome.fail)
    columns = ["component_type", "component_id", "day", "operational_ms", "major_outage_ms", "unknown_ms"]
    before = frame(portal, "status_rollups")[columns].sort_values(columns[:3]).reset_index(drop=True)
    portal.status.rollup(days=3)
    pd.testing.assert_frame_equal(
        frame(portal, "status_rollups")[columns].sort_values(columns[:3]).reset_index(drop=True), before
    )


@ON_EVERY_STORE
@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize("lost", ["INSERT INTO status_transitions", "MERGE INTO status_rollups"])
def test_a_process_killed_between_two_commits_loses_nothing(recording: Portal, clock: Clock, lost: str) -> None:
    look(recording, clock, Outcome.ok, Outcome.ok)
    recording.engine.fail(1, Unavailable("killed here"), on=lost)
    with pytest.raises(Unavailable):
        look(recording, clock, Outcome.blind)
    recording.status.repair()
    look(recording, clock, Outcome.blind, minutes=1)
    trail = frame(recording, "status_transitions").sort_values("at")
    assert list(trail["to_state"]) == ["operational", "unknown"]
    today = frame(recording, "status_rollups").set_index("component_id").loc["orders"]
    assert (today["operational_ms"], today["unknown_ms"]) == (10 * 60_000, 60_000)


@pytest.mark.usefixtures("orders")
def test_repairing_a_sound_trail_adds_nothing(portal: Portal, clock: Clock) -> None:
    look(portal, clock, Outcome.ok, Outcome.fail, Outcome.fail)
    assert portal.status.repair() == 0


@ON_EVERY_STORE
@pytest.mark.usefixtures("orders")
def test_of_two_processes_that_see_the_same_only_one_writes_the_change(portal: Portal, clock: Clock) -> None:
    look(portal, clock, Outcome.ok, Outcome.ok)
    clock.advance(minutes=5)
    other, errors = portal.replace(), []

    def round_of(one: Portal) -> None:
        try:
            one.status.record([seen("orders", clock, Outcome.blind)], "http_probe")
        except PortalError as error:
            errors.append(error)

    threads = [threading.Thread(target=round_of, args=(one,)) for one in (portal, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert list(frame(portal, "status_transitions")["to_state"]).count("unknown") == 1
    assert len(frame(portal, "status_results")) == 4


@ON_EVERY_STORE
@pytest.mark.usefixtures("orders")
def test_a_check_retired_while_it_was_looked_at_does_not_cost_the_others_their_round(
    portal: Portal, clock: Clock
) -> None:
    assert portal.status.record([seen("retired", clock), seen("orders", clock)], "http_probe").results == 1
    assert list(frame(portal, "status_results")["check_id"]) == ["orders"]


@ON_EVERY_STORE
def test_a_report_for_a_check_that_nobody_defined_is_refused(portal: Portal) -> None:
    with pytest.raises(NotFound, match="no active check named ghost"):
        portal.status.report("ghost")


@ON_EVERY_STORE
def test_a_pushed_result_is_judged_and_returned(portal: Portal, watch: Watch) -> None:
    watch(a_check("orders", source="push"))
    assert portal.status.report("orders", outcome=Outcome.fail, message="No files").state is State.major_outage


@ON_EVERY_STORE
def test_what_is_pushed_is_judged_by_the_limits_of_its_check_and_stored_once(portal: Portal, watch: Watch) -> None:
    watch(a_check("rows", source="push", mode=Mode.threshold, thresholds={"warn_above": 10}))
    report = Report(key="run-1", value=15)
    first, again = (portal.status.pushing.push(Actor.job(), "rows", [report])[0] for _ in range(2))
    assert (first.state, first.reason, first.again) == (State.degraded, "Value 15 is above 10", False)
    assert again.again
    assert (again.id, again.state, again.reason, again.observed_at) == (
        first.id, first.state, first.reason, first.observed_at,
    )  # fmt: skip
    rows = portal.status.history.results("rows")
    assert list(rows["state"]) == ["degraded"]


def test_only_checks_that_are_pushed_take_reports(portal: Portal, watch: Watch) -> None:
    watch(a_check("orders", source="http_probe"))
    with pytest.raises(Invalid, match="only checks with source push take reports"):
        portal.status.report("orders")


@pytest.mark.parametrize(
    ("given", "told"),
    [({"value": "x"}, "value"), ({}, "judged by a number"), ({"value": 1, "event_at": NAIVE}, "no time zone")],
)
def test_a_report_that_makes_no_sense_is_refused_in_words(
    portal: Portal, watch: Watch, given: dict[str, Any], told: str
) -> None:
    watch(a_check("rows", source="push", mode=Mode.threshold, thresholds={"warn_above": 10}))
    with pytest.raises(Invalid, match=told):
        portal.status.report("rows", **given)


def test_only_owners_of_the_platform_report(portal: Portal, watch: Watch) -> None:
    watch(a_check("orders", source="push"))
    alice = Actor("alice@example.org", "alice", Role.contributor, {"shop": Role.service_owner})
    bob = Actor("bob@example.org", "bob", Role.contributor, platforms=frozenset({"shop"}))
    charlie = Actor("charlie@example.org", "charlie", Role.contributor, {"other": Role.service_owner})
    portal.status.report("orders", actor=alice)
    for outsider in (bob, charlie):
        with pytest.raises(Forbidden):
            portal.status.report("orders", actor=outsider)


@ON_EVERY_STORE
def test_what_a_viewer_may_not_see_is_neither_shown_nor_counted(portal: Portal, clock: Clock) -> None:
    secret = Platform(id="secret", name="Secret", kind="service", visibility="members")
    hidden = a_check("hidden").model_copy(update={"platform_id": "secret"})
    shop = Platform(id="shop", name="Shop", kind="service")
    portal.status.apply(
        plan(portal.status.estate(), Estate(platforms=(secret, shop), checks=(hidden, a_check("orders")))), Actor.job()
    )
    look(portal, clock, Outcome.fail, Outcome.fail, check_id="hidden")
    look(portal, clock, Outcome.ok)
    charlie = portal.status.board(portal.status.snapshot(), Scope(everything=False))
    assert [tile.platform.id for tile in charlie.tiles] == ["shop"]
    assert (charlie.counts, charlie.state) == ({State.operational: 1}, State.operational)
    member = portal.status.board(portal.status.snapshot(), Scope(everything=False, platforms=frozenset({"secret"})))
    assert {tile.platform.id for tile in member.tiles} == {"shop", "secret"}


@ON_EVERY_STORE
def test_a_hidden_platform_leaks_neither_through_feeds_nor_through_reasons(portal: Portal, clock: Clock) -> None:
    secret = Platform(id="secret", name="Secret", kind="service", visibility="members")
    hidden = a_check("hidden", platform_id="secret", source="dbt_artifacts")
    shop = Platform(id="shop", name="Shop", kind="service")
    wanted = Estate(platforms=(secret, shop), checks=(hidden, a_check("orders", source="http_probe")))
    portal.status.apply(plan(portal.status.estate(), wanted), Actor.job())
    look(portal, clock, Outcome.ok)
    for source, state in (("http_probe", "partial"), ("dbt_artifacts", "failed")):
        run = IngestionRun(
            id=source, source=source, started_at=clock(), finished_at=clock(), state=state, rows=9,
            error="hidden: secret!", next_due_at=clock(),
        )  # fmt: skip
        portal.status.log_run(run)
    clock.advance(minutes=30)
    charlie = portal.status.board(portal.status.snapshot(), Scope(everything=False))
    assert [(feed.source, feed.checks, feed.rows) for feed in charlie.feeds] == [("http_probe", 1, 1)]
    assert charlie.tiles[0].reason == "Not checked for 30 min"


@pytest.mark.usefixtures("orders")
def test_switching_a_red_check_off_keeps_what_it_was_and_counts_nothing_from_then_on(
    portal: Portal, clock: Clock, watch: Watch
) -> None:
    look(portal, clock, Outcome.fail, Outcome.fail)
    watch(a_check("orders", severity=Severity.critical, state="disabled"))
    clock.advance(hours=2)
    portal.status.rollup()
    tile = portal.status.board(portal.status.snapshot(), EVERYTHING).tiles[0]
    today = tile.strip.days[-1]
    assert (tile.state, today and today.major_outage_ms) == (State.disabled, 5 * 60_000)
    watch(a_check("orders", severity=Severity.critical))
    assert state_of(portal) is State.unknown
    look(portal, clock, Outcome.ok)
    trail = frame(portal, "status_transitions").sort_values("at")
    assert list(trail["to_state"]) == ["major_outage", "disabled", "operational"]


def test_retiring_a_red_check_does_not_clean_its_platforms_day(portal: Portal, clock: Clock, watch: Watch) -> None:
    watch(a_check("orders", severity=Severity.critical), a_check("api"))
    look(portal, clock, Outcome.fail, Outcome.fail)
    look(portal, clock, Outcome.ok, check_id="api")
    watch(a_check("api"))
    portal.status.rollup()
    today = portal.status.board(portal.status.snapshot(), EVERYTHING).tiles[0].strip.days[-1]
    assert today is not None
    assert today.major_outage_ms == 10 * 60_000


@ON_EVERY_STORE
@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize("event", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_a_sentinel_date_is_unknown_and_costs_no_other_check_its_round(
    portal: Portal, clock: Clock, watch: Watch, event: datetime
) -> None:
    watch(a_check("orders", mode=Mode.deadline, deadline={"by": "07:00"}), a_check("api"))
    portal.status.record([seen("orders", clock, source_event_at=event), seen("api", clock)], "sql_check")
    assert (state_of(portal, "orders"), state_of(portal, "api")) == (State.unknown, State.operational)


@pytest.mark.usefixtures("orders")
def test_a_clock_that_was_ahead_freezes_nothing(portal: Portal, clock: Clock) -> None:
    ahead = Reading(check_id="orders", observed_at=clock() + timedelta(hours=1), message="fine")
    portal.replace(clock=lambda: clock() + timedelta(hours=1)).status.record([ahead], "http_probe")
    assert state_of(portal) is State.unknown
    look(portal, clock, Outcome.fail, minutes=1)
    assert portal.status.currents()["orders"].observed_at == clock()


def test_a_beat_from_a_slightly_slower_clock_counts(portal: Portal, clock: Clock, watch: Watch) -> None:
    watch(a_check("orders", source="push", mode=Mode.heartbeat, thresholds={"warn_after": "10m"}))
    portal.status.report("orders")
    clock.advance(minutes=9)
    portal.status.record([seen("orders", clock, source_event_at=clock() - timedelta(minutes=9))], "push")
    beat = clock() - timedelta(seconds=30)
    portal.status.record([Reading(check_id="orders", observed_at=beat, source_event_at=beat)], "push")
    assert portal.status.currents()["orders"].source_event_at == beat


@pytest.mark.usefixtures("orders")
def test_the_day_before_is_closed_by_the_first_round_after_midnight(portal: Portal, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 23, 22, 40, tzinfo=UTC)
    look(portal, clock, Outcome.ok, Outcome.ok)
    clock.now = datetime(2026, 11, 23, 22, 58, tzinfo=UTC)
    portal.status.record([seen("orders", clock)], "http_probe")
    clock.now = datetime(2026, 11, 23, 23, 3, tzinfo=UTC)
    portal.status.record([seen("orders", clock)], "http_probe")
    days = portal.status.board(portal.status.snapshot(), EVERYTHING).tiles[0].strip.days
    yesterday, today = days[-2], days[-1]
    assert yesterday is not None
    assert today is not None
    assert (yesterday.operational_ms, yesterday.unknown_ms) == (15 * 60_000, 0)
    assert today.operational_ms == 3 * 60_000


def window(portal: Portal, clock: Clock) -> None:
    at = clock()
    portal.statements.append(
        "status_messages",
        [
            {
                "id": "m1", "kind": "maintenance",
                "severity": "info", "title": "Upgrade", "body": "", "platform_ids": ["shop"],
                "starts_at": at - timedelta(minutes=30), "ends_at": at + timedelta(minutes=30),
                "state": "published", "version": 1,
                "created_at": at, "created_by": "alice", "updated_at": at, "updated_by": "alice",
            }
        ],
    )  # fmt: skip


@ON_EVERY_STORE
@pytest.mark.usefixtures("orders")
def test_maintenance_leaves_the_uptime_but_never_hides_an_outage(portal: Portal, clock: Clock) -> None:
    look(portal, clock, Outcome.ok)
    window(portal, clock)
    began = clock() - timedelta(minutes=30)
    tile = portal.status.board(portal.status.snapshot(), EVERYTHING).tiles[0]
    assert (tile.state, tile.since, tile.window.title if tile.window else None) == (State.maintenance, began, "Upgrade")
    look(portal, clock, Outcome.fail, Outcome.fail)
    tile = portal.status.board(portal.status.snapshot(), EVERYTHING).tiles[0]
    assert tile.state is State.major_outage
    today = tile.strip.days[-1]
    assert today is not None
    assert (today.major_outage_ms, today.operational_ms) == (0, 0)
    assert today.maintenance_ms == 10 * 60_000


@ON_EVERY_STORE
def test_an_edit_raises_the_version_and_results_tell_which_one_judged_them(
    portal: Portal, clock: Clock, watch: Watch
) -> None:
    limit = Thresholds(warn_after=timedelta(hours=1))
    watch(a_check("orders", mode=Mode.age, thresholds=limit))
    event = clock() - timedelta(minutes=90)
    portal.status.record([seen("orders", clock, source_event_at=event)], "push")
    clock.advance(minutes=5)
    watch(a_check("orders", mode=Mode.age, thresholds=Thresholds(warn_after=timedelta(hours=2))))
    portal.status.record([seen("orders", clock, source_event_at=event)], "push")
    results = frame(portal, "status_results").sort_values("observed_at")
    assert list(zip(results["check_version"], results["state"], strict=True)) == [(1, "late"), (2, "operational")]
    newest = portal.audit.events_of("check", "orders")[0]
    assert (newest.old, newest.new) == ({"version": 1, "warn_after_s": 3600}, {"version": 2, "warn_after_s": 7200})


@ON_EVERY_STORE
def test_a_plan_made_on_an_older_estate_is_refused(portal: Portal, watch: Watch) -> None:
    watch(a_check("orders"))
    before = portal.status.estate()
    watch(a_check("orders", name="Orders arrive"))
    late = plan(before, Estate(checks=(a_check("orders", name="Something else"),)))
    with pytest.raises(Conflict):
        portal.status.apply(late, Actor.job())
    assert portal.status.estate().checks[0].name == "Orders arrive"


def test_only_admins_apply_a_plan(portal: Portal) -> None:
    wanted = plan(portal.status.estate(), Estate(platforms=(Platform(id="shop", name="Shop", kind="service"),)))
    charlie = Actor("charlie@example.org", "charlie", Role.contributor)
    with pytest.raises(Forbidden):
        portal.status.apply(wanted, charlie)


@ON_EVERY_STORE
def test_what_is_usual_is_learned_from_the_arrivals(portal: Portal, clock: Clock, watch: Watch) -> None:
    hourly: Check = a_check("orders", mode=Mode.age, thresholds=Thresholds(error_after=timedelta(days=9)))
    watch(hourly)
    arrivals = [clock() + timedelta(hours=hour) for hour in range(24 * 8)]
    portal.statements.append("status_results", [_arrival(at) for at in arrivals])
    clock.now = arrivals[-1]
    assert portal.status.learn() == 1
    band = portal.status.standings()["orders"].band
    assert band is not None
    assert 0 < band.median_s <= 3600 <= band.high_s < 2 * 3600


def _arrival(at: datetime) -> dict[str, object]:
    return {
        "id": at.isoformat(), "check_id": "orders", "platform_id": "shop", "day": at.date(), "observed_at": at,
        "state": "operational", "source_event_at": at, "message": "", "source": "push", "check_version": 1,
    }  # fmt: skip


@ON_EVERY_STORE
def test_the_history_of_a_check_is_bounded_whatever_its_length(portal: Portal, clock: Clock, watch: Watch) -> None:
    watch(a_check("orders"))
    clock.now = datetime(2026, 11, 23, tzinfo=UTC)
    rows = [_arrival(clock() - timedelta(minutes=m)) | {"value": float(m % 60)} for m in range(3000)]
    portal.statements.append("status_results", rows)
    values = portal.status.history.values("orders", hours=48)
    assert len(values) <= 700
    assert (values["low"].min(), values["high"].max()) == (0.0, 59.0)
    assert values["at"].is_monotonic_increasing
    assert date(2026, 11, 22) in set(values["at"].dt.date)


@ON_EVERY_STORE
def test_a_source_remembers_across_processes(portal: Portal) -> None:
    assert portal.status.checkpoint("powerbi") == {}
    portal.status.save_checkpoint("powerbi", {"not_before": "2026-11-23T09:10:00+00:00"})
    portal.status.save_checkpoint("fabric", {"next": 7})
    again = connect(portal.settings)
    assert again.status.checkpoint("powerbi") == {"not_before": "2026-11-23T09:10:00+00:00"}
    assert again.status.checkpoint("fabric") == {"next": 7}
    again.engine.close()
