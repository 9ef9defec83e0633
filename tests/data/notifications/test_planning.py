"""Who is told of what, how and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.notifications.model import Channel, Notice, PlatformName, Subscription
from data.notifications.planning import FRESH, NOBODY, Hearing, World, digest_at, of_platform, plan
from data.people.model import Actor, Role
from tests.portals import NOW

ALICE, BOB, CHARLIE, DANA = (f"{name}@example.org" for name in ("alice", "bob", "charlie", "dana"))
PLATFORMS = {"sales": PlatformName("sales", "Sales"), "payroll": PlatformName("payroll", "Payroll", "members")}
BERLIN = ZoneInfo("Europe/Berlin")
DIGEST = datetime(2026, 11, 24, 6, tzinfo=UTC)


def person(email: str) -> Actor:
    """alice belongs to payroll, dana triages everywhere."""
    role = Role.triager if email == DANA else Role.contributor
    return Actor(email, email, role, platforms=frozenset({"payroll"} if email == ALICE else ()))


def notice(**parts: Any) -> Notice:
    given: dict[str, Any] = {
        "id": "e1", "at": NOW, "topic": "ticket:resolve", "object_type": "ticket", "object_id": "t1",
        "platform_id": "sales", "actor": BOB, "audience": "everybody", "recipients": (),
        "payload": {"title": "Late", "kind": "incidents"},
    }  # fmt: skip
    return Notice(**given | parts)


def world(**parts: Any) -> World:
    given: dict[str, Any] = {
        "now": NOW, "zone": BERLIN, "people": person, "platforms": PLATFORMS,
        "hearings": lambda about: of_platform(PLATFORMS.get(about.platform_id or ""), about.platform_id),
    }  # fmt: skip
    return World(**given | parts)


def told(of: Notice, **parts: Any) -> list[tuple[str, str, datetime]]:
    return [(one.target, one.thread, one.due_at) for one in plan([of], world(**parts))]


def wants(who: str, how: Any, platform: str | None = "sales", kind: Any = "incidents") -> Subscription:
    return Subscription(who, platform, kind, how)


AT_ONCE, DAILY = ("ticket:t1", NOW), ("daily", DIGEST)
FOLLOWING = [
    ("who follows it hears at once", (ALICE,), (), [(ALICE, *AT_ONCE)]),
    ("whoever did it is never told", (ALICE, BOB), (wants(BOB, "now"),), [(ALICE, *AT_ONCE)]),
    ("a subscriber hears too", (), (wants(CHARLIE, "now"),), [(CHARLIE, *AT_ONCE)]),
    ("both ways is still once", (ALICE,), (wants(ALICE, "now"), wants(ALICE, "now", None)), [(ALICE, *AT_ONCE)]),
    ("of another kind is silent", (), (wants(CHARLIE, "now", kind="messages"),), []),
    ("of another platform is silent", (), (wants(CHARLIE, "now", "payroll"),), []),
    ("of all platforms hears", (), (wants(CHARLIE, "now", None),), [(CHARLIE, *AT_ONCE)]),
    ("the platform counts before all", (), (wants(CHARLIE, "now", None), wants(CHARLIE, "none")), []),
    ("nothing is nothing", (ALICE,), (wants(ALICE, "none"),), []),
    ("what is followed, once a day", (ALICE,), (wants(ALICE, "daily"),), [(ALICE, *DAILY)]),
    ("only what one follows: hears", (ALICE,), (wants(ALICE, "followed"),), [(ALICE, *AT_ONCE)]),
    ("only what one follows: else not", (), (wants(ALICE, "now", None), wants(ALICE, "followed")), []),
]  # fmt: skip


@pytest.mark.parametrize(("_why", "recipients", "subscriptions", "expected"), FOLLOWING, ids=[f[0] for f in FOLLOWING])
def test_people_hear_as_they_chose(_why: str, recipients: Any, subscriptions: Any, expected: Any) -> None:
    assert told(notice(recipients=recipients), subscriptions=subscriptions) == expected


SEEING = [
    ("a platform for members only its members", {"platform_id": "payroll"}, [ALICE, DANA]),
    ("a note of staff only staff", {"audience": "staff"}, [DANA]),
    ("a platform that is gone nobody", {"platform_id": "gone"}, []),
    ("without a platform everybody", {"platform_id": None}, [ALICE, CHARLIE, DANA]),
]


@pytest.mark.parametrize(("_why", "parts", "expected"), SEEING, ids=[s[0] for s in SEEING])
def test_of_what_one_may_not_see_one_does_not_hear(_why: str, parts: Any, expected: list[str]) -> None:
    everybody = tuple(wants(who, "now", None) for who in (ALICE, CHARLIE, DANA))
    found = told(notice(recipients=(ALICE, CHARLIE, DANA), **parts), subscriptions=everybody)
    assert [who for who, _, _ in found] == expected


def test_only_those_who_follow_hear_of_a_comment() -> None:
    said = notice(topic="ticket:comment", recipients=(ALICE,))
    channel = Channel(id="c", name="c", type="teams", platform_id=None, kinds=("incidents",), url_variable="X")
    found = plan([said], world(subscriptions=(wants(CHARLIE, "now"),), channels=(channel,)))
    assert [one.target for one in found] == [ALICE]


def test_what_happened_too_long_ago_is_not_told() -> None:
    assert told(notice(recipients=(ALICE,), at=NOW - FRESH))
    assert not told(notice(recipients=(ALICE,), at=NOW - FRESH - timedelta(seconds=1)))


def test_what_is_announced_for_later_is_told_then() -> None:
    start = NOW + timedelta(days=3)
    channel = Channel(id="c", name="c", type="teams", platform_id=None, kinds=("incidents",), url_variable="X")
    wishes = (wants(CHARLIE, "now"), wants(DANA, "daily"))
    payload = {"title": "Late", "kind": "incidents", "not_before": start.isoformat()}
    found = plan([notice(at=NOW - 2 * FRESH, payload=payload)], world(subscriptions=wishes, channels=(channel,)))
    assert {one.target: one.due_at for one in found} == {
        CHARLIE: start, DANA: datetime(2026, 11, 27, 6, tzinfo=UTC), "c": start
    }  # fmt: skip
    assert {(one.day, one.card.at) for one in found} == {(start.date(), start)}


def test_what_is_quiet_is_told_to_nobody() -> None:
    assert told(notice(recipients=(ALICE,), payload={"quiet": True})) == []


def test_a_portal_without_a_mail_server_plans_no_mail() -> None:
    assert told(notice(recipients=(ALICE,)), mail=False) == []


def test_a_mail_waits_while_one_of_the_same_thing_went_out_of_late() -> None:
    soon = NOW + timedelta(minutes=7)
    waiting = {(ALICE, "ticket:t1"): soon, (CHARLIE, "ticket:t1"): NOW - timedelta(minutes=1)}
    found = told(notice(recipients=(ALICE, CHARLIE, DANA)), waiting=waiting)
    assert [due for _, _, due in found] == [soon, NOW, NOW]


POSTING = [
    ("the channel of the platform", {"platform_id": "sales"}, {}, True),
    ("the channel of another", {"platform_id": "payroll"}, {}, False),
    ("one of all platforms", {"platform_id": None}, {}, True),
    ("one of all, of what is for members", {"platform_id": None}, {"platform_id": "payroll"}, False),
    ("the members' own, of what is theirs", {"platform_id": "payroll"}, {"platform_id": "payroll"}, True),
    ("of a platform that is gone", {"platform_id": None}, {"platform_id": "gone"}, False),
    ("what has no platform, by one of all", {"platform_id": None}, {"platform_id": None}, True),
    ("of another kind", {"kinds": ("messages",)}, {}, False),
    ("a paused one", {"state": "paused"}, {}, False),
    ("a note of staff", {}, {"audience": "staff"}, False),
]


@pytest.mark.parametrize(("_why", "channel", "of", "posts"), POSTING, ids=[p[0] for p in POSTING])
def test_channels_hear_what_everybody_on_their_platform_may_know(_why: str, channel: Any, of: Any, posts: bool) -> None:
    given = {"platform_id": "sales", "kinds": ("incidents",), "type": "teams", "url_variable": "X"} | channel
    found = plan([notice(**of)], world(channels=(Channel(id="c", name="c", **given),)))
    assert [one.target for one in found] == (["c"] if posts else [])


@pytest.mark.parametrize("hearing", [NOBODY, Hearing(lambda actor, audience: True, open=False)])
def test_no_channel_hears_of_what_is_restricted(hearing: Hearing) -> None:
    channel = Channel(id="c", name="c", type="teams", platform_id="sales", kinds=("incidents",), url_variable="X")
    assert plan([notice()], world(channels=(channel,), hearings=lambda about: hearing)) == ()


DIGESTS = [
    (datetime(2026, 11, 23, 5, 59, tzinfo=UTC), datetime(2026, 11, 23, 6, tzinfo=UTC)),
    (datetime(2026, 11, 23, 6, tzinfo=UTC), datetime(2026, 11, 24, 6, tzinfo=UTC)),
    (datetime(2027, 3, 27, 12, tzinfo=UTC), datetime(2027, 3, 28, 5, tzinfo=UTC)),
    (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 6, tzinfo=UTC)),
]


@pytest.mark.parametrize(("now", "due"), DIGESTS)
def test_the_daily_mail_goes_at_seven_of_the_portals_clock_also_when_clocks_change(
    now: datetime, due: datetime
) -> None:
    assert digest_at(now, BERLIN) == due
