"""Small marks of the roadmap as HTML: horizon, quarter, votes, drift. The same on the board and beside a ticket."""

from __future__ import annotations

from components.markup import chip, counted, esc, icon
from components.moments import Here
from components.ticket_listing import Names
from components.ticket_marks import avatar, day_word
from data.roadmap.model import Drift, Entry, Horizon, Item
from data.roadmap.rules import HORIZONS, STATES, is_done, quarter_words

HUES = {Horizon.now: "primary", Horizon.next: "blue", Horizon.later: "gray", Horizon.shipped: "green"}


def dot(horizon: Horizon) -> str:
    """Decoration: the word always stands beside it."""
    return f'<span class="dot-mark {HUES[horizon]}" aria-hidden="true"></span>'


def horizon_pill(item: Item) -> str:
    return f'<span class="pill {HUES[item.horizon]}">{dot(item.horizon)}{HORIZONS[item.horizon][0]}</span>'


def state_pill(item: Item) -> str:
    """Of what not everybody sees."""
    if not item.hidden:
        return ""
    return f'<span class="pill yellow">{icon("visibility_off")}{STATES[item.state]}</span>'


def chips(item: Item, names: Names, here: Here) -> str:
    """Where and when: the platform, else the theme; the day it shipped, else the target quarter."""
    where = names.get(item.platform_id or "", "") or item.theme
    draft = f'<span class="chip yellow draft">{icon("visibility_off")}Draft</span>' if item.state == "draft" else ""
    when = time_chip(item, here)
    return f'<div class="chips">{chip(where)}{when}{draft}</div>'


def time_chip(item: Item, here: Here) -> str:
    if item.shipped_at:
        return _dated(day_word(item.shipped_at, here), here.exact(item.shipped_at))
    return _dated(quarter_words(item.quarter), "Target quarter") if item.quarter else ""


def _dated(words: str, title: str) -> str:
    return f'<span class="chip" title="{esc(title)}">{icon("calendar_month")}{esc(words)}</span>'


def backing(entry: Entry) -> str:
    """'231 votes · 6 requests'."""
    return f"{counted(entry.votes, 'vote')} · {counted(len(entry.requests), 'request')}"


def card_html(entry: Entry, names: Names, here: Here) -> str:
    item = entry.item
    owner = f'<span title="Owner: {esc(item.owner)}">{avatar(item.owner)}</span>'
    foot = f"<span>{icon('keyboard_arrow_up')}{backing(entry)}</span>{owner}"
    return f'{chips(item, names, here)}<div class="backing">{foot}</div>{drift_html(entry)}'


def drift_html(entry: Entry) -> str:
    """Role and icon with it: not told by colour alone."""
    return "".join(f'<p class="drift">{icon("warning")}<span>{esc(words)}</span></p>' for words in drift_words(entry))


def drift_words(entry: Entry) -> list[str]:
    done = sum(map(is_done, entry.requests))
    all_done = f"All {done} linked requests are done" if done > 1 else "Its linked request is done"
    words = {
        Drift.done: f"{all_done if done else 'All linked requests are done'}, item is not shipped",
        Drift.late: "Target quarter has passed",
        Drift.idle: "Now, but nothing linked is in delivery",
    }
    return [words[drift] for drift in entry.drifts]
