"""powerbi_refreshables against a stand-in on a real socket, in rounds on a real store."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from data.portal import Portal
from data.status.model import Check, Outcome, Reading, State
from jobs.ingest import Report, ingest
from jobs.sources.base import Context
from jobs.sources.powerbi_refreshables import FOR_LISTS, PER_HOUR, PowerBiRefreshables
from jobs.supervisor import Supervisor
from tests.portals import NOW, Clock, a_check
from tests.standins.microsoft import MicrosoftCloud
from tests.standins.microsoft.estate import Dataset, guid

LISTS, HISTORIES = "/powerbi/v1.0/myorg/admin/", "/powerbi/v1.0/myorg/groups/"
MISSING = "ModelRefreshFailed_CredentialsNotSpecified"
EARLIER = NOW - timedelta(hours=2)


def watching(model: Dataset, mode: str = "success", workspace: bool = False, **parts: Any) -> Check:
    target = {"dataset_id": model.id} | ({"workspace_id": model.workspace_id} if workspace else {})
    if mode in ("age", "heartbeat"):
        parts.setdefault("thresholds", {"warn_after": "1h"})
    if mode == "threshold":
        parts.setdefault("thresholds", {"warn_above": 300})
    name = f"{model.name.lower()}-{mode}"
    return a_check(name, "powerbi_refreshables", mode, target=target, **({"every": "15m"} | parts))


def look(portal: Portal, *checks: Check, currents: bool = False) -> list[Reading]:
    """One round of a new process."""
    known = portal.status.currents() if currents else {}
    source = PowerBiRefreshables()
    payload = source.fetch(checks, Context(portal, known, portal.clock(), Supervisor()))
    return source.readings(checks, payload, portal.clock())


def one(portal: Portal, check: Check) -> tuple[Outcome, str]:
    [reading] = look(portal, check)
    return reading.outcome, reading.message


def round_of(portal: Portal) -> Report:
    return ingest(portal, sources={"powerbi_refreshables": PowerBiRefreshables()})


def fail(cloud: MicrosoftCloud, model: Dataset, start: datetime, times: int, **more: Any) -> None:
    for n in range(times):
        cloud.estate.refresh(model, "Failed", start + timedelta(minutes=10 * n), **({"error": MISSING} | more))


def test_a_refreshed_model_is_fine_and_needs_no_history(portal: Portal, cloud: MicrosoftCloud) -> None:
    sales = cloud.estate.dataset("Sales")
    cloud.estate.refresh(sales, "Completed", EARLIER)
    [reading] = look(portal, watching(sales))
    assert (reading.outcome, reading.message) == (Outcome.ok, "Refreshed Mon 23 Nov 06:36 in 6 min")
    assert reading.source_event_at == EARLIER + timedelta(minutes=6)
    assert reading.value == 360
    assert (cloud.asked(LISTS), cloud.asked(HISTORIES)) == (1, 0)


def test_failures_are_counted_down_to_the_schedule_being_switched_off(portal: Portal, cloud: MicrosoftCloud) -> None:
    sales = cloud.estate.dataset("Sales")
    cloud.estate.refresh(sales, "Completed", EARLIER)
    fail(cloud, sales, EARLIER + timedelta(minutes=30), times=2)
    assert one(portal, watching(sales)) == (
        Outcome.fail,
        "The refresh failed Mon 23 Nov 07:16: the credentials of a data source are missing; "
        "2 of 4 failures, Power BI switches the schedule off at 4",
    )


@pytest.mark.parametrize(
    ("times", "more", "enabled", "told"),
    [
        (4, {}, False, "; after 4 failures in a row Power BI has switched the schedule off"),
        (2, {"refreshType": "ViaApi"}, True, "; 2 failures in a row"),
        (2, {"refreshType": "ReliableProcessing"}, True, "; 2 failures in a row"),
        (1, {"refreshType": "OnDemand"}, True, "missing"),
    ],
)
def test_only_what_the_schedule_started_counts_against_it(
    portal: Portal, cloud: MicrosoftCloud, times: int, more: dict[str, Any], enabled: bool, told: str
) -> None:
    sales = cloud.estate.dataset("Sales", enabled=enabled)
    fail(cloud, sales, EARLIER, times, **more)
    outcome, message = one(portal, watching(sales))
    assert outcome is Outcome.fail
    assert message.endswith(told)


@pytest.mark.parametrize(
    ("refresh", "outcome", "told"),
    [
        ({"status": "Unknown", "minutes": None}, Outcome.ok, "Refreshed Mon 23 Nov 06:06 in 6 min; refreshing since"),
        ({"status": "Unknown", "extendedStatus": "Completed"}, Outcome.ok, "Refreshed Mon 23 Nov 06:36"),
        ({"status": "Unknown", "extendedStatus": "TimedOut"}, Outcome.fail, "06:36: it took too long; 1 of 4"),
        ({"status": "Unknown", "extendedStatus": "Cancelled"}, Outcome.warn, "The refresh was cancelled"),
        ({"status": "Unknown", "extendedStatus": "Unknown"}, Outcome.blind, "Power BI says 'Unknown' of the last"),
        ({"status": "Unknown"}, Outcome.blind, "Power BI says 'Unknown' of the last refresh, a word"),
        ({"status": "Hibernating"}, Outcome.blind, "Power BI says 'Hibernating' of the last refresh, a word"),
        ({"status": "Disabled", "error": MISSING}, Outcome.fail, "switched the scheduled refresh off: the credentials"),
        ({"status": "Failed", "error": "DM_GWPipeline_Client_GatewayUnreachable"}, Outcome.fail, "gateway cannot be r"),
        ({"status": "Failed", "error": "Brand_New_Code"}, Outcome.fail, "06:36: Brand_New_Code; 1 of 4"),
        ({"status": "Failed", "serviceExceptionJson": ""}, Outcome.fail, "06:36; 1 of 4"),
        ({"status": "Failed", "serviceExceptionJson": '{"errorCode":'}, Outcome.fail, "06:36; 1 of 4"),
        ({"status": "Failed", "serviceExceptionJson": '{"errorCode":"<b>x"}'}, Outcome.fail, "06:36; 1 of 4"),
        ({"status": "Failed", "serviceExceptionJson": "[3]"}, Outcome.fail, "06:36; 1 of 4"),
        ({"status": "Failed", "serviceExceptionJson": {"a": 1}}, Outcome.fail, "06:36; 1 of 4"),
        ({"status": "Failed", "refreshType": None}, Outcome.fail, "06:36"),
    ],
)
def test_every_ending_is_told_in_words(
    portal: Portal, cloud: MicrosoftCloud, refresh: dict[str, Any], outcome: Outcome, told: str
) -> None:
    sales = cloud.estate.dataset("Sales")
    cloud.estate.refresh(sales, "Completed", EARLIER - timedelta(minutes=30))
    cloud.estate.refresh(sales, **({"start": EARLIER} | refresh))
    found, message = one(portal, watching(sales))
    assert found is outcome
    assert told in message


@pytest.mark.parametrize("mode", ["age", "heartbeat", "threshold"])
def test_a_failure_makes_data_no_older_but_is_the_cause(portal: Portal, cloud: MicrosoftCloud, mode: str) -> None:
    sales = cloud.estate.dataset("Sales")
    cloud.estate.refresh(sales, "Completed", EARLIER)
    fail(cloud, sales, EARLIER + timedelta(minutes=30), times=1)
    [reading] = look(portal, watching(sales, mode))
    assert (reading.outcome, reading.value) == (Outcome.ok, 360)
    assert reading.source_event_at == EARLIER + timedelta(minutes=6)
    assert reading.evidence["code"] == MISSING
    assert ("cause" in reading.evidence) is (mode != "threshold")


def test_the_page_says_how_old_the_data_is_and_why(
    portal: Portal, cloud: MicrosoftCloud, watch: Callable[..., None], clock: Clock
) -> None:
    sales = cloud.estate.dataset("Sales")
    watch(watching(sales, "age"), watching(sales))
    cloud.estate.refresh(sales, "Completed", EARLIER)
    fail(cloud, sales, EARLIER + timedelta(minutes=30), times=1)
    for _ in range(3):
        round_of(portal)
        clock.advance(minutes=15)
    late, failed = portal.status.currents()["sales-age"], portal.status.currents()["sales-success"]
    assert late.state is State.late
    assert late.reason.startswith(
        "Data is 2 h 24 old, promised within 1 h: the refresh failed Mon 23 Nov 07:06: the cr"
    )
    assert failed.state is State.major_outage
    assert cloud.asked(HISTORIES) == 1


def test_a_history_is_asked_again_only_when_the_last_refresh_is_another_one_or_ended(
    portal: Portal, cloud: MicrosoftCloud, clock: Clock
) -> None:
    sales = cloud.estate.dataset("Sales")
    check = watching(sales)
    fail(cloud, sales, EARLIER, times=1)
    for _ in range(3):
        assert one(portal, check)[1].endswith("; 1 of 4 failures, Power BI switches the schedule off at 4")
        clock.advance(minutes=15)
    assert cloud.asked(HISTORIES) == 1
    running = cloud.estate.refresh(sales, "Unknown", NOW, minutes=None)
    assert "1 of 4 failures" in one(portal, check)[1]
    assert "refreshing since Mon 23 Nov 08:30" in one(portal, check)[1]
    assert cloud.asked(HISTORIES) == 1
    running |= {"status": "Failed", "endTime": "2026-11-23T07:40:00Z"}
    assert "2 of 4 failures" in one(portal, check)[1]
    assert cloud.asked(HISTORIES) == 2
    cloud.estate.refresh(sales, "Completed", NOW + timedelta(minutes=20))
    assert one(portal, check)[0] is Outcome.ok
    assert cloud.asked(HISTORIES) == 2
    assert portal.status.checkpoint("powerbi_refreshables")["facts"] == {}


def test_a_refresh_that_was_first_seen_running_is_asked_for_when_it_has_failed(
    portal: Portal, cloud: MicrosoftCloud
) -> None:
    sales = cloud.estate.dataset("Sales")
    fail(cloud, sales, EARLIER, times=1)
    running = cloud.estate.refresh(sales, "Unknown", NOW, minutes=None)
    for _ in range(2):
        assert "1 of 4 failures" in one(portal, watching(sales))[1]
    assert cloud.asked(HISTORIES) == 1
    running |= {"status": "Failed", "endTime": "2026-11-23T07:40:00Z"}
    assert "2 of 4 failures" in one(portal, watching(sales))[1]


def test_a_refresh_under_way_does_not_hide_when_data_last_came(
    portal: Portal, cloud: MicrosoftCloud, watch: Callable[..., None]
) -> None:
    sales = cloud.estate.dataset("Sales")
    check = watching(sales, "age")
    watch(check)
    cloud.estate.refresh(sales, "Completed", EARLIER)
    round_of(portal)
    cloud.estate.refresh(sales, "Unknown", NOW, minutes=None)
    [reading] = look(portal, check, currents=True)
    assert reading.source_event_at == EARLIER + timedelta(minutes=6)
    assert cloud.asked(HISTORIES) == 0


def test_a_throttled_source_waits_as_long_as_it_was_told_also_in_another_process(
    portal: Portal, cloud: MicrosoftCloud, watch: Callable[..., None], clock: Clock
) -> None:
    sales = cloud.estate.dataset("Sales")
    watch(watching(sales))
    cloud.estate.refresh(sales, "Completed", EARLIER)
    cloud.faults.fail(LISTS, 429, retry_after="2400")
    for minute in (0, 15, 39):
        clock.now = NOW + timedelta(minutes=minute)
        [run] = round_of(portal).runs
        assert run.error == "Power BI asks to wait until 09:10"
    current = portal.status.currents()["sales-success"]
    assert (current.state, current.reason) == (State.unknown, run.error)
    assert cloud.asked("/powerbi/") == 1
    clock.now = NOW + timedelta(minutes=40)
    assert round_of(portal).runs[0].state == "succeeded"


def test_throttled_in_the_middle_it_tells_what_the_list_told_and_stops_asking(
    portal: Portal, cloud: MicrosoftCloud
) -> None:
    models = [cloud.estate.dataset(f"M{n}") for n in range(40)]
    for model in models:
        fail(cloud, model, EARLIER, times=2)
    cloud.faults.fail(HISTORIES, 429, times=40, retry_after="2400")
    readings = look(portal, *map(watching, models))
    assert {r.outcome for r in readings} == {Outcome.fail}
    assert {r.message for r in readings} == {"The refresh failed Mon 23 Nov 06:46"}
    assert cloud.asked(HISTORIES) <= PowerBiRefreshables.at_once
    assert "not_before" in portal.status.checkpoint("powerbi_refreshables")


def test_models_on_shared_capacity_take_turns_within_the_hours_allowance(
    portal: Portal, cloud: MicrosoftCloud, watch: Callable[..., None], clock: Clock
) -> None:
    models = [cloud.estate.dataset(f"S{n}", shared=True) for n in range(PER_HOUR - FOR_LISTS + 40)]
    for model in models:
        cloud.estate.refresh(model, "Completed", EARLIER)
    watch(*(watching(model, workspace=True, every="1h") for model in models))
    turns = []
    for minutes in (5, 57, 0):
        turns.append(round_of(portal).runs[0].rows)
        clock.advance(minutes=minutes)
    assert turns == [PER_HOUR - FOR_LISTS - 3, 0, PER_HOUR - FOR_LISTS - 4]
    assert len(portal.status.currents()) == len(models)
    assert not [seen for seen in cloud.log if seen.status == 429]


def test_two_processes_at_the_same_time_share_one_allowance(portal: Portal, cloud: MicrosoftCloud) -> None:
    models = [cloud.estate.dataset(f"S{n}", shared=True) for n in range(PER_HOUR)]
    for model in models:
        cloud.estate.refresh(model, "Completed", EARLIER)
    checks = [watching(model, workspace=True) for model in models]
    with ThreadPoolExecutor(2) as processes:
        list(processes.map(lambda part: look(portal, *part), (checks[:120], checks[80:])))
    assert cloud.asked(HISTORIES) <= PER_HOUR - FOR_LISTS
    assert cloud.asked("/powerbi/") <= PER_HOUR


def test_what_was_reserved_and_not_used_is_given_back(portal: Portal, cloud: MicrosoftCloud) -> None:
    sales = cloud.estate.dataset("Sales")
    cloud.estate.refresh(sales, "Completed", EARLIER)
    for _ in range(3):
        look(portal, watching(sales))
    assert portal.status.checkpoint("powerbi_refreshables")["asked"] == {"2026-11-23T07:30:00+00:00": 3}


def test_checks_that_are_due_one_after_the_other_share_a_list(
    portal: Portal, cloud: MicrosoftCloud, clock: Clock
) -> None:
    sales, source = cloud.estate.dataset("Sales"), PowerBiRefreshables()
    cloud.estate.refresh(sales, "Completed", EARLIER)
    for minute, lists in ((0, 1), (4, 1), (6, 2)):
        clock.now = NOW + timedelta(minutes=minute)
        payload = source.fetch([watching(sales)], Context(portal, {}, clock(), Supervisor()))
        [reading] = source.readings([watching(sales)], payload, clock())
        assert cloud.asked(LISTS) == lists
        assert reading.observed_at == (NOW if lists == 1 else clock())


def test_a_list_of_many_pages_is_read_to_its_end(portal: Portal, cloud: MicrosoftCloud) -> None:
    models = [cloud.estate.dataset(f"M{n}") for n in range(2000)]
    for model in models:
        cloud.estate.refresh(model, "Completed", EARLIER)
    readings = look(portal, *map(watching, models))
    assert [r.outcome for r in readings] == [Outcome.ok] * 2000
    assert cloud.asked("/powerbi/") == 3
    assert len(json.dumps(portal.status.checkpoint("powerbi_refreshables"))) < 500


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"dataset_id": guid("elsewhere")}, "add workspace_id to the target"),
        ({"dataset_id": guid("elsewhere"), "workspace_id": guid("workspace")}, "Power BI does not know it, or the"),
        ({"dataset_id": "../../admin"}, "The check's target cannot be used."),
        ({"dataset_id": guid("Empty"), "workspace_id": guid("workspace")}, "No run of it is on record"),
    ],
)
def test_a_target_that_cannot_be_looked_at_is_unknown_and_stops_nobody(
    portal: Portal, cloud: MicrosoftCloud, target: dict[str, str], words: str
) -> None:
    sales = cloud.estate.dataset("Sales")
    cloud.estate.dataset("Empty")
    cloud.estate.refresh(sales, "Completed", EARLIER)
    wrong, fine = look(portal, a_check("wrong", "powerbi_refreshables", target=target), watching(sales))
    assert (wrong.outcome, fine.outcome) == (Outcome.blind, Outcome.ok)
    assert words in wrong.message


def test_a_refused_history_is_not_asked_for_again_before_the_next_refresh(
    portal: Portal, cloud: MicrosoftCloud
) -> None:
    sales = cloud.estate.dataset("Sales")
    cloud.estate.member_of = set()
    fail(cloud, sales, EARLIER, times=1)
    for _ in range(3):
        assert one(portal, watching(sales)) == (Outcome.fail, "The refresh failed Mon 23 Nov 06:36")
    assert cloud.asked(HISTORIES) == 1


def test_a_missing_tenant_setting_shows_in_the_feeds(
    portal: Portal, cloud: MicrosoftCloud, watch: Callable[..., None]
) -> None:
    watch(watching(cloud.estate.dataset("Sales")))
    cloud.estate.admin_apis = False
    [run] = round_of(portal).runs
    assert run.state == "failed"
    assert run.error is not None
    assert "switch on the tenant setting 'Service principals can access read-only admin APIs'" in run.error


@pytest.mark.parametrize("body", ['{"value": [', "[]", '{"value": {}}', '{"value": null}', "null"])
def test_a_broken_list_leaves_everything_unknown_in_words(
    portal: Portal, cloud: MicrosoftCloud, watch: Callable[..., None], body: str
) -> None:
    watch(watching(cloud.estate.dataset("Sales")))
    cloud.faults.malformed(LISTS, body)
    round_of(portal)
    current = portal.status.currents()["sales-success"]
    assert current.state is State.unknown
    assert "Power BI" in current.reason
    assert "should not" not in current.reason


def test_a_broken_entry_spoils_only_its_own_model(portal: Portal, cloud: MicrosoftCloud) -> None:
    sales, stock = cloud.estate.dataset("Sales"), cloud.estate.dataset("Stock")
    cloud.estate.refresh(sales, "Completed", EARLIER, startTime=EARLIER.isoformat(), endTime="noon")
    cloud.estate.refresh(stock, "Completed", EARLIER)
    broken, fine = look(portal, watching(sales, workspace=True), watching(stock))
    assert (broken.outcome, broken.message) == (
        Outcome.blind,
        "Power BI's answer on the refreshes of the model could not be understood",
    )
    assert fine.outcome is Outcome.ok


def test_a_refresh_dated_in_the_future_does_not_look_fresh(
    portal: Portal, cloud: MicrosoftCloud, watch: Callable[..., None]
) -> None:
    sales = cloud.estate.dataset("Sales")
    watch(watching(sales, "age"))
    cloud.estate.refresh(sales, "Completed", NOW + timedelta(days=1))
    round_of(portal)
    assert portal.status.currents()["sales-age"].state is State.unknown
