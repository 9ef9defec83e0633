"""Rows of the store as tickets, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from data.audit.model import as_text, from_text
from data.statements import Row
from data.tickets.ids import bucket_of
from data.tickets.model import Approval, Attachment, Comment, Tally, Ticket

EXCERPT = 160
_BESIDE = {"tally", "members_only"}
_HEAD = tuple(field.name for field in fields(Ticket) if field.name not in _BESIDE)


def ticket_from_row(row: Row) -> Ticket:
    head = {name: row[name] for name in _HEAD if name in row}
    event = row.get("event")
    return Ticket(
        **head | {
            "fields": json.loads(row["fields"]) if row.get("fields") else {},
            "readers": tuple(row.get("readers") or ()),
            "event": from_text(event) if event else None,
        },
        tally=Tally(
            int(row.get("votes") or 0), int(row.get("comments") or 0), row.get("first_response_at"),
            row.get("last_comment_at"),
        ),
        members_only=row.get("visibility", "everyone") != "everyone",
    )  # fmt: skip


def ticket_row(ticket: Ticket) -> Row:
    assert ticket.event is not None, "a ticket is written with the event that made it so"
    head = {name: getattr(ticket, name) for name in _HEAD}
    return head | {
        "bucket": bucket_of(ticket.id),
        "fields": as_json(ticket.fields),
        "readers": list(ticket.readers),
        "event": as_text(ticket.event),
        "excerpt": excerpt(ticket.body),
    }


def excerpt(body: str) -> str:
    text = " ".join(body.split())
    return text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1].rstrip()}…"


def as_json(answers: Mapping[str, Any]) -> str:
    return json.dumps(dict(answers), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def comments_from_rows(rows: Iterable[Row]) -> tuple[Comment, ...]:
    """Every version; of one id the versions follow each other."""
    return tuple(
        Comment(
            id=row["id"], ticket_id=row["ticket_id"], body=row["body"], author=row["created_by"],
            internal=row["internal"], by_staff=row["by_staff"], state=row["state"], reason=row["reason"],
            version=row["version"], created_at=row["created_at"], updated_at=row["updated_at"],
            updated_by=row["updated_by"], edited=row["edited"],
        )
        for row in rows
    )  # fmt: skip


def newest(versions: Iterable[Comment]) -> tuple[Comment, ...]:
    return tuple({comment.id: comment for comment in versions}.values())


def approval_from_row(row: Row) -> Approval:
    return Approval(**{field.name: row[field.name] for field in fields(Approval)})


def attachment_from_row(row: Row) -> Attachment:
    return Attachment(**{field.name: row[field.name] for field in fields(Attachment)})
