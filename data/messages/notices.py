"""What people are told of a message: enough for a card, in one notice for each move."""

from __future__ import annotations

from datetime import datetime

from data.messages.model import KINDS, Message
from data.messages.workflow import STATES, move_named, platform_of
from data.notifications.model import Notice

EXCERPT = 500


def notice_of(message: Message, recipients: tuple[str, ...] = ()) -> Notice:
    event = message.event
    assert event is not None, "a stored message keeps its event"
    move = move_named(event.action.removeprefix("message:"))
    quiet = move.quiet or _never_told(message, event.at)
    staff = quiet or message.state in ("draft", "waiting", "discarded")
    state = message.state_at(event.at)
    told = {name: getattr(message, name) for name in ("kind", "severity", "title", "zone", "pinned", "revision")}
    return Notice(
        id=event.id, at=event.at, topic=event.action, object_type="message", object_id=message.id,
        platform_id=platform_of(message), actor=event.actor, audience="staff" if staff else "everybody",
        recipients=recipients,
        payload=told | {
            "platform_ids": list(message.platform_ids), "state": state, "label": STATES[state],
            "starts_at": _text(message.starts_at), "ends_at": _text(message.ends_at), "reason": message.reason,
            "text": message.body[:EXCERPT], "quiet": quiet, "path": f"messages?id={message.id}",
            "edition": edition_of(message), "key": KINDS.get(message.kind), "deed": move.past,
            "not_before": _text(message.starts_at) if state == "scheduled" and not _told_ahead(message) else None,
        },
    )  # fmt: skip


def edition_of(message: Message) -> str:
    """Another one with each text that is published, and once it is published no more."""
    return f"{message.revision} {message.state}"


def _told_ahead(message: Message) -> bool:
    """People plan around maintenance, so they hear of it when it is announced; of all else when it begins."""
    return message.kind == "maintenance"


def _never_told(message: Message, at: datetime) -> bool:
    """Withdrawn before anybody heard of it."""
    begun = message.starts_at is None or message.starts_at <= at
    return message.state == "withdrawn" and not begun and not _told_ahead(message)


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
