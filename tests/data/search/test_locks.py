"""Who may know of what: the rule of tickets, the locks of entries and the statement say the same, for anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from data.messages.model import Message, Place, sees
from data.people.model import Actor, Role, Scope
from data.search.entries import of_message
from data.search.index import Index
from data.search.locks import keys_of, keys_of_viewer, locks_of, opens, role_lock
from data.search.query import read
from data.tickets.visibility import Viewer
from tests.data.search.conftest import an_entry

AT = datetime(2026, 11, 23, tzinfo=UTC)
PLATFORMS = [None, "sales", "payroll", "gone"]


@dataclass(frozen=True)
class Thing:
    platform_id: str | None
    members_only: bool
    restricted: bool
    readers: tuple[str, ...]
    hidden: bool


names = some.sampled_from(["bob@example.org", "charlie@example.org", "group:finance", "staff:*", "member:*"])
things = some.builds(
    Thing, platform_id=some.sampled_from(PLATFORMS), members_only=some.booleans(), restricted=some.booleans(),
    readers=some.lists(names, max_size=3).map(tuple), hidden=some.booleans(),
)  # fmt: skip
OWN = ["sales", "payroll"]
viewers = some.builds(
    Viewer, person=names, everything=some.booleans(), members_of=some.frozensets(some.sampled_from(OWN)),
    principals=some.frozensets(names), staff_everywhere=some.booleans(),
    staff_on=some.frozensets(some.sampled_from(OWN)),
)  # fmt: skip
MANY = settings(max_examples=150, suppress_health_check=list(HealthCheck))


@MANY
@given(things, viewers)
def test_locks_say_what_the_rule_of_tickets_says(thing: Thing, viewer: Viewer) -> None:
    assert opens(keys_of_viewer(viewer), locks_of(thing)) is viewer.sees(thing)


def test_the_statement_says_what_the_locks_say(tmp_path: Path) -> None:
    numbers = iter(range(10_000))

    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    @given(some.lists(things, min_size=1, max_size=12), some.lists(viewers, min_size=1, max_size=6))
    def agree(wanted: list[Thing], people: list[Viewer]) -> None:
        entries = [an_entry("Zebra", "term", key=str(n), locks=locks_of(thing)) for n, thing in enumerate(wanted)]
        index = Index.built(tmp_path / f"{next(numbers)}.sqlite", entries)
        for viewer in people:
            keys = keys_of_viewer(viewer)
            expected = {entry.key for entry, thing in zip(entries, wanted, strict=True) if viewer.sees(thing)}
            for text in ("zebra", "zebr", "zebar"):
                found = index.find(read(text), keys, 50, {"zebra": ["zebra"]})
                assert {hit.key for hit in found.hits} == expected
                assert found.total == len(expected)
                assert found.meant in ("", "zebra")
                assert bool(found.meant) <= bool(expected)

    agree()


@MANY
@given(some.lists(some.sampled_from(["open", "sales", "payroll", "gone"]), max_size=3, unique=True), viewers)
def test_a_message_is_found_by_those_who_may_read_it(platforms: list[str], viewer: Viewer) -> None:
    places = {"open": Place("open", "Open", "everyone"), **{p: Place(p, p, "members") for p in ("sales", "payroll")}}
    message = Message(
        id="1", kind="release", severity="info", title="New", body="", platform_ids=tuple(platforms), state="published",
        created_at=AT, created_by="x", updated_at=AT, updated_by="x",
    )  # fmt: skip
    seen = sees(Scope(viewer.everything, viewer.members_of), message, places)
    assert opens(keys_of_viewer(viewer), of_message(message, places, AT).locks) is seen


@MANY
@given(
    some.sampled_from([None, *Role]), some.lists(some.sampled_from(OWN), unique=True),
    some.sampled_from(list(Role)), some.dictionaries(some.sampled_from(OWN), some.sampled_from(list(Role))),
)  # fmt: skip
def test_a_page_is_found_by_those_who_have_its_role(
    least: Role | None, platforms: list[str], everywhere: Role, granted: dict[str, Role]
) -> None:
    actor = Actor(email="bob@example.org", name="bob", everywhere=everywhere, per_platform=granted)
    readable = least is None or max(actor.role_on(p) for p in (None, *platforms)) >= least
    assert opens(keys_of(actor), role_lock(least, platforms)) is readable
