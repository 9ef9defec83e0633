"""Charts: rows in, Plotly figure out. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go

from components.markup import esc
from components.theme import LOOKS
from data.status import words
from data.status.model import Band, Check, Mode, Severity, State

Palette = Mapping[str, str]
NICE_SECONDS = (60, 300, 600, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 172_800, 604_800, 1_209_600)
TIMED = frozenset({Mode.age, Mode.deadline, Mode.heartbeat})
BREACHED = frozenset({State.late, State.degraded, State.partial_outage, State.major_outage})
HEIGHT = 236
CROWDED = 0.1
"""Share of the scale under which the words of two limits would meet."""


def history_figure(frame: pd.DataFrame, check: Check, band: Band | None, zone: ZoneInfo, palette: Palette) -> go.Figure:
    """`frame`: at (UTC), low, high, value, state by rising time; seconds for modes that watch times and for probes."""
    at = frame["at"].dt.tz_convert(zone).dt.tz_localize(None)
    told = reads(check)
    figure = go.Figure(layout=layout(palette))
    _spread(figure, at, frame, palette)
    hover = [told(value) for value in frame["value"]]
    figure.add_scatter(
        x=at, y=frame["value"], customdata=hover, line={"color": palette["primary"], "width": 1.8},
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    for hue, x, y in _breaches(at, frame):
        line = {"color": palette[f"{hue}-fill"], "width": 3.4}
        figure.add_scatter(x=x, y=y, line=line, hoverinfo="skip", mode="lines+markers", marker={"size": 3.4})
    top = _limits(figure, check, float(frame["high"].max()), palette)
    if band is not None and check.mode is Mode.age:
        usual = {"fillcolor": palette["primary"], "opacity": 0.12, "line_width": 0, "layer": "below"}
        figure.add_hrect(y0=band.low_s, y1=band.high_s, **usual)
    figure.update_yaxes(range=[0, top], **scale(top, check))
    one_day = at.iloc[-1] - at.iloc[0] <= pd.Timedelta(days=2)
    figure.update_xaxes(tickformat="%H:%M" if one_day else "%a %-d %b", nticks=8)
    return figure


def reads(check: Check) -> Callable[[float], str]:
    """How a value of this check reads: an age, an answer time or a plain number."""
    if check.mode in TIMED:
        return words.duration
    if check.mode is Mode.threshold:
        return words.number
    return lambda seconds: f"{seconds * 1000:,.0f} ms" if seconds < 10 else words.duration(seconds)


def limits(check: Check) -> list[tuple[float, str, str]]:
    """(value, words, hue) of every bound that is drawn as a line."""
    t = check.thresholds
    worse, hue = ("down", "red") if check.severity is Severity.critical else ("degraded", "orange")
    if check.mode in {Mode.age, Mode.heartbeat}:
        found = [(t.warn_after, "late", "yellow"), (t.error_after, worse, hue)]
        return [(d.total_seconds(), f"{word} after {words.duration(d)}", hue) for d, word, hue in found if d]
    bounds = [
        (t.warn_above, "warns above", "orange"), (t.error_above, "outage above", "red"),
        (t.warn_below, "warns below", "orange"), (t.error_below, "outage below", "red"),
    ]  # fmt: skip
    return [(bound, f"{word} {words.number(bound)}", hue) for bound, word, hue in bounds if bound is not None]


def _limits(figure: go.Figure, check: Check, highest: float, palette: Palette) -> float:
    """Draws them, and returns the top of the scale: every line is on the chart, with words at its left end."""
    found = sorted(limits(check))
    top = max([highest * 1.12, *(value * 1.16 for value, _, _ in found)]) or 1.0
    for n, (value, text, hue) in enumerate(found):
        crowded = n + 1 < len(found) and found[n + 1][0] - value < CROWDED * top
        figure.add_hline(
            y=value, line={"color": palette[f"{hue}-fill"], "width": 1.5, "dash": "dash"}, annotation_text=esc(text),
            annotation_position="bottom left" if crowded else "top left",
            annotation_font={"color": palette["muted"], "size": 12},
        )  # fmt: skip
    return top


def _spread(figure: go.Figure, at: pd.Series, frame: pd.DataFrame, palette: Palette) -> None:
    """Where a bucket holds several values, the range they span."""
    if not (frame["high"] > frame["low"]).any():
        return
    shade = {"line": {"width": 0}, "hoverinfo": "skip", "mode": "lines"}
    figure.add_scatter(x=at, y=frame["low"], **shade)
    figure.add_scatter(x=at, y=frame["high"], fill="tonexty", fillcolor=_faint(palette["primary"], 0.18), **shade)


def _breaches(at: pd.Series, frame: pd.DataFrame) -> list[tuple[str, list[Any], list[float]]]:
    """Runs of bad observations, each begun at the point before it, so that the line is thick from where it broke."""
    hues = [LOOKS[State(s)].hue if State(s) in BREACHED else "" for s in frame["state"]]
    runs, start = [], 0
    for hue, group in groupby(hues):
        end = start + len(list(group))
        if hue:
            first = max(0, start - 1)
            runs.append((hue, list(at.iloc[first:end]), list(frame["value"].iloc[first:end])))
        start = end
    return runs


def scale(top: float, check: Check) -> dict[str, Any]:
    if check.mode not in TIMED:
        return {"nticks": 5, "ticksuffix": "" if check.mode is Mode.threshold else " s"}
    step = next((s for s in NICE_SECONDS if top / s <= 4.5), NICE_SECONDS[-1] * ceil(top / NICE_SECONDS[-1] / 4))
    values = [n * step for n in range(int(top // step) + 1)]
    return {"tickvals": values, "ticktext": ["0" if v == 0 else words.duration(v) for v in values]}


def layout(palette: Palette) -> dict[str, Any]:
    axis = {"color": palette["muted"], "gridcolor": palette["border"], "zeroline": False, "fixedrange": True}
    return {
        "height": HEIGHT,
        "margin": {"l": 8, "r": 8, "t": 12, "b": 8},
        "font": {"family": "Inter, sans-serif", "color": palette["text"], "size": 12},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": palette["surface"], "bordercolor": palette["border"]},
        "xaxis": {**axis, "showgrid": False, "automargin": True, "hoverformat": "%a %-d %b %H:%M"},
        "yaxis": {**axis, "automargin": True},
    }


def _faint(colour: str, alpha: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
