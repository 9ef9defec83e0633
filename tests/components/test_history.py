"""What happened, in tables and as a map of hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from components.clock_chain import chain_html, clocks
from components.heat_map import cells, heat_map_html, late_cells
from components.history_tables import changes_table, evidence, results_table, tally
from data.status.model import Check, Deadline, Mode, State, Transition
from tests.boards import AT, HERE, H, M, aged, identity, probe, sales, sap


def change(to: State, ago: timedelta, check: str = "orders", reason: str = "late") -> Transition:
    return Transition(
        id=f"{check}:{ago}", check_id=check, platform_id="sales", from_state=None, to_state=to, at=AT - ago,
        observed_at=AT - ago, reason=reason, source="demo", check_version=7,
    )  # fmt: skip


NEWEST_FIRST = [change(State.late, H), change(State.operational, 5 * H), change(State.late, 7 * H)]


def test_each_change_says_how_long_it_held() -> None:
    rows = changes_table(NEWEST_FIRST, HERE)
    assert [row["For"] for row in rows] == ["1 h so far", "4 h", "2 h"]
    assert rows[0] | {} == {
        "When": r"07\:12", "State": ":yellow-badge[:material/schedule: Late]", "For": "1 h so far", "Because": "late",
        "Rule": "v7",
    }  # fmt: skip


def test_changes_of_several_checks_do_not_end_each_other() -> None:
    both = [change(State.late, H, "b"), change(State.late, 2 * H, "a")]
    rows = changes_table(both, HERE, {"a": "Orders"})
    assert [(row["Check"], row["For"]) for row in rows] == [("b", "1 h so far"), ("Orders", "2 h so far")]


def test_reasons_are_text_and_not_markdown() -> None:
    assert changes_table([change(State.late, H, reason="*now* [x](y)")], HERE)[0]["Because"] == r"\*now\* \[x\]\(y\)"


def test_the_tally_counts_trouble_only() -> None:
    assert tally(NEWEST_FIRST) == "30 days: 2 late"
    assert tally([]) == "30 days: no trouble"


def test_results_tell_value_message_and_evidence() -> None:
    row = {
        "observed_at": pd.Timestamp(AT), "state": "late", "value": 33_120.0, "message": "Old", "source": "demo",
        "evidence": '{"version": 4812, "by": "MERGE"}',
    }  # fmt: skip
    frame = pd.DataFrame([row, row | {"value": None, "message": "", "evidence": None}])
    first, second = results_table(frame, HERE, lambda seconds: f"{seconds / 3600:.1f} h")
    assert (first["Value"], first["Told by"]) == (r"9\.2 h", "demo, version 4812, by MERGE")
    assert (second["Value"], second["Message"], second["Told by"]) == ("", "", "demo")


def test_evidence_of_any_shape_is_told_and_cut() -> None:
    assert evidence("not json") == ", answer not json"
    assert evidence("[1]") == ", answer [1]"
    assert len(evidence('{"a": "' + "x" * 999 + '"}')) == 141


def test_arrivals_are_counted_in_the_viewers_weekday_and_hour() -> None:
    sunday_late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert cells([sunday_late], HERE) == {(0, 0): 1}
    assert cells([sunday_late], replace(HERE, zone=ZoneInfo("America/New_York"))) == {(6, 18): 1}


def test_a_cell_is_late_when_most_of_its_arrivals_broke_the_promise() -> None:
    check = aged("a", "A", M, 2 * H, 4 * H).check
    arrivals = [AT - 9 * H, AT - 8 * H, AT - 5 * H, AT - 4 * H]
    assert late_cells(arrivals, check, HERE) == {(0, 3)}


def test_a_deadline_is_broken_only_after_its_hour() -> None:
    check = Check(**identity("a", "A", "x"), mode=Mode.deadline, deadline=Deadline(by=time(7)))
    friday, on_time, too_late = (datetime(2026, 11, day, hour, tzinfo=UTC) for day, hour in ((20, 5), (21, 5), (22, 8)))
    assert late_cells([friday, on_time, too_late], check, HERE) == {(6, 9)}


def test_the_map_says_in_words_when_data_comes() -> None:
    html = heat_map_html([AT - 7 * 24 * H, AT - 14 * 24 * H, AT - H], sales().checks[0].check, HERE)
    assert "most often Mon 08:00, 2 times" in html
    assert html.count("<i") == 7 * 24 + 5
    assert "No arrival in the last 12 weeks" in heat_map_html([], sales().checks[0].check, HERE)


def test_the_chain_holds_only_clocks_we_know() -> None:
    data, state, look, coming = clocks(sales().checks[0], HERE)
    assert (data.label, data.note) == ("Data changed", "9 h 12 old, told by the source")
    assert (state.label, state.note, state.hue) == ("Late since", "for 2 h, operational before", "yellow")
    assert (look.label, look.note) == ("Portal looked", "40 s ago, every 5 min")
    assert (coming.label, coming.note) == ("Data expected", "in 28 min")


def test_a_clock_nobody_told_is_not_made_up() -> None:
    never = replace(sap().checks[0], source_event_at=None, since=None, observed_at=None)
    assert [clock.value for clock in clocks(never, HERE)] == ["Not known", "the beginning", "Never", "Not known"]
    assert clocks(probe("a", "A", last_success_at=None), HERE)[0].value == "None yet"


def test_what_broke_stands_out() -> None:
    assert 'class="yellow broke"' in chain_html(clocks(sales().checks[0], HERE))
    assert "broke" not in chain_html(clocks(probe("a", "A"), HERE))
