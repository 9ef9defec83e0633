"""Small pieces of HTML that every page shares. Everything that a person or a source wrote goes through `esc`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape as esc

from components.theme import LOOKS
from data.status.model import State

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&@])")


def plain(text: str) -> str:
    """Text as Markdown that shows exactly this text, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def icon(name: str, css: str = "") -> str:
    return f'<span class="i {css}" aria-hidden="true">{name}</span>'


def state_icon(state: State) -> str:
    look = LOOKS[state]
    return icon(look.icon, f"{look.hue} ink")


def pill(state: State, word: str | None = None) -> str:
    look = LOOKS[state]
    return f'<span class="pill {look.hue}">{icon(look.icon)}{esc(word or look.word)}</span>'


def chip(text: str, title: str = "") -> str:
    return f'<span class="chip"{_title(title)}>{esc(text)}</span>'


def section(title: str, note: str = "") -> str:
    """A heading with an optional muted remark at its right end."""
    return f'<div class="section"><h2>{esc(title)}</h2><span>{esc(note)}</span></div>'


def facts(pairs: list[tuple[str, str]]) -> str:
    """Label and value (HTML) under each other."""
    return f'<dl class="facts-list">{"".join(f"<dt>{esc(k)}</dt><dd>{v}</dd>" for k, v in pairs)}</dl>'


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML."""
    head = "".join(f"<th>{esc(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def listed(names: list[str]) -> str:
    """'A', 'A and B', 'A and 2 more'."""
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} more"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _title(text: str) -> str:
    return f' title="{esc(text)}"' if text else ""
