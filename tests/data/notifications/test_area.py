"""Choices of people, and what admins look after: who may what, one change after the other, and the trail of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from data.errors import Conflict, Forbidden, Invalid, NotFound
from data.notifications.model import Channel, Delivery, Notice
from data.notifications.outcomes import Outcome
from data.notifications.upkeep import Troubles
from data.people.model import Actor, Role
from data.portal import Portal
from tests.jobs.delivering import ADMIN, channel, notice
from tests.portals import ON_EVERY_STORE

ALICE = Actor("alice@example.org", "alice", Role.contributor, platforms=frozenset({"payroll"}))
BOB = Actor("bob@example.org", "bob", Role.service_owner)
CHARLIE = Actor("charlie@example.org", "charlie", Role.contributor)


@ON_EVERY_STORE
def test_a_choice_stays_until_another_one(furnished: Portal) -> None:
    choices = furnished.notifications.choices
    assert choices.choose(ALICE, [(None, "incidents", "daily"), ("payroll", "incidents", "now")]) == 2
    assert choices.choose(ALICE, [(None, "incidents", "daily")]) == 0
    mine = choices.of(ALICE)
    assert (mine.of(None, "incidents"), mine.of("payroll", "incidents")) == ("daily", "now")
    assert mine.of("sales", "incidents") is None
    assert choices.choose(ALICE, [("payroll", "incidents", None)]) == 1
    assert choices.of(ALICE).of("payroll", "incidents") is None
    assert choices.of(CHARLIE).chosen == ()


def test_charlie_can_neither_see_nor_choose_a_platform_for_members(furnished: Portal) -> None:
    choices = furnished.notifications.choices
    assert [platform.id for platform in choices.of(CHARLIE).platforms] == ["sales"]
    assert [platform.id for platform in choices.of(ALICE).platforms] == ["payroll", "sales"]
    for platform in ("payroll", "gone"):
        with pytest.raises(NotFound, match=f"no platform named {platform}"):
            choices.choose(CHARLIE, [(platform, "incidents", "now")])


@pytest.mark.parametrize("choice", [(None, "gossip", "now"), (None, "incidents", "hourly")])
def test_what_cannot_be_chosen_is_refused(furnished: Portal, choice: Any) -> None:
    with pytest.raises(Invalid, match="cannot be chosen"):
        furnished.notifications.choices.choose(ALICE, [choice])


FORBIDDEN: dict[str, Callable[[Portal, Actor], object]] = {
    "list channels": lambda portal, actor: portal.notifications.channels.all(actor),
    "add a channel": lambda portal, actor: portal.notifications.channels.save(actor, channel()),
    "list dead letters": lambda portal, actor: portal.notifications.upkeep.dead_letters(actor),
    "how channels fare": lambda portal, actor: portal.notifications.channels.fares(actor),
    "what is unset": lambda portal, actor: portal.notifications.channels.unset(actor, channel()),
    "send a test card": lambda portal, actor: portal.notifications.channels.test(actor, "x"),
    "retry all": lambda portal, actor: portal.notifications.upkeep.retry_all(actor, "mail"),
    "retry": lambda portal, actor: portal.notifications.upkeep.retry(actor, "x", 1),
    "drop": lambda portal, actor: portal.notifications.upkeep.drop(actor, "x", 1, "old"),
}


@pytest.mark.parametrize("actor", [ALICE, BOB, CHARLIE], ids=lambda actor: actor.name)
@pytest.mark.parametrize("deed", FORBIDDEN)
def test_only_admins_look_after_channels_and_deliveries(furnished: Portal, deed: str, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        FORBIDDEN[deed](furnished, actor)


@ON_EVERY_STORE
def test_a_channel_is_added_changed_paused_and_removed_and_the_trail_knows(furnished: Portal) -> None:
    channels = furnished.notifications.channels
    added = channels.save(ADMIN, channel())
    paused = channels.save(ADMIN, replace(added, state="paused", name="  Sales  team "))
    assert channels.all(ADMIN) == (paused,)
    assert (paused.name, paused.version) == ("Sales team", 2)
    channels.save(ADMIN, replace(paused, state="removed"))
    assert channels.all(ADMIN) == ()
    trail = furnished.audit.events_of("channel", added.id)
    assert {event.action for event in trail} == {"channel:add", "channel:pause", "channel:remove"}
    assert len(trail) == 3


def test_a_channel_that_was_changed_meanwhile_is_not_overwritten(furnished: Portal) -> None:
    channels = furnished.notifications.channels
    added = channels.save(ADMIN, channel())
    channels.save(ADMIN, replace(added, name="First"))
    with pytest.raises(Conflict, match="Somebody was faster"):
        channels.save(ADMIN, replace(added, name="Second"))
    assert [one.name for one in channels.all(ADMIN)] == ["First"]


WRONG = [
    ({"name": " "}, "Name: "),
    ({"name": "x" * 81}, "Name: "),
    ({"type": "pager"}, "Type: "),
    ({"kinds": ()}, "Kinds: "),
    ({"kinds": ("gossip",)}, "Kinds: "),
    ({"platform_id": "gone"}, "Platform: "),
    ({"url_variable": "https://example.org/s3cret"}, "Address: "),
    ({"url_variable": "PATH"}, "Address: "),
    ({"secret_variable": "s3cret"}, "Key: "),
    ({"secret_variable": None}, "Key: "),
]


@pytest.mark.parametrize(("parts", "words"), WRONG)
def test_a_wrong_channel_is_refused_in_words_that_repeat_no_secret(
    furnished: Portal, parts: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        furnished.notifications.channels.save(ADMIN, channel(**parts))
    [problem] = refused.value.problems
    assert problem.startswith(words)
    assert "s3cret" not in str(refused.value)


def test_a_channel_that_is_gone_cannot_be_changed(furnished: Portal) -> None:
    with pytest.raises(NotFound):
        furnished.notifications.channels.save(ADMIN, channel(id="gone", version=3))


def given_up(portal: Portal) -> Delivery:
    saved: Channel = portal.notifications.channels.save(ADMIN, channel())
    told: Notice = notice(recipients=())
    portal.outbox.add([told])
    post = portal.notifications.post
    assert post.plan() == 1
    post.settle([(one, Outcome("refused", "It says no.")) for one in post.claim("run", 10)])
    [dead] = portal.notifications.upkeep.dead_letters(ADMIN)
    assert (dead.target, dead.last_error) == (saved.id, "It says no.")
    return dead


@ON_EVERY_STORE
def test_a_dead_letter_is_tried_again_or_dropped_once(furnished: Portal) -> None:
    upkeep, dead = furnished.notifications.upkeep, given_up(furnished)
    assert upkeep.troubles() == Troubles(1, 0)
    retried = upkeep.retry(ADMIN, dead.id, dead.version)
    assert (retried.state, retried.attempts) == ("pending", 0)
    with pytest.raises(Conflict, match="Somebody was faster"):
        upkeep.drop(ADMIN, dead.id, dead.version, "no longer of interest")
    post = furnished.notifications.post
    post.settle([(one, Outcome("refused", "Again.")) for one in post.claim("run", 10)])
    [again] = upkeep.dead_letters(ADMIN)
    with pytest.raises(Invalid, match="say why"):
        upkeep.drop(ADMIN, again.id, again.version, " ")
    upkeep.drop(ADMIN, again.id, again.version, "no longer of interest")
    assert upkeep.troubles() == Troubles(0, 0)
    trail = furnished.audit.events_of("delivery", dead.id)
    assert {event.action: event.reason for event in trail} == {
        "delivery:retry": None, "delivery:drop": "no longer of interest"
    }  # fmt: skip


def test_a_delivery_that_is_not_there_cannot_be_mended(furnished: Portal) -> None:
    with pytest.raises(NotFound):
        furnished.notifications.upkeep.retry(ADMIN, "gone", 1)


def test_one_claim_takes_a_delivery_from_all_others(furnished: Portal) -> None:
    furnished.notifications.channels.save(ADMIN, channel())
    furnished.outbox.add([notice(recipients=())])
    post = furnished.notifications.post
    post.plan()
    [first] = post.claim("first", 10)
    assert post.claim("second", 10) == []
    assert post.settle([(replace(first, version=first.version - 1), Outcome("sent"))]) == 1, "the version is another"
    assert post.settle([(first, Outcome("sent"))]) == 0


def test_all_that_one_channel_was_not_told_is_tried_again_at_once(furnished: Portal) -> None:
    upkeep, post = furnished.notifications.upkeep, furnished.notifications.post
    mine, other = (furnished.notifications.channels.save(ADMIN, channel(name=name)).id for name in ("Mine", "Other"))
    furnished.outbox.add(notice(f"e{n}", recipients=()) for n in range(3))
    post.plan()
    post.settle([(one, Outcome("refused", "No.")) for one in post.claim("run", 10)])
    assert upkeep.retry_all(ADMIN, "mail") == 0
    assert upkeep.retry_all(ADMIN, "webhook", mine) == 3
    assert upkeep.retry_all(ADMIN, "webhook", mine) == 0, "a second click finds nothing"
    assert [one.target for one in upkeep.dead_letters(ADMIN)] == [other] * 3
    trail = furnished.audit.events_of("delivery", f"e0:webhook:{mine}")
    assert [event.action for event in trail] == ["delivery:retry"]


@ON_EVERY_STORE
def test_a_test_card_goes_to_its_channel_alone_once_a_minute_and_tells_how_it_fared(furnished: Portal) -> None:
    channels, post = furnished.notifications.channels, furnished.notifications.post
    mine, other = channels.save(ADMIN, channel()), channels.save(ADMIN, channel(name="Other"))
    channels.test(ADMIN, mine.id)
    with pytest.raises(Conflict, match="on its way"):
        channels.test(ADMIN, mine.id)
    assert channels.fares(ADMIN)[mine.id].test_state == "pending"
    [card] = post.claim("run", 10)
    assert card.target == mine.id
    assert post.stopped([card]) == {}
    post.settle([(card, Outcome("failed", "The receiver answered 500."))])
    fare = channels.fares(ADMIN)[mine.id]
    assert (fare.test_state, fare.test_error, fare.error) == ("pending", *["The receiver answered 500."] * 2)
    assert other.id not in channels.fares(ADMIN)
    assert {event.action for event in furnished.audit.events_of("channel", mine.id)} == {"channel:add", "channel:test"}


def test_a_paused_channel_takes_no_test_card_and_one_that_is_gone_is_said_to_be(furnished: Portal) -> None:
    channels = furnished.notifications.channels
    paused = channels.save(ADMIN, channel(state="paused"))
    with pytest.raises(Invalid, match="Resume it first"):
        channels.test(ADMIN, paused.id)
    with pytest.raises(NotFound):
        channels.test(ADMIN, "gone")


def test_whether_an_address_is_there_is_told_but_never_what_it_is(
    furnished: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_SECRET_TEAM_URL", "https://example.org/s3cret")
    monkeypatch.delenv("PORTAL_SECRET_TEAM_KEY", raising=False)
    assert furnished.notifications.channels.unset(ADMIN, channel()) == ("PORTAL_SECRET_TEAM_KEY",)
