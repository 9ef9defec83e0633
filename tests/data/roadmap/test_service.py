"""Curating on real tables: who may, what is counted, who is told, and what races and crashes leave."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from data.engines.recording import RecordingEngine
from data.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from data.portal import Portal
from data.roadmap.model import Drift, Item
from data.tickets.answers import Refused
from data.tickets.ids import new_id
from tests.data.roadmap.plans import FIELDS, Plans
from tests.portals import NOW, ON_EVERY_STORE, Clock


@ON_EVERY_STORE
def test_an_item_goes_its_way_with_a_trail(plans: Plans) -> None:
    item = plans.draft()
    assert (item.state, item.horizon, item.version) == ("draft", "later", 1)
    for name in ("publish", "start", "ship"):
        item = plans.move(item, name)
    edited = plans.roadmap.edit(plans.desk.alice, item.id, item.version, {**FIELDS, "title": "Even fresher"})
    assert edited == plans.now(item)
    assert (edited.title, edited.horizon, edited.shipped_at, edited.note) == (
        "Even fresher", "shipped", NOW, "It is there."
    )  # fmt: skip
    told = [(event.action, event.new) for event in plans.roadmap.history(plans.desk.alice, item.id)]
    assert sorted(action for action, _ in told) == [
        "roadmap:add", "roadmap:edit", "roadmap:publish", "roadmap:ship", "roadmap:start"
    ]  # fmt: skip
    assert ("roadmap:edit", {"title": "Even fresher"}) in told


@ON_EVERY_STORE
def test_people_count_once_and_merged_requests_count_along(plans: Plans, clock: Clock) -> None:
    one, other = plans.idea("alice", "dana"), plans.idea("alice", "erin", title="Faster on Mondays")
    twin = plans.idea("charlie", title="Please refresh more often")
    plans.desk.move(plans.desk.alice, twin, "merge", merged_into=one.key, note="The same.")
    entry = plans.entry(plans.published("later", one, other))
    assert (len(entry.requests), entry.votes) == (2, 5)  # alice, bob (whose ideas they are), charlie, dana, erin
    clock.advance(minutes=1)
    plans.desk.tickets.talk.vote(plans.desk.alice, one.id, False)
    assert plans.entry(entry.item).votes == 5
    plans.desk.tickets.talk.vote(plans.desk.alice, other.id, False)
    assert plans.entry(entry.item).votes == 4


def test_a_request_can_stand_behind_several_items_and_leave_them(plans: Plans) -> None:
    idea = plans.idea()
    one, other = plans.published("later", idea), plans.published("next", idea, title="Another one")
    plans.roadmap.link(plans.desk.alice, one.id, idea.id)
    plans.roadmap.unlink(plans.desk.alice, one.id, idea.key.lower())
    plans.roadmap.unlink(plans.desk.alice, one.id, idea.key)
    assert [len(plans.entry(item).requests) for item in (one, other)] == [0, 1]
    plans.roadmap.link(plans.desk.alice, one.id, idea.key)
    assert [len(plans.entry(item).requests) for item in (one, other)] == [1, 1]
    links = [e.action for e in plans.roadmap.history(plans.desk.alice, one.id) if "link" in e.action]
    assert sorted(links) == ["roadmap:link", "roadmap:link", "roadmap:unlink"]


def test_only_improvements_that_one_can_see_are_linked(plans: Plans) -> None:
    item, incident = plans.draft(), plans.desk.open()
    secret = plans.idea(platform_id="payroll", by=plans.desk.erin)
    for name, words in ((incident.key, "no improvement"), (secret.key, "that you can see"), ("IMP-00000", "see")):
        with pytest.raises(Invalid, match=words):
            plans.roadmap.link(plans.desk.alice, item.id, name)


DEEDS: dict[str, Callable[[Plans, Item, Any], object]] = {
    "add": lambda p, i, who: p.draft(who),
    "edit": lambda p, i, who: p.roadmap.edit(who, i.id, i.version, FIELDS),
    "move": lambda p, i, who: p.roadmap.move(who, i.id, i.version, "start"),
    "link": lambda p, i, who: p.roadmap.link(who, i.id, "IMP-00000"),
    "unlink": lambda p, i, who: p.roadmap.unlink(who, i.id, "IMP-00000"),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("name", ["bob", "charlie", "dana"])
def test_only_owners_of_the_platform_curate(plans: Plans, deed: str, name: str) -> None:
    item = plans.published()
    with pytest.raises(Forbidden, match="Curating the roadmap needs the role service owner on sales"):
        DEEDS[deed](plans, item, plans.desk.actor(name))
    assert plans.now(item) == item


def test_an_owner_of_one_platform_curates_neither_others_nor_what_is_for_everybody(plans: Plans) -> None:
    alice, item = plans.desk.alice, plans.published()
    for where in ("payroll", None, "nowhere"):
        with pytest.raises(Forbidden):
            plans.draft(platform_id=where)
        with pytest.raises(Forbidden):
            plans.roadmap.edit(alice, item.id, item.version, {**FIELDS, "platform_id": where})
    for_all = plans.published(platform_id=None)
    with pytest.raises(Forbidden):
        plans.roadmap.edit(alice, for_all.id, for_all.version, FIELDS)


def test_a_platform_that_is_not_there_is_told_at_its_field(plans: Plans) -> None:
    with pytest.raises(Refused) as refused:
        plans.draft(plans.admin, platform_id="nowhere")
    assert set(refused.value.at) == {"platform_id"}


def test_what_is_for_members_or_not_published_is_unknown_to_charlie(plans: Plans) -> None:
    plans.published(title="For all")
    secrets = [
        plans.published(title="Of payroll", platform_id="payroll"), plans.draft(title="A draft"),
        plans.move(plans.published(title="Gone"), "retire"),
    ]  # fmt: skip
    assert plans.titles("charlie") == {"For all"}
    assert plans.titles("erin") == {"For all", "Of payroll"}
    assert plans.titles("alice") == {"For all", "A draft", "Gone"}
    assert plans.titles("dana") == {"For all", "Of payroll", "A draft", "Gone"}
    charlie = plans.desk.charlie
    for secret in (secrets[0].id, secrets[1].id, secrets[2].id, "nonsense"):
        attempts: tuple[Callable[[str], object], ...] = (
            lambda id_: plans.roadmap.entry(charlie, id_), lambda id_: plans.roadmap.history(charlie, id_),
            lambda id_: plans.roadmap.move(charlie, id_, 1, "start"),
            lambda id_: plans.roadmap.edit(charlie, id_, 1, FIELDS),
            lambda id_: plans.roadmap.link(charlie, id_, "IMP-00000"),
        )  # fmt: skip
        for attempt in attempts:
            with pytest.raises(NotFound, match="no such item"):
                attempt(secret)


def test_requests_that_charlie_may_not_see_are_neither_shown_nor_counted_but_drift_knows_them(plans: Plans) -> None:
    secret = plans.idea("dana", platform_id="payroll", by=plans.desk.erin)
    done = plans.carried(plans.idea(), "review", "plan", "deliver", "ship")
    item = plans.published("now", done, secret)
    seen, whole = plans.entry(item, plans.desk.charlie), plans.entry(item)
    assert [ticket.id for ticket in seen.requests] == [done.id]
    assert (seen.votes, whole.votes) == (1, 3)
    assert seen.drifts == whole.drifts == (Drift.idle,)


def test_those_who_wait_are_told_when_it_is_planned_and_shipped(plans: Plans) -> None:
    idea = plans.idea("charlie", "erin")
    plans.desk.tickets.talk.watch(plans.desk.charlie, idea.id, False)
    item = plans.draft()
    plans.roadmap.link(plans.desk.alice, item.id, idea.key)
    plans.move(item, "start")
    assert plans.notices() == []
    for name in ("publish", "defer", "plan", "ship", "reopen"):
        plans.move(item, name)
    told = {notice.topic: notice for notice in plans.notices()}
    assert set(told) == {"roadmap:publish", "roadmap:plan", "roadmap:ship"}
    assert {notice.recipients for notice in told.values()} == {("bob@example.org", "erin@example.org")}
    assert told["roadmap:ship"].payload == {
        "title": item.title, "label": "Shipped", "horizon": "shipped", "quarter": "2027-Q1", "note": "It is there.",
        "kind": "improvements", "path": f"roadmap?id={item.id}", "deed": "shipped it",
    }  # fmt: skip


def test_charlie_hears_nothing_of_an_item_for_members(plans: Plans) -> None:
    plans.published("next", plans.idea("charlie", "erin"), platform_id="payroll")
    assert {person for notice in plans.notices() for person in notice.recipients} == {"erin@example.org"}


@ON_EVERY_STORE
def test_a_stale_version_is_a_conflict_that_changes_nothing(plans: Plans) -> None:
    item = plans.draft()
    newer = plans.move(item, "publish")
    for deed in ("edit", "move"):
        with pytest.raises(Conflict, match="Somebody was faster: alice has changed this item meanwhile"):
            DEEDS[deed](plans, item, plans.desk.alice)
    assert plans.now(item) == newer


@ON_EVERY_STORE
def test_of_many_at_once_one_wins_and_the_trail_has_one_event_of_it(plans: Plans) -> None:
    item, together = plans.draft(), Barrier(6)

    def try_(name: str) -> str:
        together.wait(60)
        try:
            plans.roadmap.move(plans.desk.alice, item.id, 1, name)
        except Conflict:
            return "lost"
        return name

    with ThreadPoolExecutor(6) as pool:
        won = [name for name in pool.map(try_, ("publish", "start", "plan") * 2) if name != "lost"]
    events = [event.action for event in plans.roadmap.history(plans.desk.alice, item.id)]
    assert len(won) == 1
    assert sorted(events) == sorted(["roadmap:add", f"roadmap:{won[0]}"])


def test_a_form_that_is_sent_twice_makes_one_item(plans: Plans) -> None:
    id_ = new_id(NOW)
    assert plans.roadmap.add(plans.desk.alice, id_, FIELDS) == plans.roadmap.add(plans.desk.alice, id_, FIELDS)
    assert len(plans.roadmap.board(plans.desk.viewer("alice"))) == 1
    with pytest.raises(Invalid, match="no valid id"):
        plans.roadmap.add(plans.desk.alice, "x' OR 1=1", FIELDS)


@pytest.mark.parametrize("place", ["outbox", "audit_events"])
def test_killed_after_the_write_it_is_completed_once(plans: Plans, portal: Portal, place: str) -> None:
    item = plans.draft()
    plans.roadmap.link(plans.desk.alice, item.id, plans.idea("charlie").key)
    engine = RecordingEngine(portal.engine)
    engine.fail(1, Unavailable("Power cut"), on=place)
    broken = portal.replace(engine=engine)
    with pytest.raises(Unavailable):
        broken.roadmap.move(plans.desk.alice, item.id, 1, "publish")
    assert plans.roadmap.repair() == 1
    assert plans.roadmap.repair() == 0
    assert [notice.topic for notice in plans.notices()] == ["roadmap:publish"]
    actions = [event.action for event in plans.roadmap.history(plans.desk.alice, item.id)]
    assert actions.count("roadmap:publish") == 1
