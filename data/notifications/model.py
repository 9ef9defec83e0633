"""One thing to tell, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Audience = Literal["everybody", "staff"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`id` is that of the event it tells of, so that it is told once."""

    id: str
    at: datetime
    topic: str
    object_type: str
    object_id: str
    platform_id: str | None
    actor: str
    audience: Audience
    recipients: tuple[str, ...]
    """People, without the actor. Delivery asks again whether they may see it."""
    payload: Mapping[str, Any] = field(default_factory=dict)
