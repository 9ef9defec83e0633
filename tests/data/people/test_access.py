"""Grants, groups and ownership become one actor's rights and scope. Pure: no store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.people.access import Access
from data.people.model import Grant, Identity, Role, Scope
from data.settings import Settings
from data.status.model import Platform
from tests.data.people.house import FINANCE, NOW, SALES

SETTINGS = Settings(admins="Boss@example.org", app_name="portal")
ALICE, BOB, CHARLIE, BOSS = (Identity(f"{name}@example.org", name) for name in ("alice", "bob", "charlie", "boss"))
PAYROLL = Platform(id="payroll", name="Payroll", kind="x", visibility="members")


def build(*grants: Grant, age: timedelta = timedelta(hours=1)) -> Access:
    return Access(
        grants=grants,
        platforms_of={("user", ALICE.email): frozenset({"sales"}), ("group", "fin"): frozenset({"finance"})},
        groups_of={ALICE.email: frozenset({"fin", "ops"}), BOB.email: frozenset({"ops"})},
        snapshot_at=NOW - age,
    )


OWNER = Grant("1", "user", ALICE.email, Role.service_owner, "sales")
OPS = Grant("2", "group", "ops", Role.triager, "payroll")
OPS_ADMIN = Grant("3", "group", "ops", Role.admin)


def test_rights_are_the_best_of_the_own_and_the_groups() -> None:
    alice = build(OWNER, OPS).actor(ALICE, SETTINGS, NOW)
    assert alice.role_on("sales") is Role.service_owner
    assert alice.role_on("payroll") is Role.triager
    assert alice.role_on("finance") is alice.role_on(None) is alice.everywhere is Role.contributor
    assert alice.platforms == {"sales", "finance"}
    assert alice.groups == {"fin", "ops"}


def test_a_low_grant_takes_nothing_away() -> None:
    access = build(
        OPS, Grant("9", "user", BOB.email, Role.viewer, "payroll"), Grant("8", "user", BOB.email, Role.viewer)
    )
    bob = access.actor(BOB, SETTINGS, NOW)
    assert (bob.everywhere, bob.role_on("payroll")) == (Role.contributor, Role.triager)


def test_charlie_gets_what_everybody_signed_in_gets() -> None:
    charlie = build(OWNER, OPS, OPS_ADMIN).actor(CHARLIE, SETTINGS, NOW)
    assert (charlie.everywhere, charlie.per_platform, charlie.platforms) == (Role.contributor, {}, frozenset())
    viewer = build().actor(CHARLIE, SETTINGS.model_copy(update={"signed_in_role": "viewer"}), NOW)
    assert viewer.everywhere is Role.viewer


@pytest.mark.parametrize("identity", [BOSS, Identity("dev@localhost", "dev", local=True)])
def test_bootstrap_admins_and_the_local_persona_are_admins(identity: Identity) -> None:
    assert build().actor(identity, SETTINGS, NOW).everywhere is Role.admin


@pytest.mark.parametrize(
    ("age", "role", "old"),
    [(timedelta(hours=24), Role.admin, False), (timedelta(hours=24, seconds=1), Role.contributor, True)],
    ids=("just fresh", "just old"),
)
def test_an_old_list_of_groups_grants_no_more_than_contributor(age: timedelta, role: Role, old: bool) -> None:
    bob = build(OPS, OPS_ADMIN, age=age).actor(BOB, SETTINGS, NOW)
    assert (bob.everywhere, bob.snapshot_old, bob.snapshot_at) == (role, old, NOW - age)
    assert bob.scope.everything is not old
    assert bob.sees(PAYROLL), "a grant on a platform keeps it open for reading"


def test_an_old_list_of_groups_leaves_personal_grants_alone() -> None:
    alice = build(OWNER, OPS, age=timedelta(days=9)).actor(ALICE, SETTINGS, NOW)
    assert (alice.role_on("sales"), alice.role_on("payroll")) == (Role.service_owner, Role.contributor)


@pytest.mark.parametrize(
    ("identity", "grants", "seen"),
    [
        (CHARLIE, (OWNER, OPS), {"sales"}),
        (BOB, (OWNER,), {"sales"}),
        (BOB, (OPS,), {"sales", "payroll"}),
        (ALICE, (), {"sales", "finance"}),
        (BOB, (Grant("4", "user", BOB.email, Role.viewer, "finance"),), {"sales", "finance"}),
        (BOB, (Grant("5", "user", BOB.email, Role.triager),), {"sales", "finance", "payroll"}),
        (BOSS, (), {"sales", "finance", "payroll"}),
    ],
    ids=("outsider", "ungranted", "staff by group", "member by group", "viewer grant", "staff everywhere", "admin"),
)
def test_a_members_platform_is_seen_by_members_its_staff_and_admins(
    identity: Identity, grants: tuple[Grant, ...], seen: set[str]
) -> None:
    actor = build(*grants).actor(identity, SETTINGS, NOW)
    assert {p.id for p in (SALES, FINANCE, PAYROLL) if actor.sees(p)} == seen
    assert {p.id for p in (SALES, FINANCE, PAYROLL) if actor.scope.sees(p)} == seen


def test_two_people_who_see_the_same_share_one_cache_key() -> None:
    access = build(OPS)
    bob, charlie = (access.actor(who, SETTINGS, NOW).scope for who in (BOB, CHARLIE))
    dora = access.actor(Identity("dora@example.org", "dora"), SETTINGS, NOW).scope
    assert charlie == dora == Scope(everything=False)
    assert hash(charlie) == hash(dora)
    assert bob != charlie


def test_admins_are_counted_as_they_would_be_now() -> None:
    root = Grant("6", "user", "root@example.org", Role.admin)
    assert build(root, OPS_ADMIN).admins(SETTINGS, NOW) == {BOSS.email, "root@example.org", ALICE.email, BOB.email}
    assert build(OPS_ADMIN, age=timedelta(days=2)).admins(SETTINGS, NOW) == {BOSS.email}
    assert build(Grant("7", "user", BOB.email, Role.admin, "sales")).admins(Settings(admins=()), NOW) == frozenset()


def test_a_stored_role_from_a_newer_portal_grants_nothing() -> None:
    row = {
        "kind": "grant", "id": "1", "principal_type": "user", "principal": CHARLIE.email, "role": "overlord",
        "platform_id": None, "state": "active", "version": 1, "snapshot_at": None,
    }  # fmt: skip
    assert Access.of([row]).actor(CHARLIE, SETTINGS, NOW).everywhere is Role.contributor
