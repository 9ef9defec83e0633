"""The portal's own senses: one row a source, with the state of its last run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.markup import counted, esc, icon, plain
from components.moments import Here
from data.status import words
from data.status.board import Feed, FeedState

LOOKS: Mapping[FeedState, tuple[str, str, str]] = {
    "succeeded": ("Working", "check_circle", "green"),
    "partial": ("Partly blind", "warning", "orange"),
    "failed": ("Failed", "cancel", "red"),
    "late": ("Late", "schedule", "yellow"),
    "never": ("Never ran", "help", "gray"),
}


def feed_html(feed: Feed, here: Here) -> str:
    word, mark, hue = LOOKS[feed.state]
    ran = f"ran {here.ago(feed.finished_at)}" if feed.finished_at else "no run yet"
    error = f"<p>{esc(feed.error)}</p>" if feed.error else ""
    wish = f'<p class="blue ink">{wanted(feed, here)}</p>' if feed.wanted_at else ""
    head = f'{icon(mark, f"{hue} ink")}<b>{esc(feed.source)}</b><span class="{hue} ink">{word}</span>'
    return (
        f'<div class="feed"><div>{head}</div>'
        f"<p>{ran} · {due(feed, here)} · {counted(feed.checks, 'check')}</p>{error}{wish}</div>"
    )


def feeds_table(feeds: Sequence[Feed], here: Here) -> list[dict[str, str]]:
    """Cells are Markdown."""
    return [
        {
            "Source": plain(feed.source), "State": badge(feed), "Checks": str(feed.checks),
            "Last run": plain(_ran(feed, here)),
            "Took": words.duration(feed.finished_at - feed.started_at) if feed.finished_at and feed.started_at else "",
            "Told": counted(feed.rows, "reading"), "Next": plain(due(feed, here)), "Problem": plain(feed.error or ""),
        }
        for feed in feeds
    ]  # fmt: skip


def summary(feeds: Sequence[Feed]) -> str:
    working = sum(feed.state == "succeeded" for feed in feeds)
    if not feeds:
        return "What tells the portal how things are."
    return (
        f"{working} of {counted(len(feeds), 'source')} working. What a source cannot see turns unknown, "
        "with the reason; it never stays green."
    )


def wanted(feed: Feed, here: Here) -> str:
    """'asked by dev, 5 s ago', as HTML."""
    who = (feed.wanted_by or "somebody").partition("@")[0]
    return f"asked by {esc(who)}, {here.ago(feed.wanted_at)}" if feed.wanted_at else ""


def badge(feed: Feed) -> str:
    word, mark, hue = LOOKS[feed.state]
    return f":{hue}-badge[:material/{mark}: {word}]"


def due(feed: Feed, here: Here) -> str:
    if feed.next_due_at is None:
        return "not planned"
    coming = feed.next_due_at > here.now
    return f"due {here.until(feed.next_due_at)}" if coming else f"was due {here.ago(feed.next_due_at)}"


def _ran(feed: Feed, here: Here) -> str:
    return f"{here.clock(feed.finished_at)}, {here.ago(feed.finished_at)}" if feed.finished_at else "none yet"
