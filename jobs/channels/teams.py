"""A Teams channel behind a Workflows webhook: an Adaptive Card, as its "foreach attachment" wants it.

The flow answers 202 before it posts, so sent means accepted, not shown.
"""

from __future__ import annotations

import json
import re
from typing import Any

from data.notifications.cards import cut
from data.notifications.model import Card
from jobs.channels.base import Office, Parcel
from jobs.channels.receivers import Receivers

MOST_BYTES = 15_000
_MARKDOWN = re.compile(r"([\\`*_~\[\]()#>|!+-])")


class TeamsSender:
    def __init__(self, office: Office) -> None:
        self._receivers = Receivers(office)

    def send(self, parcel: Parcel) -> None:
        channel = self._receivers.channel(parcel.target)
        self._receivers.post(channel, message(parcel.cards[-1]), {"Idempotency-Key": parcel.key})

    def close(self) -> None:
        self._receivers.close()


def message(card: Card) -> bytes:
    """At most 15 KB: the text gives way."""
    text = card.text
    while len(wire := _wire(card, text)) > MOST_BYTES and text:
        text = cut(text, len(text) // 2)
    return wire


def _wire(card: Card, text: str) -> bytes:
    title = {"type": "TextBlock", "size": "Large", "weight": "Bolder", "wrap": True, "text": plain(card.title)}
    body: list[dict[str, Any]] = [title]
    if card.facts:
        facts = [{"title": plain(name), "value": plain(value)} for name, value in card.facts]
        body.append({"type": "FactSet", "facts": facts})
    if text:
        body.append({"type": "TextBlock", "wrap": True, "text": plain(text)})
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
        "msteams": {"width": "Full"}, "body": body,
        "actions": [{"type": "Action.OpenUrl", "title": name, "url": url} for name, url in card.links],
    }  # fmt: skip
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content
    }  # fmt: skip
    return json.dumps({"type": "message", "attachments": [attachment]}, ensure_ascii=False).encode()


def plain(text: str) -> str:
    """Shown as it was written: no Markdown, no mentions, no functions of the card."""
    escaped = _MARKDOWN.sub(r"\\\1", text.replace("<", "\u2039").replace(">", "\u203a"))
    return escaped.replace("{{", "{ {").replace("${", "$ {")
