"""Asking a source to look now: written once, by admins, and gone when a run has begun since."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.errors import Forbidden, Invalid, NotFound
from data.people.model import Actor, Role, Scope
from data.portal import Portal
from data.status.board import Feed
from data.status.estate import plan, read_estate
from jobs.ingest import Rounds
from tests.jobs.test_ingest import Steady
from tests.portals import NOW, ON_EVERY_STORE, Clock, clock, connected, portal, warehouse, workspace

__all__ = ["clock", "connected", "portal", "warehouse", "workspace"]

ESTATE = """
platforms:
  - {id: shop, name: Shop, kind: service}
checks:
  - {id: a, platform: shop, name: A, source: one, mode: success, every: 1h}
  - {id: b, platform: shop, name: B, source: two, mode: success, every: 1h}
  - {id: c, platform: shop, name: C, source: push, mode: success, every: 1h}
"""
DANA = Actor("dana@example.org", "dana", Role.admin)


@pytest.fixture
def shop(portal: Portal) -> Portal:
    portal.status.apply(plan(portal.status.estate(), read_estate(ESTATE, "checks.yaml"), prune=False), Actor.job())
    return portal


def feed(portal: Portal, source: str) -> Feed:
    feeds = portal.status.board(portal.status.snapshot(), Scope(everything=True)).feeds
    return next(feed for feed in feeds if feed.source == source)


def tick(rounds: Rounds) -> list[str]:
    return sorted(run.result().source for run in rounds.start(only_due=True))


@ON_EVERY_STORE
def test_a_wish_is_honoured_at_the_next_tick_once_and_seen_until_then(shop: Portal, clock: Clock) -> None:
    sources = {name: Steady(name) for name in ("one", "two", "push")}
    rounds = Rounds(shop, sources)
    assert tick(rounds) == ["one", "push", "two"]
    clock.advance(minutes=1)
    assert tick(rounds) == []
    assert shop.status.wishes.ask(DANA, "two")
    assert not shop.status.wishes.ask(DANA, "two"), "a second click is the same wish"
    assert (feed(shop, "two").wanted_at, feed(shop, "two").wanted_by) == (NOW + timedelta(minutes=1), DANA.email)
    assert feed(shop, "one").wanted_at is None
    clock.advance(seconds=5)
    assert tick(rounds) == ["two"]
    assert tick(rounds) == []
    assert feed(shop, "two").wanted_at is None
    assert [event.actor for event in shop.audit.events_of("feed", "two")] == [DANA.email]
    clock.advance(minutes=1)
    assert shop.status.wishes.ask(DANA, "two"), "and it may be asked again"
    assert tick(Rounds(shop, sources)) == ["two"], "a process that was not there then knows of it, too"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.admin])
def test_only_admins_ask(shop: Portal, role: Role) -> None:
    with pytest.raises(Forbidden):
        shop.status.wishes.ask(Actor("charlie@example.org", "charlie", role), "one")
    assert feed(shop, "one").wanted_at is None


@pytest.mark.parametrize(("source", "error"), [("none", NotFound), ("push", Invalid), ("", NotFound)])
def test_what_cannot_run_is_refused(shop: Portal, source: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        shop.status.wishes.ask(DANA, source)
