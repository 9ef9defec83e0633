"""What somebody typed, as FTS5 understands it. Every word is quoted, so nothing that is typed is syntax."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

LONGEST, MOST_WORDS = 200, 10
"""Characters and words of a query that count; the rest of a pasted page would find nothing."""
LONGEST_NAME = 5
"""Words of a name with synonyms."""
FEWEST_TYPED = 3
NOTHING = '""'
"""Matches no text."""
FEWEST_LETTERS, LEAST_ALIKE, MOST_GUESSES = 4, 0.7, 5
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")
LAST = "\U0010ffff"


FUNCTION_WORDS = frozenset({
    *("a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "get", "had", "has"),
    *("have", "how", "i", "if", "in", "into", "is", "it", "its", "me", "my", "of", "on", "or", "our", "so", "that"),
    *("the", "their", "them", "there", "they", "this", "to", "was", "we", "what", "when", "where", "which", "who"),
    *("why", "will", "with", "would", "you", "your"),
})  # fmt: skip
"""They tell nothing, and nobody writes all of those that somebody asks with."""


@dataclass(frozen=True, slots=True)
class Match:
    """What is looked for: in texts, in titles, and a name."""

    texts: str
    titles: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """`words`: of an empty one nothing can be found."""

    name: str
    """All of it, folded: what names are compared with."""
    words: tuple[str, ...] = ()

    @property
    def all(self) -> Match:
        """Each word. The last one may still be being typed; in texts, two letters of one would be in nearly all."""
        whole, last = [*map(quoted, self.words[:-1])], [*map(quoted, self.words[-1:])]
        begun = anded([*whole, *(f"{word}*" for word in last)])
        return Match(begun if len(self.words[-1]) >= FEWEST_TYPED else anded([*whole, *last]), begun, self.name)

    @property
    def some(self) -> Match:
        return same(ored(map(quoted, self.words)))

    @property
    def telling(self) -> Query:
        """Without the words that every text has, unless there are no others."""
        words = tuple(word for word in self.words if folded(word) not in FUNCTION_WORDS)
        return replace(self, words=words or self.words)


def read(text: str) -> Query:
    """Never raises: what has no letter or digit is left out."""
    plain = _CONTROL.sub(" ", text[: LONGEST * 50])[:LONGEST]
    words = [word for word in plain.split() if any(map(str.isalnum, word))]
    return Query(folded(plain), tuple(words[:MOST_WORDS]))


def folded(text: str) -> str:
    """In one spelling: without accents, capitals and doubled spaces."""
    apart = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).casefold().split())


def quoted(word: str) -> str:
    doubled = word.replace('"', '""')
    return f'"{doubled}"'


def anded(parts: Iterable[str]) -> str:
    return " AND ".join(parts) or NOTHING


def ored(parts: Iterable[str]) -> str:
    listed = list(parts)
    return f"({' OR '.join(listed)})" if listed else NOTHING


def same(match: str) -> Match:
    return Match(match, match)


def titled(match: str) -> str:
    """The same in titles and names alone."""
    return f"{{title names}} : ({match})"


def runs(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Every run of words that may be a name, the longest first."""
    for length in range(min(LONGEST_NAME, len(words)), 0, -1):
        yield from ((first, first + length) for first in range(len(words) - length + 1))


def alike(query: Query, synonyms: Mapping[str, Collection[str]]) -> str:
    """The query with other names for what it names. `synonyms`: by folded name."""
    parts: list[str] = []
    rest = list(query.words)
    for first, last in runs(query.words):
        others = synonyms.get(folded(" ".join(query.words[first:last])), ())
        if others and all(rest[first:last]):
            parts.append(ored(map(quoted, sorted(others))))
            rest[first:last] = [""] * (last - first)
    return anded([*parts, *map(quoted, filter(None, rest))]) if parts else NOTHING


def named(query: Query) -> frozenset[str]:
    """Every part of the query that may be a name, folded."""
    return frozenset(folded(" ".join(query.words[first:last])) for first, last in runs(query.words))


def guesses(word: str, vocabulary: Sequence[str]) -> list[str]:
    """Words that this one may be a slip of, the nearest first. Short ones and numbers have too many neighbours."""
    plain = folded(word)
    if len(plain) < FEWEST_LETTERS or any(map(str.isdigit, plain)):
        return []
    near = process.extract(
        plain, vocabulary, scorer=OSA.normalized_similarity, score_cutoff=LEAST_ALIKE, limit=MOST_GUESSES
    )
    return [guess for guess, _, _ in near]
