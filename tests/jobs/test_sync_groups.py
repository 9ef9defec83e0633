"""sync-groups: the snapshot of groups from Databricks and from Entra, over real sockets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.errors import Conflict, PortalError, Unavailable
from data.people.model import Actor, Identity, Role
from data.portal import Portal, connect
from jobs.__main__ import main
from jobs.groups import graph
from jobs.groups.answer import NOT_ONE, NOT_THERE
from jobs.microsoft import Microsoft
from jobs.sync_groups import DIRECTORIES, NAME, sync_groups
from tests.portals import Clock
from tests.standins.microsoft import MicrosoftCloud
from tests.standins.microsoft.estate import guid
from tests.standins.microsoft.graph import ROOT, Directory
from tests.standins.workspace import Workspace, scim

ALICE, BOB, CHARLIE = "alice@example.org", "bob@example.org", "charlie@example.org"
ROOT_ACTOR = Actor("root@example.org", "Root", Role.admin)
MEMBERS = "/transitiveMembers"
OPS = guid("the group ops")


@dataclass
class House:
    """A portal over one of the directories."""

    portal: Portal
    clock: Clock

    def name_groups(self, *names: str) -> None:
        for name in names:
            self.portal.people.grant(ROOT_ACTOR, "group", name, Role.triager)

    def sync(self) -> list[str]:
        return sync_groups(self.portal)

    def sync_again(self, **later: float) -> dict[str, set[str]]:
        self.clock.advance(**(later or {"minutes": 30}))
        self.sync()
        return self.members()

    def members(self) -> dict[str, set[str]]:
        return {group: set(members) for group, members in self.portal.people.members().items()}

    def snapshot_at(self) -> datetime | None:
        return self.portal.people.access().snapshot_at

    def runs(self) -> list[dict[str, Any]]:
        table = self.portal.engine.query(
            "SELECT source, state, rows, error, next_due_at FROM ingestion_runs ORDER BY started_at"
        )
        found: list[dict[str, Any]] = table.to_pylist()
        return found


@pytest.fixture
def entra(cloud: MicrosoftCloud, tmp_path: Path, clock: Clock) -> House:
    portal = connect(cloud.settings(tmp_path / "home", groups_from="graph")).replace(clock=clock)
    portal.schema.migrate()
    return House(portal, clock)


@pytest.fixture(scope="module")
def people() -> scim.Directory:
    return scim.Directory()


@pytest.fixture(scope="module")
def workspace(people: scim.Directory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("workspace"), scim.routes(people)) as workspace:
        yield workspace


@pytest.fixture
def databricks(
    workspace: Workspace, people: scim.Directory, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> House:
    """Its tables are ordinary ones: this is about the directory."""
    people.clear()
    workspace.faults.clear()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(workspace.ca_file))
    settings = workspace.settings(tmp_path / "home", groups_from="databricks", warehouse_id=None)
    portal = connect(settings).replace(clock=clock)
    portal.schema.migrate()
    return House(portal, clock)


@pytest.fixture
def directory(cloud: MicrosoftCloud) -> Directory:
    return cloud.directory


# both directories


def test_without_a_directory_nothing_is_read_and_it_says_so(portal: Portal) -> None:
    [line] = sync_groups(portal)
    assert "PORTAL_GROUPS_FROM" in line
    assert portal.people.members() == {}


def test_a_group_that_no_grant_names_is_not_asked_for(
    entra: House, cloud: MicrosoftCloud, directory: Directory
) -> None:
    directory.group("staff", directory.user("alice"))
    assert entra.sync() == ["0 members in 0 groups, 0 of them read anew."]
    assert (entra.members(), cloud.asked(ROOT)) == ({}, 0)


def test_members_get_the_rights_of_their_group_and_lose_them_with_it(entra: House, directory: Directory) -> None:
    alice, bob = directory.user("alice"), directory.user("bob")
    ops = directory.group("Sales Ops", alice, bob)
    entra.name_groups("sales ops")
    entra.sync()
    access = entra.portal.people.access()
    assert access.actor(Identity(ALICE, ALICE), entra.portal.settings, entra.clock()).everywhere is Role.triager
    assert access.actor(Identity(CHARLIE, CHARLIE), entra.portal.settings, entra.clock()).everywhere is Role.contributor
    directory.leave(ops, alice)
    assert entra.sync_again() == {"sales ops": {BOB}}


def test_every_run_leaves_a_row_for_the_feeds(entra: House, cloud: MicrosoftCloud, directory: Directory) -> None:
    directory.group("ops", directory.user("alice"))
    entra.name_groups("ops", "no such group")
    began = entra.clock()
    lines = entra.sync()
    assert lines == ["1 members in 1 groups, 1 of them read anew.", f"The group 'no such group' {NOT_THERE}."]
    entra.clock.advance(minutes=30)
    cloud.faults.fail(f"{ROOT}/groups", 503, times=9)
    with pytest.raises(Unavailable):
        entra.sync()
    partial, failed = entra.runs()
    assert partial == {
        "source": NAME,
        "state": "partial",
        "rows": 1,
        "error": "1 of the groups that the portal names cannot be used as they are",
        "next_due_at": began + timedelta(minutes=30),
    }
    assert (failed["state"], failed["error"]) == ("failed", "Microsoft Graph answered with an error (503)")


FAILURES: list[tuple[str, Callable[[MicrosoftCloud], None], str]] = [
    ("the list of changes", lambda c: c.faults.fail(f"{ROOT}/groups/delta", 500), "answered with an error (500)"),
    ("half of the members", lambda c: c.faults.fail(f"{ROOT}/groups/{OPS}{MEMBERS}", 502), "error (502)"),
    ("what is no JSON", lambda c: c.faults.malformed(f"{ROOT}/groups/{OPS}"), "something that is not JSON"),
    ("a page without a list", lambda c: c.faults.malformed(f"{ROOT}/groups/{OPS}", "{}"), "a form that the portal"),
    ("a list of nonsense", lambda c: c.faults.malformed(f"{ROOT}/groups/{OPS}", '{"value": [7]}'), "a form that the"),
    ("no permission", lambda c: c.faults.fail(f"{ROOT}/groups", 403), "GroupMember.Read.All and User.Read.All"),
    ("no link to go on", lambda c: c.faults.malformed(f"{ROOT}/groups/delta", '{"value": []}'), "where its list of"),
    ("the secret ran out", lambda c: c.tokens.withdraw() or expire(c), "the secret has expired"),
    ("people are hidden", lambda c: setattr(c.directory, "hides_people", True), "User.Read.All"),
]


@pytest.mark.parametrize(("fault", "words"), [f[1:] for f in FAILURES], ids=[f[0] for f in FAILURES])
def test_what_cannot_be_read_leaves_the_snapshot_with_its_old_time(
    entra: House, cloud: MicrosoftCloud, directory: Directory, fault: Callable[[MicrosoftCloud], None], words: str
) -> None:
    directory.group("ops", directory.user("alice"), directory.user("bob"), id_=OPS)
    entra.name_groups("ops")
    entra.sync()
    before = entra.members(), entra.snapshot_at(), entra.portal.status.checkpoint(NAME)
    entra.clock.advance(hours=2)
    directory.leave(OPS, guid("bob"))
    fault(cloud)
    with pytest.raises(PortalError, match=re.escape(words)):
        entra.sync()
    assert (entra.members(), entra.snapshot_at(), entra.portal.status.checkpoint(NAME)) == before
    cloud.faults.clear()
    cloud.tokens.expired, directory.hides_people = False, False
    assert entra.sync_again() == {"ops": {ALICE}}
    assert entra.snapshot_at() == entra.clock()


def test_a_snapshot_that_was_not_renewed_for_a_day_makes_nobody_a_triager(
    entra: House, cloud: MicrosoftCloud, directory: Directory
) -> None:
    directory.group("ops", directory.user("alice"))
    entra.name_groups("ops")
    entra.sync()
    cloud.faults.fail(f"{ROOT}/groups", 500, times=99)
    entra.clock.advance(hours=25)
    with pytest.raises(Unavailable):
        entra.sync()
    actor = entra.portal.people.access().actor(Identity(ALICE, ALICE), entra.portal.settings, entra.clock())
    assert (actor.everywhere, actor.snapshot_old) == (Role.contributor, True)


def test_a_directory_that_shows_none_of_the_groups_empties_nothing(entra: House, directory: Directory) -> None:
    ops = directory.group("ops", directory.user("alice"))
    entra.name_groups("ops")
    entra.sync()
    directory.delete(ops)
    entra.clock.advance(minutes=30)
    with pytest.raises(Unavailable, match="none of the 1 groups"):
        entra.sync()
    assert entra.members() == {"ops": {ALICE}}


def test_of_two_runs_at_once_the_later_does_not_undo_the_earlier(
    entra: House, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops = directory.group("ops", directory.user("alice"), directory.user("bob"))
    entra.name_groups("ops")

    def overtaken(portal: Portal, names: Any, memory: Any) -> Any:
        found = graph.read(portal, names, memory)
        monkeypatch.setitem(DIRECTORIES, "graph", graph.read)
        directory.leave(ops, guid("bob"))
        entra.sync()
        return found

    monkeypatch.setitem(DIRECTORIES, "graph", overtaken)
    with pytest.raises(Conflict, match="at the same time"):
        entra.sync()
    assert entra.members() == {"ops": {ALICE}}


def test_the_job_has_a_door(entra: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PORTAL_HOME", str(entra.portal.settings.home))
    assert main(["sync-groups"]) == 0
    assert "PORTAL_GROUPS_FROM" in capsys.readouterr().out


# Entra


def test_groups_within_groups_count_and_circles_end(entra: House, directory: Directory) -> None:
    inner = directory.group("inner", directory.user("bob"), directory.user("charlie"))
    outer = directory.group("outer", directory.user("alice"), inner)
    directory.join(inner, outer)
    entra.name_groups("outer")
    entra.sync()
    assert entra.members() == {"outer": {ALICE, BOB, CHARLIE}}
    settle(entra)
    directory.leave(inner, guid("charlie"))
    assert entra.sync_again() == {"outer": {ALICE, BOB}}
    third = directory.group("third", directory.user("dora"))
    directory.join(inner, third)
    assert entra.sync_again()["outer"] == {ALICE, BOB, "dora@example.org"}
    settle(entra)
    directory.leave(third, guid("dora"))
    assert entra.sync_again() == {"outer": {ALICE, BOB}}, "a group that came later is watched as well"


def test_a_quiet_round_costs_one_request_for_fifty_groups(
    entra: House, cloud: MicrosoftCloud, directory: Directory
) -> None:
    names = [f"team {n}" for n in range(51)]
    for name in names:
        directory.group(name, directory.user(f"lead-{name}"))
    entra.name_groups(*names)
    entra.sync()
    settle(entra)
    cloud.log.clear()
    before = entra.members()
    assert entra.sync_again() == before
    paths = [seen.path for seen in cloud.log if seen.path.startswith(ROOT)]
    assert paths == [f"{ROOT}/groups/delta"] * 2
    assert (entra.snapshot_at(), len(before)) == (entra.clock(), 51)


@pytest.mark.parametrize("fault", ["replay", "forgotten", "lost memory"])
def test_changes_told_twice_or_forgotten_leave_the_same_members(
    entra: House, cloud: MicrosoftCloud, directory: Directory, fault: str
) -> None:
    ops = directory.group("ops", directory.user("alice"), directory.user("bob"), directory.user("charlie"))
    entra.name_groups("ops")
    entra.sync()
    settle(entra)
    directory.leave(ops, guid("charlie"))
    directory.join(ops, directory.user("dora"))
    {
        "replay": lambda: setattr(directory, "replays", True),
        "forgotten": directory.forget_tokens,
        "lost memory": lambda: entra.portal.status.save_checkpoint(NAME, {"ids": 7}),
    }[fault]()
    expected = {"ops": {ALICE, BOB, "dora@example.org"}}
    assert entra.sync_again() == expected
    assert entra.sync_again() == expected
    gone = [seen.status for seen in cloud.log if seen.status == 410]
    assert gone == ([410] if fault == "forgotten" else [])


def test_members_that_lag_behind_the_changes_are_read_once_more(entra: House, directory: Directory) -> None:
    ops = directory.group("ops", directory.user("alice"), directory.user("bob"))
    entra.name_groups("ops")
    entra.sync()
    settle(entra)
    directory.leave(ops, guid("bob"))
    directory.lags[ops] = [guid("alice"), guid("bob")]
    assert entra.sync_again() == {"ops": {ALICE, BOB}}
    assert entra.sync_again() == {"ops": {ALICE}}


def test_an_address_that_changed_without_its_group_is_seen_within_a_day(entra: House, directory: Directory) -> None:
    directory.group("ops", directory.user("alice"))
    entra.name_groups("ops")
    entra.sync()
    settle(entra)
    directory.users[guid("alice")] = {"userPrincipalName": "alice.new@example.org", "mail": None}
    assert entra.sync_again() == {"ops": {ALICE}}
    assert entra.sync_again(hours=24) == {"ops": {"alice.new@example.org"}}


def test_people_are_known_by_principal_name_and_mail_and_apps_not_at_all(entra: House, directory: Directory) -> None:
    guest = directory.user("gus", mail="Gus@Partner.org", principal="gus_partner.org#EXT#@tenant.onmicrosoft.com")
    directory.group("ops", guest, directory.user("alice", mail=None), guid("an app"))
    entra.name_groups("ops")
    entra.sync()
    assert entra.members() == {"ops": {ALICE, "gus@partner.org", "gus_partner.org#ext#@tenant.onmicrosoft.com"}}


def test_a_name_that_several_groups_bear_grants_nothing_but_an_id_does(entra: House, directory: Directory) -> None:
    """Else whoever may make groups could make one named like that of the admins."""
    true = directory.group("admins", directory.user("alice"), id_=guid("true"))
    directory.group("Admins", directory.user("bob"), id_=guid("false"))
    entra.name_groups("admins", true.upper())
    assert entra.sync()[1:] == [f"The group 'admins' {NOT_ONE}."]
    assert entra.members() == {true.upper(): {ALICE}}


@pytest.mark.parametrize("name", ["O'Brien's", "a' or displayName ne '", "50% & more", "Größe"])
def test_a_name_is_only_ever_a_name(entra: House, directory: Directory, name: str) -> None:
    directory.group(name, directory.user("alice"))
    directory.group("other", directory.user("bob"))
    entra.name_groups(name)
    entra.sync()
    assert entra.members() == {name: {ALICE}}


def test_a_group_renamed_or_deleted_or_no_longer_named_loses_its_members(entra: House, directory: Directory) -> None:
    renamed, deleted = directory.group("one", directory.user("alice")), directory.group("two", directory.user("bob"))
    directory.group("three", directory.user("charlie"))
    entra.name_groups("one", "two", "three")
    entra.sync()
    settle(entra)
    directory.rename(renamed, "won")
    directory.delete(deleted)
    assert entra.sync_again() == {"three": {CHARLIE}}
    directory.group("two", directory.user("dora"), id_=guid("new two"))
    entra.name_groups("won")
    entra.portal.people.revoke(ROOT_ACTOR, "group:three:*", 1)
    assert entra.sync_again() == {"two": {"dora@example.org"}, "won": {ALICE}}


def test_asked_to_wait_it_asks_nothing_before_the_time(
    entra: House, cloud: MicrosoftCloud, directory: Directory
) -> None:
    directory.group("ops", directory.user("alice"))
    entra.name_groups("ops")
    entra.sync()
    cloud.faults.fail(f"{ROOT}/groups", 429, retry_after="3600.5")
    with pytest.raises(Unavailable, match="asks to wait until 09:30"):
        entra.sync()
    cloud.log.clear()
    entra.clock.advance(minutes=59)
    with pytest.raises(Unavailable, match="asks to wait until 09:30"):
        entra.sync()
    assert cloud.log == []
    assert entra.sync_again(minutes=2) == {"ops": {ALICE}}


def test_a_short_wait_in_fractions_of_a_second_is_waited_for(
    entra: House, cloud: MicrosoftCloud, directory: Directory
) -> None:
    directory.group("ops", directory.user("alice"))
    cloud.faults.fail(f"{ROOT}/groups", 429, retry_after="2.128")
    pauses: list[float] = []
    client = Microsoft(entra.portal.settings, entra.clock, pauses.append)
    assert graph.read(entra.portal, ["ops"], {}, client).members == {"ops": {ALICE}}
    assert pauses == [2.128]


def test_links_in_a_circle_end(entra: House, cloud: MicrosoftCloud, directory: Directory) -> None:
    entra.name_groups("ops")
    link = f'{{"value": [], "@odata.nextLink": "{cloud.url}{ROOT}/groups?$skiptoken=x"}}'
    cloud.faults.malformed(f"{ROOT}/groups", link, times=99)
    with pytest.raises(Unavailable, match="in a circle"):
        entra.sync()


# Databricks


def test_groups_of_the_workspace_are_expanded_over_all_pages(databricks: House, people: scim.Directory) -> None:
    people.page_size = 2
    inner = people.group("inner", people.user("bob"), people.user("left", active=False))
    outer = people.group("Outer", people.user("alice"), inner, "5000")
    people.join(inner, outer)
    people.group("empty")
    people.group("others", people.user("charlie"))
    databricks.name_groups("outer", "empty", "inner", "none")
    assert databricks.sync()[1:] == [f"The group 'none' {NOT_THERE}."]
    assert databricks.members() == {"outer": {ALICE, BOB}, "inner": {ALICE, BOB}}
    people.groups[outer]["members"].pop(0)
    assert databricks.sync_again() == {"outer": {BOB}, "inner": {BOB}}


def test_a_group_that_the_workspace_hides_is_told(databricks: House, people: scim.Directory) -> None:
    people.group("ops", people.user("alice"), "9999")
    databricks.name_groups("ops")
    assert "does not show to the portal" in databricks.sync()[1]
    assert databricks.members() == {"ops": {ALICE}}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (lambda w, p: setattr(p, "loses", 1), "listed 1 of 2 groups"),
        (lambda w, p: w.faults.fail(403, on=f"{scim.ROOT}/Groups"), "the admin role of the workspace"),
        (lambda w, p: w.faults.fail(404, on=f"{scim.ROOT}/Users"), "the workspace's users"),
        (lambda w, p: w.faults.fail(429, on=f"{scim.ROOT}/Users", retry_after=3600, times=9), "asks to wait until"),
        (lambda w, p: p.groups.clear(), "none of the 1 groups"),
    ],
)
def test_what_the_workspace_does_not_list_whole_empties_nothing(
    databricks: House, workspace: Workspace, people: scim.Directory, fault: Callable[..., None], words: str
) -> None:
    people.group("ops", people.user("alice"))
    people.group("last", people.user("bob"))
    databricks.name_groups("ops")
    databricks.sync()
    before = databricks.snapshot_at()
    databricks.clock.advance(minutes=30)
    fault(workspace, people)
    with pytest.raises(PortalError, match=words):
        databricks.sync()
    assert (databricks.members(), databricks.snapshot_at()) == ({"ops": {ALICE}}, before)


def settle(house: House) -> None:
    """What changed is read a second time; after that only changes are read."""
    house.sync_again()


def expire(cloud: MicrosoftCloud) -> None:
    cloud.tokens.expired = True
