"""What people are told of a message: enough for a card, in one notice for each move."""

from __future__ import annotations

from datetime import datetime

from data.messages.model import Message
from data.messages.workflow import move_named, platform_of
from data.notifications.model import Notice

EXCERPT = 500


def notice_of(message: Message, recipients: tuple[str, ...] = ()) -> Notice:
    event = message.event
    assert event is not None, "a stored message keeps its event"
    quiet = move_named(event.action.removeprefix("message:")).quiet
    staff = quiet or message.state in ("draft", "waiting", "discarded")
    told = {name: getattr(message, name) for name in ("kind", "severity", "title", "zone", "pinned", "revision")}
    return Notice(
        id=event.id, at=event.at, topic=event.action, object_type="message", object_id=message.id,
        platform_id=platform_of(message), actor=event.actor, audience="staff" if staff else "everybody",
        recipients=recipients,
        payload=told | {
            "platform_ids": list(message.platform_ids), "state": message.state_at(event.at),
            "starts_at": _text(message.starts_at), "ends_at": _text(message.ends_at), "reason": message.reason,
            "excerpt": message.body[:EXCERPT], "quiet": quiet,
        },
    )  # fmt: skip


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
