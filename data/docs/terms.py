"""Words of the glossary in a page, explained where each first appears; never in code, links or headings."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape
from urllib.parse import quote

PIECE = re.compile(r"(<[^>]*>)")
TAG = re.compile(r"</?([a-z0-9]+)", re.IGNORECASE)
WORD = re.compile(r"\w+")
SILENT = frozenset({"a", "code", "pre", "kbd", "abbr", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "label", "samp"})
SHORT = 4
"""Phrases of so many letters or fewer are taken as they are written: 'SLA', but not 'sla' or 'Slate'."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a reader is told about a term, all of it plain text."""

    id: str
    name: str
    definition: str
    """Its first sentence."""
    state: str = ""
    hue: str = ""
    note: str = ""

    @property
    def address(self) -> str:
        return f"glossary?term={quote(self.id)}"


@dataclass(frozen=True)
class Terms:
    """What one reader may see of the glossary, by phrase. Equal ones have equal keys, whoever the reader is."""

    phrases: Mapping[str, Card]

    @cached_property
    def key(self) -> str:
        told = "\n".join(f"{phrase}\t{card}" for phrase, card in sorted(self.phrases.items()))
        return hashlib.sha256(told.encode()).hexdigest()

    @cached_property
    def by_first_word(self) -> Mapping[str, list[tuple[str, Card]]]:
        found: defaultdict[str, list[tuple[str, Card]]] = defaultdict(list)
        for phrase, card in sorted(self.phrases.items(), key=lambda item: -len(item[0])):
            if first := WORD.match(phrase):
                found[first[0].casefold()].append((phrase, card))
        return dict(found)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Terms) and self.key == other.key


NO_TERMS = Terms({})


def explained(html: str, terms: Terms) -> tuple[str, tuple[Card, ...]]:
    """`html` has been cleaned, so tags are balanced. The cards that were put in, in their order."""
    if not terms.phrases:
        return html, ()
    used: dict[str, Card] = {}
    silent, out = 0, []
    for piece in PIECE.split(html):
        if tag := TAG.match(piece):
            if tag[1].lower() in SILENT:
                silent += -1 if piece.startswith("</") else 1
            out.append(piece)
        else:
            out.append(piece if silent or not piece.strip() else _marked(unescape(piece), terms, used))
    return "".join(out), tuple(used.values())


def _marked(text: str, terms: Terms, used: dict[str, Card]) -> str:
    out, at = [], 0
    for word in WORD.finditer(text):
        if word.start() < at:
            continue
        for phrase, card in terms.by_first_word.get(word[0].casefold(), ()):
            end = word.start() + len(phrase)
            if card.id not in used and _same(text[word.start() : end], phrase) and not _goes_on(text, end):
                used[card.id] = card
                out += [escape(text[at : word.start()], quote=False), card_html(text[word.start() : end], card)]
                at = end
                break
    return "".join([*out, escape(text[at:], quote=False)])


def _same(written: str, phrase: str) -> bool:
    return written == phrase if len(phrase) <= SHORT else written.casefold() == phrase.casefold()


def _goes_on(text: str, end: int) -> bool:
    return end < len(text) and (text[end].isalnum() or text[end] == "_")


def card_html(written: str, card: Card) -> str:
    state = f'<span class="pill {escape(card.hue)}">{escape(card.state)}</span>' if card.state else ""
    foot = f'<span class="term-foot">{escape(card.note)}</span>' if card.note else ""
    return (
        f'<span class="term"><a href="{escape(card.address)}">{escape(written)}</a>'
        f'<span class="term-card" role="tooltip">'
        f'<span class="term-head"><strong>{escape(card.name)}</strong>{state}</span>'
        f'<span class="term-says">{escape(card.definition)}</span>{foot}</span></span>'
    )
