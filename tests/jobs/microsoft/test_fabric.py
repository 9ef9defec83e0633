"""fabric_jobs against a stand-in on a real socket, in rounds on a real store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from data.portal import Portal
from data.status.model import Check, Outcome, Reading
from jobs.ingest import ingest
from jobs.sources.base import Context
from jobs.sources.fabric_jobs import PER_HOUR, FabricJobs
from jobs.supervisor import Supervisor
from tests.portals import NOW, Clock, a_check
from tests.standins.microsoft import MicrosoftCloud
from tests.standins.microsoft.estate import guid

EARLIER = NOW - timedelta(hours=2)
API = "/fabric/"


@pytest.fixture
def load(cloud: MicrosoftCloud) -> str:
    return cloud.estate.item("load")


def watching(item_id: str, mode: str = "success", **target: str) -> Check:
    thresholds = {"age": {"warn_after": "1h"}, "threshold": {"warn_above": 300}}.get(mode, {})
    name = f"run-{item_id[:8].strip('./')}-{mode}"
    wanted = {"workspace_id": guid("workspace"), "item_id": item_id} | target
    return a_check(name, "fabric_jobs", mode, target=wanted, thresholds=thresholds, every="10m")


def look(portal: Portal, *checks: Check) -> list[Reading]:
    source = FabricJobs()
    payload = source.fetch(checks, Context(portal, {}, portal.clock(), Supervisor()))
    return source.readings(checks, payload, portal.clock())


@pytest.mark.parametrize(
    ("status", "more", "outcome", "told"),
    [
        ("Completed", {}, Outcome.ok, "Ran Mon 23 Nov 06:36 in 6 min"),
        ("Failed", {"error": "UserError"}, Outcome.fail, "The run failed Mon 23 Nov 06:36: UserError"),
        ("Failed", {"failureReason": {}}, Outcome.fail, "The run failed Mon 23 Nov 06:36"),
        ("Cancelled", {}, Outcome.warn, "The run was cancelled Mon 23 Nov 06:36"),
        ("InProgress", {"minutes": None}, Outcome.ok, "Ran Mon 23 Nov 06:06 in 6 min; running since Mon 23 Nov 06:30"),
        ("NotStarted", {"minutes": None}, Outcome.ok, "Ran Mon 23 Nov 06:06 in 6 min; running since Mon 23 Nov 06:30"),
        ("Deduped", {}, Outcome.ok, "Ran Mon 23 Nov 06:06 in 6 min"),
        ("Napping", {}, Outcome.blind, "Fabric says 'Napping' of the last run, a word the portal does not know"),
    ],
)
def test_every_status_is_told_in_words(
    portal: Portal, cloud: MicrosoftCloud, load: str, status: str, more: dict[str, Any], outcome: Outcome, told: str
) -> None:
    cloud.estate.instance(load, "Completed", EARLIER - timedelta(minutes=30))
    cloud.estate.instance(load, status, EARLIER, **more)
    [reading] = look(portal, watching(load))
    assert (reading.outcome, reading.message) == (outcome, told)


def test_times_without_a_zone_and_with_seven_decimals_are_utc(portal: Portal, cloud: MicrosoftCloud, load: str) -> None:
    run = cloud.estate.instance(load, "Completed", EARLIER)
    run |= {"startTimeUtc": "2026-11-23T05:30:00.7812154", "endTimeUtc": "2026-11-23T05:36:00.7812154"}
    [reading] = look(portal, watching(load, "age"))
    assert reading.source_event_at == EARLIER + timedelta(minutes=6, microseconds=781215)


def test_a_failure_is_the_cause_of_old_data(portal: Portal, cloud: MicrosoftCloud, load: str) -> None:
    cloud.estate.instance(load, "Completed", EARLIER)
    cloud.estate.instance(load, "Failed", EARLIER + timedelta(hours=1), error="UserError")
    cloud.estate.instance(load, "Failed", EARLIER + timedelta(hours=2), minutes=0, error="UserError")
    [reading] = look(portal, watching(load, "age"))
    assert (reading.outcome, reading.source_event_at) == (Outcome.ok, EARLIER + timedelta(minutes=6))
    assert reading.evidence["cause"] == "the run failed Mon 23 Nov 08:30: UserError; 2 failures in a row"


def test_all_pages_are_read_and_the_newest_run_counts_wherever_it_stands(
    portal: Portal, cloud: MicrosoftCloud, load: str
) -> None:
    cloud.page_size = 2
    for hours in (0, 1, -1, -2, -3):
        status = "Failed" if hours == 1 else "Completed"
        cloud.estate.instance(load, status, EARLIER + timedelta(hours=hours), error="X" if hours == 1 else None)
    [reading] = look(portal, watching(load))
    assert reading.message == "The run failed Mon 23 Nov 07:36: X"
    assert cloud.asked(API) == 3


def test_a_check_may_watch_one_type_of_job(portal: Portal, cloud: MicrosoftCloud, load: str) -> None:
    cloud.estate.instance(load, "Completed", EARLIER, jobType="Pipeline")
    cloud.estate.instance(load, "Failed", NOW, jobType="RunNotebook")
    pipeline, other = look(portal, watching(load, job_type="Pipeline"), watching(load, "threshold", job_type="Sparkle"))
    assert pipeline.outcome is Outcome.ok
    assert (other.outcome, other.message) == (Outcome.blind, "No run of it is on record")
    assert cloud.asked(API) == 1


def test_a_throttled_source_waits_as_long_as_it_was_told(
    portal: Portal, cloud: MicrosoftCloud, load: str, watch: Callable[..., None], clock: Clock
) -> None:
    watch(watching(load))
    cloud.estate.instance(load, "Completed", EARLIER)
    cloud.faults.fail(API, 429, retry_after="2400")
    for minute, sent in ((0, 1), (10, 1), (39, 1), (40, 2)):
        clock.now = NOW + timedelta(minutes=minute)
        ingest(portal, sources={"fabric_jobs": FabricJobs()})
        current = next(iter(portal.status.currents().values()))
        assert cloud.asked(API) == sent
        assert ("asks to wait until 09:10" in current.reason) is (minute < 40)


def test_the_hours_allowance_is_kept_and_items_take_turns(portal: Portal, cloud: MicrosoftCloud, clock: Clock) -> None:
    items = [cloud.estate.item(f"item {n}") for n in range(5)]
    for item in items:
        cloud.estate.instance(item, "Completed", EARLIER)
    portal.status.save_checkpoint("fabric_jobs", {"asked": {"2026-11-23T07:00:00+00:00": PER_HOUR - 3}})
    assert len(look(portal, *map(watching, items))) == 3
    assert look(portal, *map(watching, items)) == []
    assert cloud.asked(API) == 3
    clock.now = NOW + timedelta(minutes=31, seconds=1)
    assert len(look(portal, *map(watching, items))) == 5


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda cloud: setattr(cloud.estate, "fabric_apis", False), "'Service principals can call Fabric public APIs'"),
        (lambda cloud: cloud.estate.items.clear(), "Fabric does not know it, or the portal may not see it"),
        (lambda cloud: cloud.faults.malformed(API), "Fabric answered with something that is not JSON"),
        (lambda cloud: cloud.faults.malformed(API, "[]"), "Fabric's answer could not be understood"),
        (lambda cloud: cloud.faults.malformed(API, '{"value": [3]}'), "Fabric's answer on the runs of the item could"),
        (lambda cloud: cloud.faults.malformed(API, '{"value": []}'), "No run of it is on record"),
        (lambda cloud: cloud.faults.fail(API, 500), "Fabric answered with an error (500)"),
    ],
)
def test_what_cannot_be_looked_at_is_unknown_in_words(
    portal: Portal, cloud: MicrosoftCloud, load: str, break_it: Callable[[MicrosoftCloud], object], words: str
) -> None:
    cloud.estate.instance(load, "Completed", EARLIER)
    break_it(cloud)
    [reading] = look(portal, watching(load))
    assert reading.outcome is Outcome.blind
    assert words in reading.message


def test_a_wrong_target_stops_nobody(portal: Portal, cloud: MicrosoftCloud, load: str) -> None:
    cloud.estate.instance(load, "Completed", EARLIER)
    wrong, fine = look(portal, watching("../../../admin"), watching(load))
    assert (wrong.outcome, fine.outcome) == (Outcome.blind, Outcome.ok)
    assert wrong.message.startswith("The check's target cannot be used.")
