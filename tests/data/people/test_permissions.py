"""Every permission × every role, written out: a change of the matrix has to be made here too."""

from __future__ import annotations

import pytest

from data.errors import Forbidden, Invalid
from data.people.model import Actor, Role
from data.people.permissions import Permission, require

MAY = {
    #                                 viewer contributor triager service_owner admin
    "status:result:report":          (False, False,      False,  True,         True),
    "status:estate:apply":           (False, False,      False,  False,        True),
    "status:check:edit":             (False, False,      False,  True,         True),
    "status:platform:edit":          (False, False,      False,  True,         True),
    "status:platform:admit":         (False, False,      False,  False,        True),
    "people:grant:edit":             (False, False,      False,  False,        True),
    "people:map:edit":               (False, False,      False,  True,         True),
    "audit:trail:read":              (False, False,      False,  True,         True),
    "tickets:ticket:open":           (False, True,       True,   True,         True),
    "tickets:comment:add":           (False, True,       True,   True,         True),
    "tickets:vote:cast":             (False, True,       True,   True,         True),
    "tickets:ticket:work":           (False, False,      True,   True,         True),
    "tickets:ticket:lead":           (False, False,      False,  True,         True),
    "glossary:term:propose":         (False, True,       True,   True,         True),
    "glossary:term:curate":          (False, False,      False,  True,         True),
    "roadmap:item:curate":           (False, False,      False,  True,         True),
    "messages:message:publish":      (False, False,      False,  True,         True),
    "messages:portal:publish":       (False, False,      False,  False,        True),
    "notifications:subscription:set":(True,  True,       True,   True,         True),
    "notifications:channel:edit":    (False, False,      False,  False,        True),
    "notifications:delivery:mend":   (False, False,      False,  False,        True),
    "portal:setting:edit":           (False, False,      False,  False,        True),
}  # fmt: skip

ALICE = Actor("alice@example.org", "Alice", Role.contributor, per_platform={"sales": Role.service_owner})
CHARLIE = Actor("charlie@example.org", "Charlie", Role.contributor)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_each_role_may_what_the_table_says(permission: Permission, role: Role) -> None:
    allowed = MAY[permission.value][list(Role).index(role)]
    everywhere = Actor("bob@example.org", "Bob", role)
    on_sales = Actor("bob@example.org", "Bob", Role.viewer, per_platform={"sales": role})
    assert everywhere.may(permission) is everywhere.may(permission, "sales") is allowed
    assert on_sales.may(permission, "sales") is allowed


OF_EVERYBODY = tuple(name for name, roles in MAY.items() if roles[list(Role).index(Role.contributor)])
"""What ALICE and CHARLIE may as contributors everywhere."""


@pytest.mark.parametrize("permission", Permission)
def test_a_role_on_one_platform_is_nothing_on_another_or_everywhere(permission: Permission) -> None:
    for_everybody = permission.value in OF_EVERYBODY
    assert ALICE.may(permission, "finance") is ALICE.may(permission) is for_everybody


@pytest.mark.parametrize("permission", [p for p in Permission if p.value not in OF_EVERYBODY])
@pytest.mark.parametrize("platform", [None, "sales"])
def test_charlie_may_nothing_but_what_everybody_may(permission: Permission, platform: str | None) -> None:
    with pytest.raises(Forbidden):
        require(CHARLIE, permission, platform)


def test_a_refusal_says_which_role_is_needed_where_and_who_can_help() -> None:
    with pytest.raises(Forbidden) as refused:
        require(CHARLIE, Permission.status_result_report, "sales")
    assert str(refused.value) == (
        "Reporting a status needs the role service owner on sales; your role there is contributor. "
        "An admin of this portal can help."
    )


def test_a_refusal_mentions_an_old_list_of_groups() -> None:
    actor = Actor("alice@example.org", "Alice", Role.contributor, snapshot_old=True)
    with pytest.raises(Forbidden, match="list of groups is out of date"):
        require(actor, Permission.status_estate_apply)


def test_an_owner_passes_on_the_own_platform() -> None:
    require(ALICE, Permission.status_result_report, "sales")


def test_a_job_may_everything() -> None:
    assert all(Actor.job("ingest").may(permission) for permission in Permission)
    assert Actor.job("ingest").door == "job"


def test_an_unknown_role_is_named_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="'boss' is not a role; the roles are viewer, contributor, triager"):
        Role.named("boss")
