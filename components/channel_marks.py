"""How a channel and its fare read."""

from __future__ import annotations

from collections.abc import Mapping

from components.markup import chip, counted, esc, icon
from components.moments import Here
from data.notifications.model import KINDS, Channel, ChannelType, Fare

Names = Mapping[str, str]
"""Of platforms, by id."""
TYPES: Mapping[ChannelType, tuple[str, str]] = {"teams": ("Teams", "groups"), "webhook": ("Webhook", "webhook")}
"""Word and icon."""
ALL = "All platforms"


def channel_html(channel: Channel, fare: Fare | None, unset: tuple[str, ...], names: Names, here: Here) -> str:
    word, mark = TYPES[channel.type]
    where = names.get(channel.platform_id, channel.platform_id) if channel.platform_id else ALL
    paused = chip("Paused", "It is told nothing until somebody resumes it") if channel.state == "paused" else ""
    missing = said("warning", "orange", f"Not set in this process: {', '.join(unset)}") if unset else ""
    kinds = [kind for kind in KINDS if kind in channel.kinds]
    return (
        f'<div class="channel"><p>{icon(mark)}<b>{esc(channel.name)}</b>{paused}</p>'
        f'<p class="faint">{word} · {esc(where)} · {", ".join(kinds)}</p>'
        f"<p>{fare_html(fare, here)}</p>{missing}{error_html(fare, here)}{test_html(fare, here)}</div>"
    )


def fare_html(fare: Fare | None, here: Here) -> str:
    if fare is None or not (fare.sent_at or fare.waiting or fare.dead):
        return "Nothing delivered in 30 days"
    sent = f"Last delivered {here.time(fare.sent_at)}" if fare.sent_at else "Nothing delivered in 30 days"
    waiting = f"{counted(fare.waiting, 'card')} on the way" if fare.waiting else ""
    dead = f"{fare.dead:,} given up" if fare.dead else ""
    return " · ".join(filter(None, (sent, waiting, dead)))


def error_html(fare: Fare | None, here: Here) -> str:
    """What went wrong since it was last delivered to."""
    if fare is None or not fare.error or not fare.failed_at or (fare.sent_at and fare.sent_at > fare.failed_at):
        return ""
    if fare.error == fare.test_error:
        return ""
    return said("error", "red", f"{here.clock(fare.failed_at)}: {fare.error}")


def test_html(fare: Fare | None, here: Here) -> str:
    if fare is None or fare.test_at is None:
        return ""
    at, why = here.clock(fare.test_at), fare.test_error or ""
    match fare.test_state:
        case "sent":
            return said("check_circle", "green", f"Test card of {at}: delivered.")
        case "pending":
            if why:
                return said("schedule", "orange", f"Test card of {at}: it is tried again. {why}")
            return said("schedule", "blue", f"Test card of {at}: on its way, within a minute.")
    return said("cancel", "red", f"Test card of {at}: not delivered. {why}")


def said(mark: str, hue: str, text: str) -> str:
    return f'<p class="{hue} ink">{icon(mark)} {esc(text)}</p>'
