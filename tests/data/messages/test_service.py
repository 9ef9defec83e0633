"""What owners tell everybody, through the service and real SQL; the core of it on both stores."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from data.cached import messages as cached_messages
from data.engines.recording import RecordingEngine
from data.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, Unavailable
from data.people.model import Scope
from data.portal import Portal
from data.status.board import Tile
from data.status.model import State
from data.tickets.answers import Refused
from data.tickets.ids import new_id
from tests.data.messages.newsroom import HOUR, Newsroom
from tests.portals import ON_EVERY_STORE, Clock

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def tile(portal: Portal, platform_id: str = "sales") -> Tile:
    board = portal.status.board(portal.status.snapshot(), Scope(everything=True))
    return next(tile for tile in board.tiles if tile.platform.id == platform_id)


# the life of a message


@ON_EVERY_STORE
def test_a_message_from_its_draft_to_the_archive(newsroom: Newsroom, clock: Clock) -> None:
    draft = newsroom.write("save")
    assert (draft.state_at(clock()), newsroom.titles("alice")) == ("draft", [])
    shown = newsroom.again("publish", draft, title="Sales moves house", ends_at=clock() + HOUR)
    assert (shown.state_at(clock()), shown.revision, newsroom.titles()) == ("published", 1, ["Sales moves house"])
    clock.advance(minutes=5)
    changed = newsroom.again("revise", shown, title="Sales moved", ends_at=clock() + HOUR)
    assert (changed.revision, newsroom.titles()) == (2, ["Sales moved"])
    clock.advance(hours=2)
    assert newsroom.titles() == []
    assert [message.title for message in newsroom.messages.archive(newsroom.actor("charlie"))] == ["Sales moved"]
    seen = newsroom.messages.detail(newsroom.actor("charlie"), draft.id)
    assert [text.title for text in seen.revisions] == ["Sales moved", "Sales moves house"]
    assert (seen.events, seen.moves) == ((), ())
    events = newsroom.messages.detail(newsroom.actor("alice"), draft.id).events
    assert [event.action for event in events] == ["message:revise", "message:publish", "message:save"]


@ON_EVERY_STORE
def test_maintenance_is_planned_then_on_then_over_by_the_clock_alone(
    newsroom: Newsroom, portal: Portal, clock: Clock
) -> None:
    start, end = clock() + 48 * HOUR, clock() + 50 * HOUR
    message = newsroom.write(kind="maintenance", title="Upgrade", starts_at=start, ends_at=end)
    for hours, shown, banner, state in (
        (0, "scheduled", False, State.operational), (24, "scheduled", True, State.operational),
        (24, "published", True, State.maintenance), (2, "expired", False, State.operational),
    ):  # fmt: skip
        clock.advance(hours=hours)
        portal.status.report("orders")
        assert (message.state_at(clock()), message.is_shown(clock())) == (shown, banner)
        planned = portal.status.board(portal.status.snapshot(), Scope(everything=True)).planned
        assert (tile(portal).state, [w.title for w in planned]) == (state, ["Upgrade"] if shown != "expired" else [])


@ON_EVERY_STORE
def test_maintenance_leaves_the_uptime_from_the_moment_it_is_published(
    newsroom: Newsroom, portal: Portal, clock: Clock
) -> None:
    portal.status.report("orders")
    newsroom.write(kind="maintenance", starts_at=clock(), ends_at=clock() + HOUR)
    clock.advance(minutes=10)
    portal.status.report("orders")
    day = tile(portal).strip.days[-1]
    assert day is not None
    assert (day.operational_ms, day.maintenance_ms) == (0, 10 * 60_000)


def test_maintenance_of_no_named_platform_is_of_all(newsroom: Newsroom, portal: Portal, clock: Clock) -> None:
    newsroom.write(by="dana", kind="maintenance", platform_ids=(), starts_at=clock(), ends_at=clock() + HOUR)
    assert [(window := tile(portal, id_).window) and window.title for id_ in ("sales", "gateway", "payroll")] == [
        "Sales moves"
    ] * 3


@pytest.mark.parametrize("move", ["withdraw", "end"])
def test_maintenance_that_was_withdrawn_or_ended_is_on_no_longer(
    newsroom: Newsroom, portal: Portal, clock: Clock, move: str
) -> None:
    on = newsroom.write(kind="maintenance", starts_at=clock(), ends_at=clock() + HOUR)
    clock.advance(minutes=5)
    newsroom.move(move, on, **({"reason": "Not needed"} if move == "withdraw" else {}))
    assert (tile(portal).window, newsroom.titles()) == (None, [])


def test_withdrawing_needs_a_reason_which_readers_can_read(newsroom: Newsroom) -> None:
    message = newsroom.write()
    with pytest.raises(Refused) as refused:
        newsroom.move("withdraw", message, reason=" ")
    assert refused.value.at == {"reason": "Why: please fill this in."}
    newsroom.move("withdraw", message, reason="Wrong platform")
    assert [m.reason for m in newsroom.messages.archive(newsroom.actor("charlie"))] == ["Wrong platform"]


def test_a_pinned_message_can_be_unpinned_and_neither_is_a_new_text(newsroom: Newsroom) -> None:
    pinned = newsroom.move("pin", newsroom.write())
    assert (pinned.pinned, pinned.revision) == (True, 1)
    with pytest.raises(Conflict):
        newsroom.move("pin", pinned)
    assert newsroom.move("unpin", pinned).pinned is False


# dismissing


@ON_EVERY_STORE
def test_who_dismissed_a_text_sees_the_next_one(newsroom: Newsroom, portal: Portal) -> None:
    message = newsroom.write()
    for _ in range(2):
        newsroom.messages.dismiss(newsroom.actor("charlie"), message.id)
    assert dismissed(newsroom) == {"charlie@example.org"}
    newsroom.again("revise", message, title="Sales moves later")
    assert dismissed(newsroom) == set()


def dismissed(newsroom: Newsroom) -> frozenset[str]:
    newsroom.titles()
    (message,) = cached_messages.announced(newsroom.portal, newsroom.actor("charlie")).value or ()
    return message.dismissed_by


def test_what_may_not_be_dismissed_stays(newsroom: Newsroom) -> None:
    message = newsroom.write(dismissible=False)
    with pytest.raises(Invalid, match="stays until it ends"):
        newsroom.messages.dismiss(newsroom.actor("charlie"), message.id)


# rights


@pytest.mark.parametrize(
    ("who", "platform_ids", "may"),
    [
        ("alice", ("sales",), True), ("alice", ("gateway",), False), ("alice", ("sales", "gateway"), False),
        ("alice", (), False), ("dana", (), True), ("dana", ("sales", "payroll"), True), ("frank", ("payroll",), True),
        ("gina", ("sales",), False), ("erin", ("payroll",), False), ("charlie", ("sales",), False),
        ("charlie", (), False), ("charlie", ("payroll",), False), ("charlie", ("no-such",), False),
    ],
)  # fmt: skip
def test_owners_publish_for_their_platforms_and_admins_for_all(
    newsroom: Newsroom, who: str, platform_ids: tuple[str, ...], may: bool
) -> None:
    with nullcontext() if may else pytest.raises(Forbidden, match="needs the role"):
        newsroom.write(by=who, platform_ids=platform_ids)


@pytest.mark.parametrize("who", ["charlie", "gina", "frank"])
@pytest.mark.parametrize("name", ["withdraw", "end", "pin"])
def test_others_cannot_touch_what_owners_published(newsroom: Newsroom, who: str, name: str) -> None:
    message = newsroom.write()
    with pytest.raises(Forbidden):
        newsroom.move(name, message, by=who, reason="No")
    with pytest.raises(Forbidden):
        newsroom.again("revise", message, by=who)


def test_a_message_cannot_be_taken_over_by_naming_ones_own_platform(newsroom: Newsroom) -> None:
    message = newsroom.write(by="dana", platform_ids=("gateway",))
    with pytest.raises(Forbidden):
        newsroom.again("revise", message, by="alice", platform_ids=("sales",))
    mine = newsroom.write()
    with pytest.raises(Forbidden):
        newsroom.again("revise", mine, by="alice", platform_ids=("sales", "gateway"))


@ON_EVERY_STORE
def test_a_message_is_seen_by_who_sees_one_of_its_platforms(newsroom: Newsroom, clock: Clock) -> None:
    newsroom.write(by="dana", title="All", platform_ids=(), ends_at=clock() + HOUR)
    newsroom.write(by="dana", title="Both", platform_ids=("sales", "payroll"), ends_at=clock() + HOUR)
    secret = newsroom.write(by="frank", title="Secret", platform_ids=("payroll",), ends_at=clock() + HOUR)
    for who, secrets in (("charlie", []), ("alice", []), ("erin", ["Secret"]), ("dana", ["Secret"])):
        assert newsroom.titles(who) == ["All", "Both", *secrets], who
    clock.advance(hours=2)
    for who, secrets in (("charlie", []), ("erin", ["Secret"]), ("dana", ["Secret"])):
        assert sorted(m.title for m in newsroom.messages.archive(newsroom.actor(who))) == ["All", "Both", *secrets]
    for deed in (newsroom.messages.detail, newsroom.messages.dismiss):
        with pytest.raises(NotFound):
            deed(newsroom.actor("charlie"), secret.id)
    both = newsroom.messages.archive(newsroom.actor("charlie"), "both")[0]
    assert newsroom.messages.detail(newsroom.actor("charlie"), both.id).places == {"sales": "Sales"}


def test_drafts_are_for_those_who_may_publish_them(newsroom: Newsroom) -> None:
    draft = newsroom.write("save")
    assert [m.id for m in newsroom.messages.unpublished(newsroom.actor("bob"))] == [draft.id]
    for who in ("charlie", "gina", "frank"):
        assert newsroom.messages.unpublished(newsroom.actor(who)) == ()
        with pytest.raises(NotFound):
            newsroom.messages.detail(newsroom.actor(who), draft.id)
    newsroom.move("discard", draft)
    assert newsroom.messages.unpublished(newsroom.actor("bob")) == ()


# two people


def test_with_two_people_asked_for_nobody_publishes_alone(newsroom: Newsroom, portal: Portal) -> None:
    with pytest.raises(Forbidden):
        newsroom.ask_for_two("alice")
    newsroom.ask_for_two("dana")
    with pytest.raises(Forbidden, match="Another person has to approve"):
        newsroom.write("publish", by="dana", platform_ids=())
    waiting = newsroom.write("submit")
    assert newsroom.titles("alice") == []
    for who in ("alice", "charlie", "gina"):
        with pytest.raises(PortalError):
            newsroom.move("approve", waiting, by=who)
    (told,) = portal.outbox.pending(LONG_AGO)
    assert told.recipients == ("bob@example.org", "dana@example.org")
    assert (told.topic, told.audience) == ("message:submit", "staff")
    newsroom.move("approve", waiting, by="bob")
    assert newsroom.titles() == ["Sales moves"]


def test_a_change_of_what_is_published_waits_for_the_other_owner_too(newsroom: Newsroom) -> None:
    message = newsroom.write()
    newsroom.ask_for_two("dana")
    with pytest.raises(Forbidden, match="Another person has to approve"):
        newsroom.again("revise", message, by="bob", title="Changed")
    waiting = newsroom.again("propose", message, by="bob", title="Changed")
    assert newsroom.titles() == []
    with pytest.raises(Forbidden):
        newsroom.move("approve", waiting, by="bob")
    shown = newsroom.move("approve", waiting, by="alice")
    assert (newsroom.titles(), shown.revision) == (["Changed"], 2)


def test_a_text_goes_back_with_a_reason_and_can_be_submitted_again(newsroom: Newsroom) -> None:
    newsroom.ask_for_two("dana")
    back = newsroom.move("return", newsroom.write("submit"), by="bob", reason="Say when")
    assert (back.state, back.reason) == ("draft", "Say when")
    assert newsroom.again("submit", back).state == "waiting"


# somebody was faster, or was killed


@ON_EVERY_STORE
def test_the_same_form_sent_twice_is_one_message(newsroom: Newsroom) -> None:
    draft, alice = newsroom.draft(), newsroom.actor("alice")
    first, again = (newsroom.messages.write(alice, "publish", draft) for _ in range(2))
    assert (first.id, first.version) == (again.id, again.version)
    with pytest.raises(Conflict, match="Somebody was faster"):
        newsroom.messages.write(newsroom.actor("dana"), "publish", draft)
    assert newsroom.titles() == ["Sales moves"]


@ON_EVERY_STORE
def test_of_two_who_change_the_same_version_one_is_told(newsroom: Newsroom) -> None:
    message = newsroom.write()
    newsroom.again("revise", message, title="From alice")
    with pytest.raises(Conflict, match="What you wrote stays here"):
        newsroom.again("revise", message, by="bob", title="From bob")
    with pytest.raises(Conflict):
        newsroom.move("withdraw", message, by="bob", reason="No")
    assert newsroom.titles() == ["From alice"]


def test_who_is_overtaken_between_reading_and_writing_is_told(newsroom: Newsroom, portal: Portal, clock: Clock) -> None:
    message, alice = newsroom.write(), newsroom.actor("alice")
    deeds = iter([lambda: newsroom.again("revise", message, by="bob", title="From bob")])

    def interrupted() -> datetime:
        for deed in deeds:
            deed()
        return clock()

    slow = portal.replace(clock=interrupted).messages
    with pytest.raises(Conflict, match="Somebody was faster"):
        slow.move(alice, message.id, message.version, "pin")
    assert newsroom.titles() == ["From bob"]


@pytest.mark.parametrize("lost", ["message_revisions", "outbox", "audit_events"])
def test_what_a_killed_process_left_out_is_done_later_once(
    newsroom: Newsroom, portal: Portal, recording: Portal, lost: str
) -> None:
    first = newsroom.write()
    assert isinstance(recording.engine, RecordingEngine)
    recording.engine.fail(1, Unavailable("killed"), f"INSERT INTO {lost}")
    with pytest.raises(Unavailable):
        recording.messages.write(
            newsroom.actor("alice"), "revise", newsroom.draft(id=first.id, title="Second"), first.version
        )
    assert [portal.messages.repair(), portal.messages.repair()] == [1, 0]
    seen = portal.messages.detail(newsroom.actor("alice"), first.id)
    assert [text.title for text in seen.revisions] == ["Second", "Sales moves"]
    assert [event.action for event in seen.events] == ["message:revise", "message:publish"]
    assert [notice.topic for notice in portal.outbox.pending(LONG_AGO)] == ["message:publish", "message:revise"]


def test_a_notice_holds_enough_for_a_card(newsroom: Newsroom, portal: Portal, clock: Clock) -> None:
    newsroom.write(kind="maintenance", severity="warning")
    (notice,) = portal.outbox.pending(LONG_AGO)
    assert (notice.topic, notice.platform_id, notice.audience) == ("message:publish", "sales", "everybody")
    assert notice.payload == {
        "kind": "maintenance", "severity": "warning", "title": "Sales moves", "zone": "Europe/Berlin", "pinned": False,
        "revision": 1, "platform_ids": ["sales"], "state": "scheduled", "reason": None, "text": "On *Friday*.",
        "starts_at": (clock() + HOUR).isoformat(), "ends_at": (clock() + 2 * HOUR).isoformat(), "quiet": False,
        "label": "Scheduled", "path": f"messages?id={notice.object_id}", "edition": "1 published",
        "key": "Maintenance", "deed": "published it", "not_before": None,
    }  # fmt: skip


# the archive, and messages of older portals


def test_the_archive_is_searched_by_words(newsroom: Newsroom, clock: Clock) -> None:
    for title, body in (("Cluster 17 LTS", "Runtime"), ("50% off_", "\\ nothing"), ("مرحبا", "🙂")):
        newsroom.write(title=title, body=body, ends_at=clock() + HOUR)
    clock.advance(hours=2)
    for search, found in (
        ("lts cluster", ["Cluster 17 LTS"]), ("RUNTIME 17", ["Cluster 17 LTS"]), ("50%", ["50% off_"]),
        ("\\", ["50% off_"]), ("مرحبا", ["مرحبا"]), ("lts nothing", []), ("", ["50% off_", "Cluster 17 LTS", "مرحبا"]),
    ):  # fmt: skip
        assert sorted(m.title for m in newsroom.messages.archive(newsroom.actor("charlie"), search)) == found


def test_a_message_of_an_older_portal_is_read_and_changed(newsroom: Newsroom, portal: Portal, clock: Clock) -> None:
    at = clock()
    row = {
        "id": new_id(at), "kind": "maintenance", "severity": "info", "title": "Upgrade", "body": "",
        "platform_ids": ["sales"], "starts_at": at, "ends_at": at + HOUR, "state": "published", "version": 1,
        "created_at": at, "created_by": "alice@example.org", "updated_at": at, "updated_by": "alice@example.org",
    }  # fmt: skip
    portal.statements.append("status_messages", [row])
    seen = portal.messages.detail(newsroom.actor("alice"), row["id"])
    assert (seen.message.revision, seen.message.dismissible, seen.message.zone) == (1, True, "UTC")
    assert newsroom.again("revise", seen.message, title="Upgrade of Sales").revision == 2
    assert newsroom.titles() == ["Upgrade of Sales"]
