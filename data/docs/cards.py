"""Terms of the glossary as the cards that pages show."""

from __future__ import annotations

from collections.abc import Iterable

from data.docs.terms import Card, Terms
from data.glossary.model import Term
from data.glossary.rules import STATES, short

HUES = {"approved": "green", "deprecated": "yellow"}
"""Of the states that are explained: a draft is not yet what the word means, and of what is archived nothing is said."""


def terms_of(terms: Iterable[Term]) -> Terms:
    """A word that means two things is explained as the approved one, else as the one that comes first by name."""
    explained = sorted((term for term in terms if term.state in HUES), key=lambda term: list(HUES).index(term.state))
    phrases: dict[str, Card] = {}
    for term in explained:
        card = Card(term.id, term.name, short(term), STATES[term.state], HUES[term.state], _note(term))
        for word in term.words:
            phrases.setdefault(word, card)
    return Terms(phrases)


def _note(term: Term) -> str:
    return f"Steward {term.steward.partition('@')[0]}" if term.steward else ""
