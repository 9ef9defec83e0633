"""Settings: read with who changed them, changed by those who may, never over somebody else's change."""

from __future__ import annotations

import json
import logging
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from data.cached import knobs as cached_knobs
from data.errors import Conflict, Forbidden, Refused, Unavailable
from data.knobs import Knob, Turned
from data.messages.store import FOUR_EYES
from data.people.model import Actor, Role
from data.portal import Portal
from data.tickets.knobs import ALARMS, ALL, REQUESTS, ROUTING, SLA
from data.tickets.request_costs import RequestPolicy
from data.tickets.routing import Rule
from data.tickets.sla import BusinessCalendar, Policy, Target
from tests.portals import NOW, ON_EVERY_STORE, Clock

ALICE, BOB = (Actor(email=f"{name}@example.org", name=name, everywhere=Role.admin) for name in ("alice", "bob"))
CHARLIE = Actor(email="charlie@example.org", name="charlie", everywhere=Role.contributor)
OWNER = Actor(email="dana@example.org", name="dana", everywhere=Role.service_owner)
WHY = "Agreed with the works council"
QUICK = Policy(targets={**Policy().targets, 2: Target(response=timedelta(hours=1), resolution=timedelta(hours=6))})


def turn(portal: Portal, knob: Knob[Any], value: Any, by: Actor = ALICE, reason: str = WHY) -> Turned[Any]:
    return portal.knobs.turn(by, portal.knobs.read(by, knob), value, reason)


def store(portal: Portal, knob: Knob[Any], text: str) -> None:
    """As if somebody had written it by hand."""
    portal.statements.run("schema/set_setting", key=knob.key, value=text, at=NOW, by="bob@example.org")


@ON_EVERY_STORE
def test_what_an_admin_turns_counts_and_tells_who_did_it_when_and_why(portal: Portal) -> None:
    first = portal.knobs.read(ALICE, SLA)
    assert (first.value, first.stored, first.by) == (Policy(), None, None)
    turned = turn(portal, SLA, QUICK)
    assert portal.knobs.read(ALICE, SLA) == turned
    assert (turned.value, turned.at, turned.by) == (QUICK, NOW, "alice@example.org")
    assert portal.tickets.knobs().sla == QUICK
    (event,) = portal.audit.events_of("setting", "tickets:sla")
    assert (event.actor, event.action, event.reason) == ("alice@example.org", "setting:change", WHY)
    assert (event.old, event.new) == (
        {"p2_first_reply": "2 h", "p2_resolution": "1 day"},
        {"p2_first_reply": "1 h", "p2_resolution": "6 h"},
    )


@pytest.mark.parametrize("knob", [*ALL, FOUR_EYES], ids=lambda knob: knob.key)
@pytest.mark.parametrize("who", [CHARLIE, OWNER], ids=lambda actor: actor.name)
def test_only_admins_read_and_turn(portal: Portal, knob: Knob[Any], who: Actor) -> None:
    assert cached_knobs.turned(portal, ALICE, knob).value is not None
    assert cached_knobs.turned(portal, who, knob).value is None
    with pytest.raises(Forbidden, match="Changing a setting needs the role admin"):
        portal.knobs.read(who, knob)
    with pytest.raises(Forbidden):
        portal.knobs.turn(who, Turned(knob, knob.default), knob.default, WHY)
    assert portal.knobs.read(ALICE, knob).stored is None


@ON_EVERY_STORE
def test_of_two_admins_at_once_the_later_is_told_and_nothing_is_lost(portal: Portal) -> None:
    for amount in (10.0, 20.0):  # first without a row in the store, then with one
        seen, theirs = portal.knobs.read(ALICE, REQUESTS), RequestPolicy(approval_above=amount)
        portal.knobs.turn(BOB, seen, theirs, WHY)
        with pytest.raises(Conflict, match="Somebody was faster"):
            portal.knobs.turn(ALICE, seen, RequestPolicy(approval_above=1.0), WHY)
        assert portal.knobs.read(ALICE, REQUESTS).value == theirs
    assert {event.actor for event in portal.audit.events_of("setting", REQUESTS.key)} == {"bob@example.org"}


@ON_EVERY_STORE
def test_of_admins_who_save_in_the_same_moment_one_wins(portal: Portal) -> None:
    seen, start = portal.knobs.read(ALICE, REQUESTS), Barrier(4)
    told: list[str] = []

    def save(amount: float) -> None:
        start.wait()
        try:
            portal.knobs.turn(ALICE, seen, RequestPolicy(approval_above=amount), WHY)
            told.append("saved")
        except Conflict:
            told.append("told")

    threads = [Thread(target=save, args=(float(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["saved", "told", "told", "told"]
    assert len(portal.audit.events_of("setting", REQUESTS.key)) == 1


UNREADABLE = ("", "{", "[]", '{"targets": {"9": {}}}', '{"calendar": {"zone": "Mars/Olympus"}}', '{"surprise": 1}')


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_counts_as_the_default_says_so_and_can_be_replaced(
    portal: Portal, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    store(portal, SLA, text)
    with caplog.at_level(logging.ERROR):
        assert portal.tickets.knobs().sla == Policy()
    assert "tickets:sla cannot be read" in caplog.text
    seen = portal.knobs.read(ALICE, SLA)
    assert seen.problem
    assert (seen.value, seen.by) == (Policy(), "bob@example.org")
    assert portal.knobs.turn(ALICE, seen, Policy(), WHY).problem is None
    (event,) = portal.audit.events_of("setting", SLA.key)
    assert event.old is not None
    assert event.old["value"] == text


def test_one_unreadable_setting_leaves_the_others_as_they_are(portal: Portal) -> None:
    store(portal, REQUESTS, "nonsense")
    turn(portal, SLA, QUICK)
    knobs = portal.tickets.knobs()
    assert (knobs.sla, knobs.requests) == (QUICK, RequestPolicy())


HOLIDAYS = frozenset(date(2027, 1, 1) + timedelta(days=n) for n in range(500))
BAD: tuple[tuple[Knob[Any], Any, str], ...] = (
    (SLA, "soon", "cannot be a setting"),
    (SLA, Policy.model_construct(targets={}, warn_at=7.0), "warn_at"),
    (SLA, Policy(calendar=BusinessCalendar(holidays=HOLIDAYS)), "no working time for 400 days"),
    (REQUESTS, RequestPolicy.model_construct(currency="", quotas={}), "currency"),
    (REQUESTS, RequestPolicy.model_construct(compute_hour=-1.0, quotas={}), "compute_hour"),
    (ALARMS, ALARMS.default.model_copy(update={"green_for": timedelta(minutes=-1)}), "green_for"),
    (FOUR_EYES, "perhaps", "cannot be a setting"),
    (ROUTING, (Rule.model_construct(team=""),), "team"),
    (ROUTING, (Rule(team="core", platform="nowhere"),), "Rule 1: There is no platform 'nowhere'"),
    (ROUTING, (Rule(team="core", template="moon"),), "There is no request 'moon'"),
    (ROUTING, (Rule(team="core", kind="riot"),), "There is no kind of ticket 'riot'"),
    (ROUTING, (Rule(team="core"), Rule(team="core", kind="incident", template="access")), "Rule 2: Only a request"),
    (ROUTING, tuple(Rule(team="core") for _ in range(201)), "200 rules at most"),
)


@pytest.mark.parametrize(("knob", "value", "said"), BAD, ids=lambda part: getattr(part, "key", None))
def test_a_value_that_makes_no_sense_is_refused(portal: Portal, knob: Knob[Any], value: Any, said: str) -> None:
    with pytest.raises(Refused, match=said):
        turn(portal, knob, value)
    assert portal.knobs.read(ALICE, knob).stored is None
    assert portal.audit.events_of("setting", knob.key) == ()


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_a_change_needs_a_reason_of_bearable_length(portal: Portal, reason: str) -> None:
    with pytest.raises(Refused, match="please say why"):
        turn(portal, FOUR_EYES, True, reason=reason)


def test_what_is_so_already_is_no_change(portal: Portal) -> None:
    turn(portal, FOUR_EYES, True)
    turn(portal, FOUR_EYES, True)
    assert len(portal.audit.events_of("setting", FOUR_EYES.key)) == 1


def test_back_to_the_default_writes_it(portal: Portal, clock: Clock) -> None:
    turn(portal, SLA, QUICK)
    clock.advance(minutes=1)
    assert turn(portal, SLA, SLA.default).stored == SLA.text(SLA.default)
    newest = portal.audit.events_of("setting", SLA.key)[0]
    assert newest.new is not None
    assert newest.new["p2_first_reply"] == "2 h"


@pytest.mark.parametrize("knob", [*ALL, FOUR_EYES], ids=lambda knob: knob.key)
def test_every_default_survives_being_stored(portal: Portal, knob: Knob[Any]) -> None:
    assert turn(portal, knob, knob.default).value == knob.default
    assert portal.knobs.read(ALICE, knob).value == knob.default
    assert json.loads(knob.text(knob.default)) is not None


def test_a_store_that_fails_changes_nothing(recording: Portal) -> None:
    seen = recording.knobs.read(ALICE, FOUR_EYES)
    recording.engine.fail(1, Unavailable("The store does not answer"), on="execute")
    with pytest.raises(Unavailable):
        recording.knobs.turn(ALICE, seen, True, WHY)
    assert recording.knobs.read(ALICE, FOUR_EYES) == seen
    assert recording.audit.events_of("setting", FOUR_EYES.key) == ()


@ON_EVERY_STORE
def test_a_change_that_the_trail_does_not_know_is_told_once(portal: Portal, clock: Clock) -> None:
    turn(portal, SLA, QUICK)
    store(portal, ROUTING, '[{"team": "core", "keyword": "SAP"}]')
    store(portal, REQUESTS, "nonsense")
    assert portal.knobs.repair() == 0  # they may be being written
    clock.advance(minutes=3)
    assert [portal.knobs.repair() for _ in range(2)] == [2, 0]
    told = [event for key in (ROUTING.key, REQUESTS.key) for event in portal.audit.events_of("setting", key)]
    assert [event.new for event in told] == [{"rule 1": "keyword SAP: core"}, {"value": "nonsense"}]
    assert {(event.actor, event.door, event.at) for event in told} == {("bob@example.org", "job", NOW)}


def test_a_process_killed_before_the_trail_leaves_a_change_that_is_told_later(recording: Portal, clock: Clock) -> None:
    seen = recording.knobs.read(ALICE, FOUR_EYES)
    recording.engine.fail(1, Unavailable("The store does not answer"), on="INTO audit_events")
    with pytest.raises(Unavailable):
        recording.knobs.turn(ALICE, seen, True, WHY)
    assert recording.audit.events_of("setting", FOUR_EYES.key) == ()
    clock.advance(minutes=3)
    assert recording.knobs.repair() == 1
    (event,) = recording.audit.events_of("setting", FOUR_EYES.key)
    assert (event.actor, event.new) == ("alice@example.org", {"four_eyes": True})
