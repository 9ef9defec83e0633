"""The clocks we truly know, in one box: what changed, since when it is so, when we looked, what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from components.markup import esc, icon
from components.moments import Here
from components.status_tiles import TIME_MODES, expected
from components.theme import LOOKS
from data.status import words
from data.status.board import CheckView
from data.status.model import State


@dataclass(frozen=True, slots=True)
class Clock:
    """`value` is HTML; `hue` colours the clock that broke."""

    label: str
    mark: str
    value: str
    note: str
    hue: str = ""


def clocks(view: CheckView, here: Here) -> list[Clock]:
    return [_data(view, here), _state(view, here), _look(view, here), _next(view, here)]


def chain_html(chain: list[Clock]) -> str:
    return f'<div class="chain">{"".join(_part(clock) for clock in chain)}</div>'


def _data(view: CheckView, here: Here) -> Clock:
    if view.check.mode in TIME_MODES:
        if view.source_event_at is None:
            return Clock("Data changed", "database", "Not known", "the source named no time")
        age = words.duration(here.since(view.source_event_at))
        return Clock("Data changed", "database", here.time(view.source_event_at), f"{age} old, told by the source")
    if view.last_success_at is None:
        return Clock("Last good answer", "task_alt", "None yet", "since it is watched")
    return Clock("Last good answer", "task_alt", here.time(view.last_success_at), here.ago(view.last_success_at))


def _state(view: CheckView, here: Here) -> Clock:
    look = LOOKS[view.state]
    hue = "" if view.state is State.operational else look.hue
    if view.since is None:
        return Clock(f"{look.word} since", look.icon, "the beginning", "it was never looked at", hue)
    before = f", {LOOKS[view.previous_state].word.lower()} before" if view.previous_state else ""
    held = words.duration(here.since(view.since))
    return Clock(f"{look.word} since", look.icon, here.time(view.since), f"for {held}{before}", hue)


def _look(view: CheckView, here: Here) -> Clock:
    every = f"every {words.duration(view.check.every)}"
    if view.observed_at is None:
        return Clock("Portal looked", "visibility", "Never", every)
    return Clock("Portal looked", "visibility", here.time(view.observed_at), f"{here.ago(view.observed_at)}, {every}")


def _next(view: CheckView, here: Here) -> Clock:
    fact = expected(view, here)
    if view.check.mode not in TIME_MODES:
        return Clock("Next look", "event_upcoming", fact.value, fact.relative)
    label = "Was due" if fact.word == "Was due" else "Data expected"
    return Clock(label, "event_upcoming", fact.value, "" if fact.relative == "expected" else fact.relative)


def _part(clock: Clock) -> str:
    css = f' class="{clock.hue} broke"' if clock.hue else ""
    label = f"{icon(clock.mark)}{esc(clock.label)}"
    return f"<div{css}><span>{label}</span><b>{clock.value}</b><p>{esc(clock.note)}</p></div>"
