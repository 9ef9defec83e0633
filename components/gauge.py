"""How far the measured thing is from its limits: one bar, two ticks, the usual band."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from components.markup import esc
from components.moments import Here, long_day
from components.theme import LOOKS
from data.status import words
from data.status.board import CheckView
from data.status.calendars import Due, first_owed, previous_due
from data.status.model import Check, Mode, Severity, State

HEADROOM = 1.42
"""The scale ends this far beyond the last limit, so that its label has room."""


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    """Share of the scale, 0..1."""
    word: str
    limit: str
    hue: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """Shares of the scale are 0..1; `fill` is None when the reading is not known (drawn as a hatch)."""

    label: str
    reading: str
    fill: float | None
    ticks: tuple[Tick, ...]
    hue: str
    band: tuple[float, float] | None = None
    usual: str = ""
    basis: str = ""

    @property
    def spoken(self) -> str:
        limits = ", ".join(f"{tick.word} {tick.limit}" for tick in self.ticks)
        return f"{self.label}: {self.reading}" + (f"; limits: {limits}" if limits else "")


def gauge_of(view: CheckView, here: Here, stale_factor: float) -> Gauge:
    match view.check.mode:
        case Mode.age | Mode.heartbeat:
            return _age(view, here)
        case Mode.deadline:
            return _deadline(view, here)
        case Mode.threshold:
            return _number(view)
        case _:
            return _answer(view, here, stale_factor)


def _age(view: CheckView, here: Here) -> Gauge:
    limits = view.check.thresholds
    bounds = [(seconds(limits.warn_after), "late", "yellow"), (seconds(limits.error_after), *_worse(view.check))]
    age = None if view.source_event_at is None else here.since(view.source_event_at)
    label = "Last sign of life" if view.check.mode is Mode.heartbeat else "Age of data"
    return _scaled(view, label, age, bounds, words.duration)


def _number(view: CheckView) -> Gauge:
    t = view.check.thresholds
    worse = "down" if view.check.severity is Severity.critical else "outage"
    bounds = [
        (t.error_below, f"{worse} below", "red"),
        (t.warn_below, "warns below", "orange"),
        (t.warn_above, "warns above", "orange"),
        (t.error_above, f"{worse} above", "red"),
    ]
    return _scaled(view, "Measured value", view.value, bounds, words.number)


def _answer(view: CheckView, here: Here, stale_factor: float) -> Gauge:
    """Probes: how long ago we looked, and when silence will count as not knowing."""
    stale = view.check.every.total_seconds() * stale_factor
    age = None if view.observed_at is None else here.since(view.observed_at)
    return _scaled(view, "Last look", age, [(stale, "unknown after", "gray")], words.duration)


def _deadline(view: CheckView, here: Here) -> Gauge:
    """The way from the opening of the window to the promised hour and beyond."""
    due, hue = _owed(view, here), LOOKS[view.state].hue
    if due is None:
        return Gauge("Promised by", "nothing is owed", 0.0, (), hue)
    arrived = view.source_event_at if view.source_event_at and view.source_event_at >= due.opens_at else None
    used = ((arrived or here.now) - due.opens_at).total_seconds()
    window = (due.due_at - due.opens_at).total_seconds()
    limit = view.check.thresholds.error_after
    end = max((window + seconds(limit)) * 1.25, used * 1.06)
    ticks = [Tick(window / end, "by", here.clock(due.due_at), "yellow")]
    if limit:
        word, worse = _worse(view.check)
        ticks.append(Tick((window + seconds(limit)) / end, word, here.clock(due.due_at + limit), worse))
    reading = f"arrived {here.clock(arrived)}" if arrived else _wait(due, here)
    fill = None if _blind(view) else min(1.0, max(0.0, used / end))
    return Gauge(f"Data for {long_day(due.day)}", reading, fill, tuple(ticks), hue)


def _owed(view: CheckView, here: Here) -> Due | None:
    """The first day not served yet once its window is open; else the newest day that was."""
    deadline, calendar = view.check.deadline, view.check.days
    if deadline is None:
        return None
    waiting = first_owed(deadline, calendar, view.source_event_at) if view.source_event_at else None
    if waiting and waiting.opens_at <= here.now:
        return waiting
    coming = previous_due(deadline, calendar, here.now + timedelta(days=1))
    return coming if coming and coming.opens_at <= here.now else previous_due(deadline, calendar, here.now)


def _wait(due: Due, here: Here) -> str:
    if here.now > due.due_at:
        return f"{words.duration(here.now - due.due_at)} late"
    return f"due {here.until(due.due_at)}"


def _scaled(
    view: CheckView,
    label: str,
    value: float | None,
    bounds: Sequence[tuple[float | None, str, str]],
    told: Callable[[float], str],
) -> Gauge:
    known = [(limit, word, hue) for limit, word, hue in bounds if limit]
    end = max([HEADROOM * limit for limit, _, _ in known] + [1.06 * (value or 0.0)]) or 1.0
    ticks = tuple(Tick(max(0.0, limit / end), word, told(limit), hue) for limit, word, hue in known)
    reading = "not known" if value is None or _blind(view) else told(value)
    fill = None if value is None or _blind(view) else min(1.0, max(0.0, value / end))
    hue = LOOKS[view.state].hue
    if view.band is None or view.check.mode is not Mode.age:
        return Gauge(label, reading, fill, ticks, hue)
    low, high = view.band.low_s, view.band.high_s
    band = (min(1.0, low / end), min(1.0, high / end))
    usual = f"{words.duration(low)} to {words.duration(high)}"
    return Gauge(label, reading, fill, ticks, hue, band, usual, view.band.basis)


def seconds(limit: timedelta | None) -> float:
    return limit.total_seconds() if limit else 0.0


def _blind(view: CheckView) -> bool:
    return view.state is State.unknown


def _worse(check: Check) -> tuple[str, str]:
    return ("down", "red") if check.severity is Severity.critical else ("degraded", "orange")


def gauge_html(gauge: Gauge, large: bool = False) -> str:
    ticks = "".join(f'<div class="tick {t.hue}" style="left:{t.at:.1%}"></div>' for t in gauge.ticks)
    labels = _large_labels(gauge) if large else _labels(gauge.ticks)
    reading = _reading(gauge) if large else ""
    value = "" if gauge.fill is None else f' aria-valuenow="{gauge.fill * 100:.0f}"'
    size = " large" if large else ""
    return (
        f'<div class="gauge {gauge.hue}{size}" role="meter" aria-valuemin="0" aria-valuemax="100"{value} '
        f'aria-label="{esc(gauge.label)}" aria-valuetext="{esc(gauge.spoken)}">'
        f'<div class="bar">{_band(gauge)}{_fill(gauge)}{ticks}{reading}</div>'
        f'<div class="limits" aria-hidden="true">{labels}</div></div>'
    )


def _fill(gauge: Gauge) -> str:
    if gauge.fill is None:
        return '<div class="hatch"></div>'
    return f'<div class="fill" style="width:{gauge.fill:.1%}"></div>'


def _band(gauge: Gauge) -> str:
    if gauge.band is None:
        return ""
    low, high = gauge.band
    title = esc(f"Usual: {gauge.usual}. Learned from {gauge.basis}")
    return f'<div class="band" style="left:{low:.1%};width:{max(0.01, high - low):.1%}" title="{title}"></div>'


def _labels(ticks: tuple[Tick, ...]) -> str:
    """One word ends at its tick and the next starts at its own, so that they never meet; crowded, they share a line."""
    texts = [esc(f"{t.word} {t.limit}") for t in ticks]
    if len(ticks) == 1:
        return _beside(ticks[0], texts[0], ends=ticks[0].at > 0.5)
    if len(ticks) != 2 or (ticks[0].at < 0.3 and ticks[1].at - ticks[0].at < 0.36):
        return f"<span>{' · '.join(texts)}</span>"
    return _beside(ticks[0], texts[0], ends=ticks[0].at >= 0.3) + _beside(ticks[1], texts[1], ends=ticks[1].at > 0.72)


def _beside(tick: Tick, text: str, ends: bool) -> str:
    side = f"right:{1 - tick.at:.1%}" if ends else f"left:{tick.at:.1%}"
    return f'<span style="{side}">{text}</span>'


def _reading(gauge: Gauge) -> str:
    """Above the end of the bar, where the eye already is."""
    said = f"{gauge.reading} now" if gauge.reading[0].isdigit() else gauge.reading
    end = 1.0 if gauge.fill is None else max(0.14, gauge.fill)
    return f'<div class="reading" style="left:{end:.1%}">{esc(said)}</div>'


def _large_labels(gauge: Gauge) -> str:
    labels = [_under(t.hue, t.at, t.word, t.limit) for t in gauge.ticks]
    if gauge.band is not None:
        middle = (gauge.band[0] + gauge.band[1]) / 2
        labels.append(_under("usual", middle, "usual", gauge.usual))
    return "".join(labels)


def _under(css: str, at: float, word: str, limit: str) -> str:
    return f'<span class="{css}" style="left:{at:.1%}"><b>{esc(word)}</b>{esc(limit)}</span>'
