"""Colours are written once, exist for every state and can be read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from components.theme import CSS, LOOKS, TOKENS, badge, palette, stylesheet
from data.status.model import State

CONFIG = tomllib.loads(Path(".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
HUES = ("green", "yellow", "orange", "red", "blue", "gray")
NAMED = {
    "backgroundColor": "bg", "secondaryBackgroundColor": "sunken", "textColor": "text", "borderColor": "border",
    "primaryColor": "primary", "linkColor": "primary",
    **{f"{hue}Color": f"{hue}-fill" for hue in HUES},
    **{f"{hue}TextColor": f"{hue}-text" for hue in HUES},
    **{f"{hue}BackgroundColor": f"{hue}-tint" for hue in HUES},
}  # fmt: skip


@pytest.mark.parametrize(("theme", "column"), [("light", 0), ("dark", 1)])
def test_streamlits_colours_are_the_tokens(theme: str, column: int) -> None:
    assert CONFIG[theme] == {option: TOKENS[token][column] for option, token in NAMED.items()}


def test_the_stylesheet_uses_only_colours_that_exist() -> None:
    css = "".join(file.read_text(encoding="utf-8") for file in CSS)
    known = {*TOKENS, *re.findall(r"--([\w-]+):", css), "portal-name", "n", "part", "face"}
    assert set(re.findall(r"var\(--([\w-]+)", css)) <= known
    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b", css) == []


def test_every_state_has_a_word_an_icon_and_a_hue_of_the_palette() -> None:
    assert LOOKS.keys() == set(State)
    assert len({look.word for look in LOOKS.values()}) == len({look.icon for look in LOOKS.values()}) == len(State)
    assert {look.hue for look in LOOKS.values()} <= set(HUES)
    assert LOOKS[State.unknown].hue == "gray"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("hue", HUES)
def test_words_can_be_read_on_every_ground_and_marks_seen(hue: str, dark: bool) -> None:
    colours = palette(dark)
    for ground in ("bg", "surface", f"{hue}-tint"):
        assert contrast(colours[f"{hue}-text"], colours[ground]) >= 4.5
    assert contrast(colours[f"{hue}-fill"], colours["surface"]) >= 3.0


@pytest.mark.parametrize("dark", [False, True])
def test_muted_words_can_be_read(dark: bool) -> None:
    colours = palette(dark)
    assert all(contrast(colours["muted"], colours[ground]) >= 4.5 for ground in ("bg", "surface", "sunken", "track"))


def test_the_stylesheet_carries_both_themes_and_asks_nobody_else() -> None:
    sheet = stylesheet()
    assert "--red-text:light-dark(#CF222E,#FF7B72)" in sheet
    assert "http" not in sheet


def test_a_badge_is_icon_and_word_and_colour() -> None:
    assert badge(State.late) == ":yellow-badge[:material/schedule: Late]"


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 relative contrast."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
