"""How states look, and every colour of the portal. `.streamlit/config.toml` repeats those that Streamlit draws with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data.status.model import State

CSS = tuple(
    Path(__file__).with_name(f"{name}.css")
    for name in ("theme", "tickets", "forms", "queue", "roadmap", "glossary", "messages", "admin", "notifications")
)

TOKENS: Mapping[str, tuple[str, str]] = {
    "bg": ("#FFFFFF", "#0F1216"),
    "surface": ("#FFFFFF", "#171B21"),
    "sunken": ("#F6F7F9", "#171B21"),
    "border": ("#E4E7EB", "#2A3038"),
    "border-strong": ("#CBD1D8", "#3D4550"),
    "text": ("#1B1F24", "#E6E9ED"),
    "muted": ("#59636E", "#9AA4AF"),
    "primary": ("#3B5BDB", "#7C93FF"),
    "primary-tint": ("#EDF0FD", "#1C2240"),
    "track": ("#ECEFF2", "#262C34"),
    "calm": ("#8FD3A1", "#246B37"),
    "card": ("#1B1F24", "#E6E9ED"),
    "green-text": ("#1A7F37", "#3FB950"),
    "green-fill": ("#2DA44E", "#2EA043"),
    "green-tint": ("#E9F6EC", "#12261A"),
    "yellow-text": ("#8A5D00", "#E0B040"),
    "yellow-fill": ("#BF8700", "#C9941E"),
    "yellow-tint": ("#FCF3DA", "#2B2313"),
    "orange-text": ("#B54700", "#F0883E"),
    "orange-fill": ("#E16F24", "#DB6D28"),
    "orange-tint": ("#FDEEE3", "#2E1D12"),
    "red-text": ("#CF222E", "#FF7B72"),
    "red-fill": ("#E5484D", "#F0545A"),
    "red-tint": ("#FDECEC", "#31171A"),
    "blue-text": ("#0969DA", "#6CB2FF"),
    "blue-fill": ("#218BFF", "#3B8EEA"),
    "blue-tint": ("#E8F2FD", "#12233A"),
    "gray-text": ("#59636E", "#9AA4AF"),
    "gray-fill": ("#8C959F", "#6E7681"),
    "gray-tint": ("#F0F2F4", "#20252C"),
    "on-face": ("#FFFFFF", "#FFFFFF"),
    "face-0": ("#5F3DC4", "#5F3DC4"),
    "face-1": ("#0B7285", "#0B7285"),
    "face-2": ("#A61E4D", "#A61E4D"),
    "face-3": ("#57606A", "#57606A"),
    "face-4": ("#237032", "#237032"),
}
"""Name -> (light, dark); in CSS `var(--name)`."""


@dataclass(frozen=True, slots=True)
class Look:
    """`hue` names the tokens `<hue>-text|fill|tint`, the CSS class `<hue>` and Streamlit's own colour."""

    word: str
    icon: str
    hue: str
    mark: str
    """The icon in the disc of a verdict."""


LOOKS: Mapping[State, Look] = {
    State.operational: Look("Operational", "check_circle", "green", "check"),
    State.late: Look("Late", "schedule", "yellow", "schedule"),
    State.degraded: Look("Degraded", "warning", "orange", "priority_high"),
    State.partial_outage: Look("Partial outage", "contrast", "orange", "priority_high"),
    State.major_outage: Look("Major outage", "cancel", "red", "priority_high"),
    State.maintenance: Look("Maintenance", "build", "blue", "build"),
    State.unknown: Look("Unknown", "help", "gray", "question_mark"),
    State.disabled: Look("Off", "do_not_disturb_on", "gray", "remove"),
}


def badge(state: State) -> str:
    """The state as Markdown, for tables and labels of Streamlit's own."""
    look = LOOKS[state]
    return f":{look.hue}-badge[:material/{look.icon}: {look.word}]"


def palette(dark: bool) -> Mapping[str, str]:
    """The tokens of one theme, for charts that cannot read CSS."""
    return {name: pair[dark] for name, pair in TOKENS.items()}


@cache
def stylesheet() -> str:
    variables = "".join(f"--{name}:light-dark({light},{dark});" for name, (light, dark) in TOKENS.items())
    rules = "\n".join(file.read_text(encoding="utf-8") for file in CSS)
    return f"<style>:root{{{variables}}}\n{rules}</style>"
