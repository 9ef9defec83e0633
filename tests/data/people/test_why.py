"""Why somebody may what they may: the same answer as their rights give, with where each comes from."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from data.errors import Forbidden, Invalid
from data.people.access import Access
from data.people.model import Actor, Role
from data.people.why import Ground, Sight, why
from data.portal import Portal
from data.settings import Settings
from tests.portals import NOW, Clock

SALES, PAYROLL, PLANS = (
    SimpleNamespace(id=id_, visibility=seen)
    for id_, seen in (("sales", "everyone"), ("payroll", "members"), ("plans", "members"))
)
ROWS = (
    {"kind": "grant", "id": "1", "principal_type": "user", "principal": "alice@example.org", "role": "service_owner",
     "platform_id": "payroll", "state": "active", "version": 1, "snapshot_at": None},
    {"kind": "grant", "id": "2", "principal_type": "group", "principal": "ops", "role": "triager",
     "platform_id": None, "state": "active", "version": 1, "snapshot_at": None},
    {"kind": "ownership", "id": "3", "principal_type": "group", "principal": "planners", "role": None,
     "platform_id": "plans", "state": "active", "version": 1, "snapshot_at": None},
    {"kind": "member", "id": "ops", "principal_type": "user", "principal": "dana@example.org", "role": None,
     "platform_id": None, "state": None, "version": None, "snapshot_at": NOW},
    {"kind": "member", "id": "planners", "principal_type": "user", "principal": "bob@example.org", "role": None,
     "platform_id": None, "state": None, "version": None, "snapshot_at": NOW},
)  # fmt: skip
SETTINGS = Settings(admins=("root@example.org",), signed_in_role="viewer")
SIGNED_IN = Ground("signed in", Role.viewer)


@pytest.mark.parametrize(
    ("email", "grounds", "sights"),
    [
        ("alice@example.org",
         (SIGNED_IN, Ground("grant", Role.service_owner, "payroll", ("user", "alice@example.org"))),
         ("everyone", "role", "hidden")),
        ("dana@example.org", (SIGNED_IN, Ground("grant", Role.triager, None, ("group", "ops"))),
         ("everyone", "staff", "staff")),
        ("bob@example.org", (SIGNED_IN,), ("everyone", "hidden", "own")),
        ("charlie@example.org", (SIGNED_IN,), ("everyone", "hidden", "hidden")),
        ("root@example.org", (SIGNED_IN, Ground("setting", Role.admin)), ("everyone", "staff", "staff")),
    ],
)  # fmt: skip
def test_each_right_is_told_with_where_it_comes_from(
    email: str, grounds: tuple[Ground, ...], sights: tuple[str, ...]
) -> None:
    found = why(Access.of(ROWS), email, (SALES, PAYROLL, PLANS), SETTINGS, NOW)
    assert found.grounds == grounds
    assert tuple(sight.because for sight in found.sights) == sights
    assert [s.because != "hidden" for s in found.sights] == [found.actor.sees(p) for p in (SALES, PAYROLL, PLANS)]


def test_a_platform_of_ones_group_names_the_group() -> None:
    found = why(Access.of(ROWS), "bob@example.org", (PLANS,), SETTINGS, NOW)
    assert found.sights == (Sight("plans", "own", ("group", "planners")),)


def test_an_old_list_of_groups_is_said(portal: Portal) -> None:
    assert why(Access.of(ROWS), "dana@example.org", (), SETTINGS, NOW + timedelta(days=3)).actor.snapshot_old


def test_only_admins_ask_and_for_an_address(portal: Portal, clock: Clock) -> None:
    charlie = Actor("charlie@example.org", "charlie", Role.contributor)
    for ask in (lambda: portal.people.why(charlie, "alice@example.org", ()), lambda: portal.people.grants(charlie)):
        with pytest.raises(Forbidden):
            ask()
    with pytest.raises(Invalid):
        portal.people.why(Actor.job(), "nobody in particular", ())
