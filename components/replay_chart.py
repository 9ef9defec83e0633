"""The worst value of each day, coloured by the verdict of the new limits: rows in, Plotly figure out."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from components.charts import Palette, layout, limits, reads, scale
from data.status.model import Band, Check, Mode, State
from data.status.replay import Day

BETTER = "Not green before, green now"
TOLD = {
    State.operational: ("Green", "green"), State.late: ("Late", "yellow"), State.degraded: ("Degraded", "orange"),
    State.partial_outage: ("Partial outage", "red"), State.major_outage: ("Down", "red"),
}  # fmt: skip


def said(day: Day) -> tuple[str, str]:
    """Words and hue of a bar."""
    if day.after is State.operational and day.before in TOLD and day.before is not State.operational:
        return BETTER, "primary"
    return TOLD.get(day.after, ("Not known", "gray"))


def replay_figure(was: Check, wanted: Check, days: Sequence[Day], band: Band | None, palette: Palette) -> go.Figure:
    """Dashed: limits as they are; solid: as they would be."""
    figure = go.Figure(layout={**layout(palette), "showlegend": True, "legend": {"orientation": "h", "y": 1.14}})
    for words, hue in dict.fromkeys(map(said, days)):
        those = [day for day in days if said(day) == (words, hue) and day.worst is not None]
        figure.add_bar(
            x=[day.day for day in those], y=[day.worst for day in those], name=words,
            marker={"color": palette["primary" if hue == "primary" else f"{hue}-fill"]},
            customdata=[reads(wanted)(day.worst or 0.0) for day in those],
            hovertemplate="%{customdata}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    highest = max([day.worst for day in days if day.worst is not None], default=0.0)
    lines = [(value, "dash", "", "muted") for value, _, _ in limits(was) if value not in _values(wanted)]
    lines += [(value, "solid", text, f"{hue}-fill") for value, text, hue in limits(wanted)]
    for value, dash, text, colour in lines:
        figure.add_hline(
            y=value, line={"color": palette[colour], "width": 1.5, "dash": dash}, annotation_text=text,
            annotation_position="top left", annotation_font={"color": palette["muted"], "size": 12},
        )  # fmt: skip
    if band is not None and wanted.mode is Mode.age:
        figure.add_hrect(y0=band.low_s, y1=band.high_s, fillcolor=palette["muted"], opacity=0.12, line_width=0)
    top = max([highest * 1.12, *(value * 1.16 for value, *_ in lines)]) or 1.0
    figure.update_yaxes(range=[0, top], **scale(top, wanted))
    figure.update_xaxes(tickformat="%-d %b", nticks=10)
    return figure


def _values(check: Check) -> set[float]:
    return {value for value, _, _ in limits(check)}
