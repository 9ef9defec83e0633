"""Platforms and checks changed one at a time: who may, what is refused, two at once, and what the trail tells."""

from __future__ import annotations

import threading
from datetime import date, time, timedelta
from typing import Any

import pytest

from data.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, Refused
from data.people.model import Actor, Role
from data.portal import Portal
from data.statements import SQL
from data.status.estate import Estate, plan, read_estate
from data.status.forms import NEW, holidays, slug, typed_check, typed_platform
from data.status.model import Calendar, Check, Deadline, Mode, Outcome, Platform, Reading, State, Thresholds
from tests.data.status.estates import FILE
from tests.portals import ON_EVERY_STORE, Clock, a_check

JOB = Actor.job()
ALICE = Actor("alice@example.org", "alice", Role.contributor, {"sales": Role.service_owner})
BOB = Actor("bob@example.org", "bob", Role.contributor, {"gateway": Role.service_owner})
CHARLIE = Actor("charlie@example.org", "charlie", Role.contributor)
SALES = Platform(id="sales", name="Sales mart", kind="databricks", owner="sales-data")
FRESH = a_check("orders", mode=Mode.age, thresholds=Thresholds(warn_after=timedelta(hours=1)))
DUE = a_check("report", mode=Mode.deadline, deadline=Deadline(by=time(7)))
EVERY_DAY = {"weekdays": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "holidays": ""}
AS_IT_IS: dict[str, Any] = {
    "limits": {"warn_after": timedelta(hours=1)}, "severity": FRESH.severity, "every": FRESH.every, "owner": None,
    "runbook": None, "state": "active", "calendar": None, "deadline": None,
}  # fmt: skip


@pytest.fixture
def house(portal: Portal) -> Portal:
    portal.status.apply(plan(portal.status.estate(), read_estate(FILE, "checks.yaml")), JOB)
    return portal


def platform(portal: Portal, id_: str = "sales") -> Platform:
    return next(platform for platform in portal.status.estate().platforms if platform.id == id_)


def check(portal: Portal, id_: str = "orders-fresh") -> Check:
    return next(check for check in portal.status.estate().checks if check.id == id_)


def change(entry: Any, **fields: Any) -> Any:
    return entry.model_copy(update=fields)


# what is typed


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", "  ", "Please fill this in"), ("name", "x" * 81, "81 characters; at most 80"),
        ("name", "\u202e\u200b", "Please fill this in"), ("kind", "", "Please fill this in"),
        ("kind", "x" * 41, "at most 40"), ("owner", "x" * 121, "at most 120"), ("contact", "x" * 201, "at most 200"),
        ("criticality", 4, "choose one"), ("criticality", None, "choose one"), ("visibility", "nobody", "choose one"),
        ("slo", 100.0, "below 100"), ("slo", 0.0, "above 0"), ("slo", None, "percentage"),
        ("slo", float("nan"), "percentage"), ("position", -1, "0 to 9999"), ("position", 1.5, "whole number"),
    ],
)  # fmt: skip
def test_a_platform_is_refused_at_the_field(field: str, typed: Any, told: str) -> None:
    with pytest.raises(Refused) as refused:
        typed_platform(SALES, {field: typed})
    assert list(refused.value.at) == [field]
    assert told in refused.value.at[field]


@pytest.mark.parametrize(
    ("field", "calendar", "told"),
    [
        ("weekdays", {"weekdays": (), "holidays": ""}, "at least one day"),
        ("holidays", EVERY_DAY | {"holidays": "2026-12-25\n\nChristmas"}, "Line 3: 'Christmas' is not a date"),
        ("holidays", EVERY_DAY | {"holidays": "2026-02-30"}, "Line 1: '2026-02-30' is not a date"),
        ("holidays", EVERY_DAY | {"holidays": "20261225"}, "Line 1"),
        ("holidays", EVERY_DAY | {"holidays": "\n".join(f"{y}-01-01" for y in range(2000, 2501))}, "501 days"),
    ],
)
def test_a_calendar_is_refused_at_the_field_and_the_line(field: str, calendar: dict[str, Any], told: str) -> None:
    for refused_by in (lambda: typed_platform(SALES, {"calendar": calendar}),
                       lambda: typed_check(FRESH, AS_IT_IS | {"calendar": calendar})):  # fmt: skip
        with pytest.raises(Refused) as refused:
            refused_by()
        assert list(refused.value.at) == [field]
        assert told in refused.value.at[field]


def test_holidays_are_sorted_and_each_stands_once() -> None:
    assert holidays(" 2026-12-26\r\n2026-12-25\n2026-12-26\n") == (date(2026, 12, 25), date(2026, 12, 26))


@pytest.mark.parametrize(
    ("before", "field", "typed", "told"),
    [
        (FRESH, "owner", {"owner": "x" * 121}, "at most 120"),
        (FRESH, "runbook", {"runbook": "javascript:alert(1)"}, "https://"),
        (FRESH, "runbook", {"runbook": "https://"}, "https://"),
        (FRESH, "runbook", {"runbook": "https://[example"}, "https://"),
        (FRESH, "runbook", {"runbook": "https://example.org/" + "x" * 500}, "at most 500"),
        (FRESH, "state", {"state": "retired"}, "choose one"),
        (FRESH, "warn_after", {"limits": {}}, "at least one limit"),
        (FRESH, "warn_after", {"limits": {"warn_after": timedelta(0)}}, "longer than no time"),
        (FRESH, "warn_after", {"limits": {"warn_after": timedelta(5), "error_after": timedelta(1)}}, "less than"),
        (FRESH, "every", {"every": timedelta(0)}, "how often"),
        (DUE, "by", {"deadline": {"by": None, "opens": None, "timezone": "UTC"}}, "by when"),
        (DUE, "opens", {"deadline": {"by": time(7), "opens": time(7), "timezone": "UTC"}}, "in between"),
        (DUE, "timezone", {"deadline": {"by": time(7), "opens": None, "timezone": "Mars"}}, "time zone"),
    ],
)
def test_a_check_is_refused_at_the_field(before: Check, field: str, typed: dict[str, Any], told: str) -> None:
    with pytest.raises(Refused) as refused:
        typed_check(before, AS_IT_IS | typed)
    assert list(refused.value.at) == [field]
    assert told in refused.value.at[field]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        typed_check(FRESH, AS_IT_IS | {"limits": {}, "runbook": "here", "calendar": {"weekdays": (), "holidays": "x"}})
    assert set(refused.value.at) == {"warn_after", "runbook", "weekdays", "holidays"}


def test_nothing_typed_is_no_change() -> None:
    assert typed_check(FRESH, AS_IT_IS) == FRESH
    assert typed_platform(SALES, {"name": SALES.name, "owner": " sales-data ", "contact": ""}) == SALES


@pytest.mark.parametrize(
    ("name", "id_"),
    [("Power BI Sales", "power-bi-sales"), ("Übersicht (neu)", "ubersicht-neu"), ("日本", ""), ("-", "")],
)
def test_a_name_makes_an_id(name: str, id_: str) -> None:
    assert slug(name) == id_
    assert len(slug("x" * 80)) == 64


# who may


@pytest.mark.parametrize("outsider", [BOB, CHARLIE])
def test_only_owners_of_the_platform_change_it_and_its_checks(house: Portal, outsider: Actor) -> None:
    for entry in (platform(house), check(house)):
        with pytest.raises(Forbidden, match="needs the role service owner on sales"):
            house.status.editor.edit(outsider, change(entry, owner="me"), "Mine now")
        assert house.status.editor.edit(ALICE, change(entry, owner="alice"), "Mine").owner == "alice"


@pytest.mark.parametrize("entry", ["gateway", "answers"])
def test_what_somebody_may_not_see_does_not_exist_for_them(house: Portal, entry: str) -> None:
    house.status.apply(plan(house.status.estate(), Estate(checks=(a_check("answers", platform_id="gateway"),))), JOB)
    hidden = platform(house, entry) if entry == "gateway" else check(house, entry)
    with pytest.raises(NotFound, match=f"named {entry}"):
        house.status.editor.edit(CHARLIE, change(hidden, owner="me"), "Curious")
    with pytest.raises(Refused, match="There is no platform gateway"):
        house.status.editor.edit(ALICE, change(platform(house), depends_on=("gateway",)), "Guessing")


def test_an_owner_neither_decides_who_sees_a_platform_nor_adds_or_retires_one(house: Portal) -> None:
    editor, sales = house.status.editor, platform(house)
    for deed in (
        lambda: editor.edit(ALICE, change(sales, visibility="members"), "Secret"),
        lambda: editor.add(ALICE, change(NEW, name="Mine", kind="tables"), "New"),
        lambda: editor.retire(ALICE, "sales", 1, "Over"),
        lambda: editor.restore(ALICE, "sales", 1, "Again"),
        lambda: editor.retired(ALICE),
        lambda: editor.export(ALICE),
        lambda: editor.plan(ALICE, Estate()),
    ):
        with pytest.raises(Forbidden, match="admin"):
            deed()
    assert platform(house) == sales


def test_no_form_moves_a_check_or_retires_a_platform(house: Portal) -> None:
    moved = house.status.editor.edit(ALICE, change(check(house), platform_id="gateway", owner="x"), "Moving")
    stays = house.status.editor.edit(ALICE, change(platform(house), state="retired", owner="x"), "Retiring")
    assert (moved.platform_id, stays.state) == ("sales", "active")


# what is written


@ON_EVERY_STORE
def test_an_edit_makes_the_next_version_and_tells_who_what_and_why(house: Portal, clock: Clock) -> None:
    clock.advance(minutes=1)
    calendar = Calendar(weekdays=("mon",), holidays=(date(2026, 12, 25),))
    house.status.editor.edit(ALICE, change(platform(house), calendar=calendar, owner=None, slo=99.0), "Only Mondays")
    house.status.editor.edit(ALICE, change(check(house), runbook="https://example.org/r", calendar=calendar), "Runbook")
    assert (platform(house).version, platform(house).calendar, platform(house).owner) == (2, calendar, None)
    assert (check(house).version, check(house).calendar) == (2, calendar)
    told = house.audit.events_of("platform", "sales")[0]
    assert (told.actor, told.action, told.reason) == (ALICE.email, "status:platform:change", "Only Mondays")
    assert (told.old, told.new) == (
        {"calendar": '{"weekdays":["mon","tue","wed","thu","fri","sat","sun"],"holidays":[]}', "owner": "sales-data",
         "slo": 99.5, "version": 1},
        {"calendar": '{"weekdays":["mon"],"holidays":["2026-12-25"]}', "owner": None, "slo": 99.0, "version": 2},
    )  # fmt: skip
    assert house.audit.events_of("check", "orders-fresh")[0].platform_id == "sales"


@ON_EVERY_STORE
def test_of_two_at_once_the_second_is_told_and_the_first_stays(house: Portal) -> None:
    seen, seen_check = platform(house), check(house)
    house.status.editor.edit(ALICE, change(seen, owner="alice"), "First")
    house.status.editor.edit(ALICE, change(seen_check, owner="alice"), "First")
    for late in (change(seen, owner="bob"), change(seen_check, owner="bob")):
        with pytest.raises(Conflict, match="Somebody was faster"):
            house.status.editor.edit(JOB, late, "Second")
    assert (platform(house).owner, check(house).owner) == ("alice", "alice")


@ON_EVERY_STORE
def test_of_many_who_save_the_same_version_one_wins_and_the_trail_tells_of_one(house: Portal, clock: Clock) -> None:
    seen, clock.now = platform(house), clock() + timedelta(minutes=1)
    errors: list[PortalError] = []

    def save(owner: str) -> None:
        try:
            house.replace().status.editor.edit(JOB, change(seen, owner=owner), "Race")
        except PortalError as error:
            errors.append(error)

    threads = [threading.Thread(target=save, args=(f"owner {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in errors] == [Conflict] * 3
    assert [e.reason for e in house.audit.events_of("platform", "sales")] == ["Race", None]


@pytest.mark.parametrize(("reason", "told"), [("  ", "say why"), ("x" * 501, "at most 500")])
def test_a_change_needs_a_reason(house: Portal, reason: str, told: str) -> None:
    for entry in (platform(house), check(house)):
        with pytest.raises(Refused, match=told) as refused:
            house.status.editor.edit(ALICE, change(entry, owner="x"), reason)
        assert list(refused.value.at) == ["reason"]


@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        ("platform", {"name": ""}),
        ("platform", {"slo": 200}),
        ("check", {"mode": Mode.deadline}),
        ("check", {"name": ""}),
    ],
)
def test_what_no_form_lets_through_the_service_refuses_too(house: Portal, entry: str, fields: dict[str, Any]) -> None:
    before = platform(house) if entry == "platform" else check(house)
    with pytest.raises(Refused):
        house.status.editor.edit(JOB, change(before, **fields), "Broken")


@pytest.mark.parametrize("needs", [("sales",), ("gateway",)])
def test_dependencies_never_go_in_a_circle(house: Portal, needs: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="leads back") as refused:
        house.status.editor.edit(JOB, change(platform(house), depends_on=needs), "Round and round")
    assert list(refused.value.at) == ["depends_on"]


@ON_EVERY_STORE
def test_a_new_platform_is_named_by_its_name_once(house: Portal) -> None:
    wanted = change(NEW, name="Power BI Finance", kind="semantic models", depends_on=("sales",))
    added = house.status.editor.add(JOB, wanted, "They asked")
    assert (added.id, added.version, platform(house, "power-bi-finance")) == ("power-bi-finance", 1, added)
    assert house.audit.events_of("platform", added.id)[0].reason == "They asked"
    for name in ("Power-BI finance", "Sales", "日本"):
        with pytest.raises(Refused) as refused:
            house.status.editor.add(JOB, change(wanted, name=name), "Again")
        assert list(refused.value.at) == ["name"]


@ON_EVERY_STORE
def test_retiring_takes_the_checks_along_and_bringing_back_brings_them_back(house: Portal, clock: Clock) -> None:
    editor = house.status.editor
    with pytest.raises(Invalid, match="Gateway would depend on nothing"):
        editor.retire(JOB, "sales", 1, "Over")
    editor.edit(JOB, change(platform(house, "gateway"), depends_on=()), "Alone")
    house.status.apply(plan(house.status.estate(), Estate(checks=(change(check(house), state="retired"),))), JOB)
    clock.advance(minutes=5)
    house.status.record([Reading(check_id="shop-api", observed_at=clock(), outcome=Outcome.ok)], "http_probe")
    clock.advance(minutes=5)
    editor.retire(JOB, "sales", 1, "Replaced")
    assert [p.id for p in editor.retired(JOB)] == ["sales"]
    assert house.status.checks() == []
    assert not editor.plan(JOB, Estate()), "what is left hangs together"
    with pytest.raises(NotFound):
        editor.edit(JOB, change(check(house, "shop-api"), owner="x"), "Gone")
    clock.advance(minutes=5)
    with pytest.raises(Conflict):
        editor.restore(JOB, "sales", 1, "Back")
    editor.restore(JOB, "sales", 2, "Back")
    assert {c.id for c in house.status.checks()} == {"shop-api", "report-due"}, "the one retired before stays so"
    assert [e.reason for e in house.audit.events_of("check", "shop-api")][:2] == ["Back", "Replaced"]


def test_switching_a_check_off_by_its_form_ends_what_it_said(house: Portal, clock: Clock) -> None:
    for _ in range(2):
        clock.advance(minutes=1)
        house.status.record([Reading(check_id="shop-api", observed_at=clock(), outcome=Outcome.fail)], "http_probe")
    house.status.editor.edit(ALICE, change(check(house, "shop-api"), state="disabled"), "Moves house")
    board = house.status.board(house.status.snapshot(), JOB.scope)
    views = {view.check.id: view.state for tile in board.tiles for view in tile.checks}
    assert views["shop-api"] is State.disabled
    trail = house.status.history.transitions(check_id="shop-api")
    assert max(trail, key=lambda turn: turn.at).to_state is State.disabled


def test_editing_one_check_costs_one_small_read(recording: Portal) -> None:
    recording.status.apply(plan(recording.status.estate(), read_estate(FILE, "checks.yaml")), JOB)
    before = check(recording)
    calls = len(recording.engine.calls)
    recording.status.editor.edit(ALICE, change(before, owner="alice"), "Mine")
    assert len(recording.engine.calls) - calls == 3, "read, write, audit"


def test_a_check_without_days_of_its_own_is_owed_on_those_of_its_platform(house: Portal) -> None:
    assert check(house).calendar is None
    mondays = Calendar(weekdays=("mon",))
    house.status.editor.edit(JOB, change(platform(house), calendar=mondays), "Mondays")
    standings = house.status.standings()
    assert standings["orders-fresh"].check.days == mondays
    assert standings["report-due"].check.days == Calendar(weekdays=("mon", "tue"), holidays=(date(2026, 12, 25),))
    editing = house.status.editor.edit(JOB, change(standings["orders-fresh"].check, owner="x"), "No days named")
    assert (editing.calendar, check(house).calendar) == (None, None)


def test_checks_of_older_stores_that_never_named_their_days_follow_their_platform(house: Portal) -> None:
    every_day = Calendar()
    house.status.editor.edit(JOB, change(check(house), calendar=every_day), "As older portals wrote it")
    change_of_tables = SQL / "changes" / "20261123T1700_free_check_calendars.sql"
    house.engine.execute(change_of_tables.read_text())
    assert check(house).calendar is None
    assert check(house, "report-due").calendar is not None


def test_charlie_reaches_nothing(house: Portal) -> None:
    editor = house.status.editor
    for deed in (
        lambda: editor.edit(CHARLIE, platform(house), "x"), lambda: editor.edit(CHARLIE, check(house), "x"),
        lambda: editor.add(CHARLIE, change(NEW, name="Mine", kind="x"), "x"),
        lambda: editor.retire(CHARLIE, "sales", 1, "x"), lambda: editor.restore(CHARLIE, "sales", 1, "x"),
        lambda: editor.retired(CHARLIE), lambda: editor.export(CHARLIE), lambda: editor.plan(CHARLIE, Estate()),
        lambda: editor.apply(plan(house.status.estate(), Estate()), CHARLIE),
    ):  # fmt: skip
        with pytest.raises(PortalError):
            deed()
