"""How messages look everywhere: icon, word and colour of what they are, when they hold and where."""

from __future__ import annotations

from collections.abc import Mapping

from components.markup import esc, icon
from components.moments import Here
from data.messages.model import KINDS, Message
from data.messages.workflow import STATES

HUES: Mapping[str, str] = {"info": "blue", "warning": "orange", "critical": "red"}
ICONS: Mapping[str, str] = {
    "announcement": "campaign", "incident": "emergency_home", "maintenance": "build", "release": "new_releases",
}  # fmt: skip
SEVERE: Mapping[str, str] = {"warning": "warning", "critical": "error"}
STATE_HUES: Mapping[str, str] = {"published": "green", "scheduled": "blue", "waiting": "orange", "withdrawn": "red"}


def notice_html(message: Message, here: Here, names: Mapping[str, str] | None = None) -> str:
    """One line: what it is, its title, when, and the platforms of which `names` tells the name."""
    mark = SEVERE.get(message.severity) or ICONS.get(message.kind, "campaign")
    severe = "" if message.severity == "info" else f" · {message.severity.title()}"
    kind = f'<span class="kind">{icon(mark)}{esc(KINDS.get(message.kind, message.kind))}{severe}</span>'
    said = " · ".join(filter(None, [when(message, here), places(message, names or {})]))
    pinned = icon("keep", "faint") if message.pinned else ""
    hue = HUES.get(message.severity, "blue")
    return f'<div class="notice {hue}">{kind}{pinned}<b>{esc(message.title)}</b> {esc(said)}</div>'


def when(message: Message, here: Here) -> str:
    """'Sat 22:00 to Sat 23:30', 'since 08:40', 'until 12:00', 'ended Mon 12:00'."""
    start, end = message.starts_at, message.ends_at
    state = message.state_at(here.now)
    if message.kind == "maintenance" and start and end:
        on = "now, until " if state == "published" else f"{here.clock(start)} to "
        return f"{on}{here.clock(end)}"
    if state == "scheduled" and start:
        return f"from {here.clock(start)}"
    if end:
        return f"{'ended' if state == 'expired' else 'until'} {here.clock(end)}"
    return f"since {here.clock(start)}" if start else ""


def places(message: Message, names: Mapping[str, str]) -> str:
    return ", ".join(names[id_] for id_ in message.platform_ids if id_ in names)


def state_pill(message: Message, here: Here) -> str:
    state = message.state_at(here.now)
    return f'<span class="pill {STATE_HUES.get(state, "gray")}">{esc(STATES[state])}</span>'
