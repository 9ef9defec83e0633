"""Roles given, changed and taken away, on real tables."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
from data.people.model import Actor, Role
from data.settings import Settings
from tests.data.people.house import FINANCE, NOBODY, NOW, House
from tests.portals import STORES

pytestmark = pytest.mark.parametrize("house", STORES, indirect=True)

ROOT = Actor("root@example.org", "Root", Role.admin)
ALICE, BOB, CHARLIE = "alice@example.org", "bob@example.org", "charlie@example.org"


def test_a_grant_holds_from_the_next_read_on(house: House) -> None:
    granted = house.people.grant(ROOT, "user", " Alice@Example.org ", Role.service_owner, "sales", reason="new owner")
    assert (granted.principal, granted.version) == (ALICE, 1)
    assert house.actor(ALICE).role_on("sales") is Role.service_owner
    assert house.actor(ALICE).everywhere is house.actor(CHARLIE).role_on("sales") is Role.contributor


def test_granting_the_same_again_changes_nothing(house: House) -> None:
    first = house.people.grant(ROOT, "user", ALICE, Role.triager)
    assert house.people.grant(ROOT, "user", ALICE, Role.triager) == first
    assert len(house.audit.events_of("grant", first.id)) == 1


def test_a_grant_is_changed_revoked_and_renewed_and_the_trail_tells_it_all(house: House) -> None:
    first = house.people.grant(ROOT, "user", ALICE, Role.triager, "sales")
    second = house.people.grant(ROOT, "user", ALICE, Role.service_owner, "sales", reason="promoted")
    third = house.people.revoke(ROOT, first.id, second.version, reason="left")
    assert house.actor(ALICE).role_on("sales") is Role.contributor
    fourth = house.people.grant(ROOT, "user", ALICE, Role.triager, "sales")
    assert [g.version for g in (first, second, third, fourth)] == [1, 2, 3, 4]
    events = {e.id: (e.action, e.old, e.new, e.reason, e.actor) for e in house.audit.events_of("grant", first.id)}
    assert events == {
        f"grant:{first.id}:1": (
            "grant", None, {"principal": ALICE, "role": "triager", "state": "active"}, None, ROOT.email,
        ),
        f"grant:{first.id}:2": ("change", {"role": "triager"}, {"role": "service_owner"}, "promoted", ROOT.email),
        f"grant:{first.id}:3": ("revoke", {"state": "active"}, {"state": "revoked"}, "left", ROOT.email),
        f"grant:{first.id}:4": (
            "grant", {"role": "service_owner", "state": "revoked"}, {"role": "triager", "state": "active"}, None,
            ROOT.email,
        ),
    }  # fmt: skip


def test_a_grant_to_a_group_reaches_its_members(house: House) -> None:
    house.join("sales-ops", "Bob@example.org")
    house.people.grant(ROOT, "group", "sales-ops", Role.triager, "sales")
    assert house.actor(BOB).role_on("sales") is Role.triager
    assert (house.actor(BOB).groups, house.actor(BOB).snapshot_at) == ({"sales-ops"}, NOW)
    assert house.actor(CHARLIE).role_on("sales") is Role.contributor


def test_groups_that_grant_nothing_are_not_read(house: House) -> None:
    house.join("everybody", BOB, CHARLIE)
    assert house.people.access().groups_of == {}


def test_the_oldest_membership_tells_the_age_of_the_list(house: House) -> None:
    house.join("ops", BOB, at=NOW - timedelta(hours=25))
    house.join("ops", ALICE)
    house.people.grant(ROOT, "group", "ops", Role.admin)
    assert (house.actor(ALICE).everywhere, house.actor(ALICE).snapshot_old) == (Role.contributor, True)


@pytest.mark.parametrize("platform", [None, "sales"])
def test_charlie_can_neither_grant_nor_revoke_nor_map(house: House, platform: str | None) -> None:
    granted = house.people.grant(ROOT, "user", ALICE, Role.triager, platform)
    charlie = house.actor(CHARLIE)
    with pytest.raises(Forbidden):
        house.people.grant(charlie, "user", CHARLIE, Role.admin, platform)
    with pytest.raises(Forbidden):
        house.people.revoke(charlie, granted.id, granted.version)
    with pytest.raises(Forbidden):
        house.people.revoke(charlie, "user:nobody@example.org:*", 1)
    with pytest.raises(Forbidden):
        house.people.map_platform(charlie, "user", CHARLIE, "finance")
    with pytest.raises(Forbidden):
        house.people.unmap_platform(charlie, "user", ALICE, "finance")
    assert house.people.access().grants == (granted,)


def test_an_owner_cannot_grant_but_says_whose_platform_it_is(house: House) -> None:
    house.people.grant(ROOT, "user", ALICE, Role.service_owner, "finance")
    alice = house.actor(ALICE)
    with pytest.raises(Forbidden):
        house.people.grant(alice, "user", BOB, Role.triager, "finance")
    with pytest.raises(Forbidden):
        house.people.map_platform(alice, "user", BOB, "sales")
    house.people.map_platform(alice, "user", BOB, "finance")
    assert house.actor(BOB).platforms == {"finance"}


@pytest.mark.parametrize(("kind", "principal"), [("user", BOB), ("group", "finance-people")])
def test_mapping_opens_a_members_platform_and_unmapping_closes_it(house: House, kind: str, principal: str) -> None:
    house.join("finance-people", BOB)
    assert not house.actor(BOB).sees(FINANCE)
    house.people.map_platform(ROOT, kind, principal, "finance")
    house.people.map_platform(ROOT, kind, principal, "finance")
    assert house.actor(BOB).sees(FINANCE)
    assert not house.actor(CHARLIE).sees(FINANCE)
    house.people.unmap_platform(ROOT, kind, principal, "finance")
    house.people.unmap_platform(ROOT, kind, principal, "finance")
    assert not house.actor(BOB).sees(FINANCE)
    actions = [event.action for event in house.audit.events_of("ownership", f"{kind}:{principal}:finance")]
    assert sorted(actions) == ["map", "unmap"]


@pytest.mark.parametrize(
    ("kind", "principal", "platform", "error", "words"),
    [
        ("user", "alice", None, Invalid, "'alice' is not an e-mail address"),
        ("group", "  ", None, Invalid, "group needs a name"),
        ("user", ALICE, "salse", NotFound, "There is no platform named salse"),
    ],
)
def test_a_grant_to_nobody_or_nowhere_is_refused(
    house: House, kind: str, principal: str, platform: str | None, error: type[PortalError], words: str
) -> None:
    with pytest.raises(error, match=words):
        house.people.grant(ROOT, kind, principal, Role.triager, platform)
    assert house.people.access().grants == ()


def test_revoking_what_somebody_else_changed_is_a_conflict(house: House) -> None:
    granted = house.people.grant(ROOT, "user", ALICE, Role.triager)
    house.people.grant(ROOT, "user", ALICE, Role.service_owner)
    with pytest.raises(Conflict, match="Somebody else changed this role"):
        house.people.revoke(ROOT, granted.id, granted.version)
    with pytest.raises(NotFound):
        house.people.revoke(ROOT, "user:nobody@example.org:*", 1)


LOCAL = Actor("dev@localhost", "dev", Role.admin, local=True)


def test_the_last_admin_stays_even_in_local_mode(house: House) -> None:
    last = house.people.grant(LOCAL, "user", ALICE, Role.admin)
    with pytest.raises(Invalid, match="last admin"):
        house.people.revoke(LOCAL, last.id, last.version)
    with pytest.raises(Invalid, match="last admin"):
        house.people.grant(LOCAL, "user", ALICE, Role.viewer)
    assert house.actor(ALICE).everywhere is Role.admin


def test_an_admin_goes_when_another_stays(house: House) -> None:
    alice = house.people.grant(ROOT, "user", ALICE, Role.admin)
    bob = house.people.grant(ROOT, "user", BOB, Role.admin)
    house.people.revoke(ROOT, alice.id, 1)
    with pytest.raises(Invalid, match="last admin"):
        house.people.revoke(ROOT, bob.id, 1)


def test_a_bootstrap_admin_lets_the_last_grant_go(house: House) -> None:
    people = house.service(Settings(admins="boss@example.org"))
    alice = people.grant(ROOT, "user", ALICE, Role.admin)
    people.revoke(ROOT, alice.id, 1)
    assert house.actor(ALICE).everywhere is Role.contributor


@pytest.mark.parametrize(("members", "age"), [((), 0), ((BOB,), 25)], ids=("an empty group", "an old list of groups"))
def test_a_group_without_a_living_admin_saves_nobody(house: House, members: tuple[str, ...], age: int) -> None:
    house.join("admins", *members, at=NOW - timedelta(hours=age))
    house.people.grant(ROOT, "group", "admins", Role.admin)
    alice = house.people.grant(ROOT, "user", ALICE, Role.admin)
    with pytest.raises(Invalid, match="last admin"):
        house.people.revoke(ROOT, alice.id, 1)


def test_two_admins_who_revoke_each_other_at_once_leave_one(house: House) -> None:
    alice, bob = (house.people.grant(ROOT, "user", email, Role.admin) for email in (ALICE, BOB))
    slow = house.people_interrupted_by(lambda: house.people.revoke(ROOT, bob.id, 1))
    with pytest.raises(Conflict):
        slow.revoke(ROOT, alice.id, 1)
    assert house.people.access().admins(NOBODY, NOW) == {ALICE}


def test_two_changes_of_one_grant_at_once_keep_the_first(house: House) -> None:
    granted = house.people.grant(ROOT, "user", ALICE, Role.viewer)
    slow = house.people_interrupted_by(lambda: house.people.grant(ROOT, "user", ALICE, Role.triager))
    with pytest.raises(Conflict):
        slow.grant(ROOT, "user", ALICE, Role.service_owner)
    assert house.actor(ALICE).everywhere is Role.triager
    assert len(house.audit.events_of("grant", granted.id)) == 2


def test_two_first_grants_at_once_make_no_twins(house: House) -> None:
    slow = house.people_interrupted_by(lambda: house.people.grant(ROOT, "user", ALICE, Role.triager))
    with pytest.raises(Conflict):
        slow.grant(ROOT, "user", ALICE, Role.service_owner)
    assert [grant.role for grant in house.people.access().grants] == [Role.triager]
