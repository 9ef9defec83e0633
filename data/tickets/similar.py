"""Tickets that read like the one being typed: TF-IDF over pieces of words, in numpy alone.

Every word is cut into all its runs of 3 to 5 characters (`char_wb` elsewhere), which forgives typos and endings, and
the typed title is compared with title + body. No I/O; whoever holds an index swaps it for its successor.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, compress, groupby, islice
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Why = Literal["same asset", "similar words"]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

LONGEST_TITLE, LONGEST_BODY = 300, 400
FEWEST_LETTERS = 4
SAME_PLATFORM = 1.2
"""How much nearer a ticket of the same platform ranks; whether it is shown is decided without."""
RECENT = 50
"""One document in so many may be new or gone before all are weighted anew."""

_CHUNK, _SLICE = 200, 250_000
"""Documents and postings dealt with at a time: numpy keeps other threads waiting meanwhile."""

_APART = re.compile(r"[\W_]+")
_GRAM_BITS, _PLACE_BITS, _COUNT_BITS = 31, 23, 8
_GRAM_SHIFT = _PLACE_BITS + _COUNT_BITS
_PLACES, _MOST = (1 << _PLACE_BITS) - 1, (1 << _COUNT_BITS) - 1
_ROLL, _SPREAD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
_DAMPED = np.concatenate([[0.0], 1 + np.log(np.arange(1, _MOST + 1))])
"""By how often a gram is in a text, what that counts (sublinear TF)."""


@dataclass(frozen=True, slots=True)
class Document:
    id: str
    kind: str
    title: str
    body: str
    platform_id: str | None
    asset: str | None
    """What is affected: the id of a check or an asset."""
    open: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Match:
    id: str
    score: float
    """Cosine, from 0 to 1; for the same asset it may be anything."""
    why: Why


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Documents (their texts let go) and their postings: gram, place of the document and count in one sorted number."""

    documents: tuple[Document, ...]
    postings: Integers
    alive: NDArray[np.bool_]
    lengths: Floats
    """Of the documents as vectors; cosines divide by them."""
    places: Mapping[str, int]
    by_asset: Mapping[str, Sequence[int]]
    """Of the open ones."""

    @classmethod
    def of(cls, documents: Sequence[Document], postings: Integers, lengths: Floats) -> _Part:
        by_asset: dict[str, list[int]] = {}
        for n, document in enumerate(documents):
            if document.open and document.asset:
                by_asset.setdefault(document.asset, []).append(n)
        places = {document.id: n for n, document in enumerate(documents)}
        return cls(tuple(documents), postings, np.ones(len(documents), np.bool_), lengths, places, by_asset)

    def without(self, ids: Iterable[str]) -> _Part:
        alive = self.alive.copy()
        alive[[self.places[gone] for gone in ids if gone in self.places]] = False
        return replace(self, alive=alive)


class SimilarIndex:
    """Immutable: readers keep theirs while `updated` makes the next one."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self._settle(_read(documents))

    def updated(self, documents: Iterable[Document], gone: Iterable[str] = ()) -> SimilarIndex:
        """With these documents new or changed and those ids gone. Only these are read.

        They join a small part that is weighted by what is rare in the large one; once it has outgrown `RECENT`, both
        become one, weighted anew.
        """
        fresh = _weighed(_read(documents), self._main)
        ids = {*gone, *fresh.places}
        main, recent = self._main.without(ids), _merged([self._recent.without(ids), fresh])
        successor = copy(self)
        if (len(recent.documents) + np.count_nonzero(~main.alive)) * RECENT > len(main.documents):
            successor._settle(_merged([main, recent]))
        else:
            successor._hold(main, recent)
        return successor

    def search(
        self,
        text: str,
        *,
        kind: str | None,
        platform_id: str | None,
        asset: str | None,
        visible: Callable[[str], bool],
        limit: int = 3,
        least: float = 0.20,
    ) -> tuple[Match, ...]:
        """Open ones about the same asset, then those that read alike: of this kind and visible, the best first."""
        documents, cosines = self._documents, self._cosines(text)
        known = self._known(asset or "")
        alike = np.setdiff1d(np.flatnonzero((cosines > 0) & (cosines >= least)), known)
        near = [platform_id is not None and documents[n].platform_id == platform_id for n in alike]
        ranks = cosines.copy()
        ranks[alike[near]] *= SAME_PLATFORM
        whys: tuple[tuple[Integers, Why], ...] = ((known, "same asset"), (alike, "similar words"))
        found = chain.from_iterable(((n, why) for n in self._best_first(places, ranks)) for places, why in whys)
        offered = (
            Match(documents[n].id, float(cosines[n]), why)
            for n, why in found
            if kind in (None, documents[n].kind) and visible(documents[n].id)
        )
        return tuple(islice(offered, limit))

    def _best_first(self, places: Integers, ranks: Floats) -> Iterator[int]:
        """Lazily, since the first few are all that is asked for. Among equals the newest first."""
        order = places[np.argsort(-ranks[places], kind="stable")]
        for _, equals in groupby(order.tolist(), key=ranks.__getitem__):
            yield from sorted(equals, key=lambda n: (-self._documents[n].at.timestamp(), self._documents[n].id))

    def _settle(self, part: _Part) -> None:
        self._hold(_weighed(part, part), _merged(()))

    def _hold(self, main: _Part, recent: _Part) -> None:
        self._main, self._recent = main, recent
        self._documents = main.documents + recent.documents
        self._alive: NDArray[np.bool_] = np.concatenate([main.alive, recent.alive])
        self._lengths: Floats = np.concatenate([main.lengths, recent.lengths])

    def _known(self, asset: str) -> Integers:
        places = [*self._main.by_asset.get(asset, ())]
        places += [len(self._main.documents) + n for n in self._recent.by_asset.get(asset, ())]
        known = np.array(places, np.int64)
        return known[self._alive[known]]

    def _cosines(self, text: str) -> Floats:
        """Of every document; 0 for what is gone.

        What nobody wrote before counts like the average of the rest: left out, much that is new would look known, as
        rare as it is, one typo would hide what is known.
        """
        words = _plain(text, LONGEST_TITLE)
        asked = _postings([words])
        grams = asked >> _GRAM_SHIFT
        spans = [_spans(part, grams) for part in (self._main, self._recent)]
        met = np.any([last > first for first, last in spans], axis=0)
        if len(words) - words.count(" ") < FEWEST_LETTERS or not met.any():
            return np.zeros(len(self._documents))
        rarity = _rarity(grams, self._main)
        rarity[~met] = rarity[met].mean()
        weights = _DAMPED[asked & _MOST] * rarity
        dots = [
            _dots(part, *span, weights * rarity) for part, span in zip((self._main, self._recent), spans, strict=True)
        ]
        cosines: Floats = self._alive * np.concatenate(dots) / (self._lengths * np.linalg.norm(weights))
        return np.minimum(cosines, 1)


def _read(documents: Iterable[Document]) -> _Part:
    """Each id once, as told last; not weighed yet."""
    told = tuple({document.id: document for document in documents}.values())
    return _merged(_chunk_read(told[n : n + _CHUNK]) for n in range(0, len(told), _CHUNK))


def _chunk_read(documents: Sequence[Document]) -> _Part:
    postings = _postings(list(map(_words, documents)))
    return _Part.of([replace(told, title="", body="") for told in documents], postings, np.ones(len(documents)))


def _words(document: Document) -> str:
    return f"{_plain(document.title, LONGEST_TITLE)} {_plain(document.body, LONGEST_BODY)}"


def _plain(text: str, longest: int) -> str:
    """Letters and digits in one spelling, a space between words."""
    return _APART.sub(" ", unicodedata.normalize("NFKC", text[:longest]).casefold()).strip()


def _postings(texts: Sequence[str]) -> Integers:
    codes = np.frombuffer(f" {' '.join(texts)} ".encode("utf-32-le"), np.uint32)
    owners = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in texts])
    keys: Integers = np.concatenate(
        [grams << _GRAM_SHIFT | owners[starts] << _COUNT_BITS for starts, grams in _grams(codes)]
    )
    keys.sort()
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    counts = np.diff(first, append=len(keys))
    return keys[first] | np.minimum(counts, _MOST)


def _grams(codes: NDArray[np.uint32]) -> Iterator[tuple[Integers, Integers]]:
    """Where the runs of 3, 4 and 5 characters start, and what they are (hashed). None reaches beyond a word."""
    space, wide = codes == ord(" "), codes.astype(np.uint64)
    hashed = wide[:-1] * _ROLL + wide[1:]
    across = np.zeros(len(hashed), np.bool_)
    for length in (3, 4, 5):
        hashed = hashed[:-1] * _ROLL + wide[length - 1 :]
        across = across[:-1] | space[length - 2 : -1]
        starts = np.flatnonzero(~across)
        yield starts, (hashed[starts] * _SPREAD >> np.uint64(64 - _GRAM_BITS)).astype(np.int64)


def _merged(parts: Iterable[_Part]) -> _Part:
    """One part of what is alive in these."""
    documents: list[Document] = []
    postings, lengths = [np.empty(0, np.int64)], [np.empty(0)]
    for part in parts:
        shift = len(documents) + np.cumsum(part.alive) - 1 - np.arange(len(part.alive))
        for piece in _sliced(part.postings):
            kept = piece[part.alive[_places(piece)]]
            postings.append(kept + (shift[_places(kept)] << _COUNT_BITS))
        documents.extend(compress(part.documents, part.alive))
        lengths.append(part.lengths[part.alive])
    merged = np.concatenate(postings)
    merged.sort()
    return _Part.of(documents, merged, np.concatenate(lengths))


def _weighed(part: _Part, main: _Part) -> _Part:
    squares = np.zeros(len(part.documents))
    for piece in _sliced(part.postings):
        grams = piece >> _GRAM_SHIFT
        first = np.flatnonzero(np.diff(grams, prepend=-1))
        rarity = np.repeat(_rarity(grams[first], main), np.diff(first, append=len(grams)))
        squares += np.bincount(_places(piece), weights=(_DAMPED[piece & _MOST] * rarity) ** 2, minlength=len(squares))
    return replace(part, lengths=np.sqrt(np.where(squares > 0, squares, 1)))


def _rarity(grams: Integers, main: _Part) -> Floats:
    """IDF in the large part; a gram that it does not have is the rarest."""
    first, last = _spans(main, grams)
    rarity: Floats = np.log((1 + len(main.documents)) / (1 + last - first)) + 1
    return rarity


def _dots(part: _Part, first: Integers, last: Integers, weights: Floats) -> Floats:
    dots = np.zeros(len(part.documents))
    for start, end, weight in zip(first, last, weights, strict=True):
        found = part.postings[start:end]
        dots[_places(found)] += (weight * _DAMPED)[found & _MOST]
    return dots


def _spans(part: _Part, grams: Integers) -> tuple[Integers, Integers]:
    edges = np.searchsorted(part.postings, np.stack([grams, grams + 1]) << _GRAM_SHIFT)
    return edges[0], edges[1]


def _places(postings: Integers) -> Integers:
    return postings >> _COUNT_BITS & _PLACES


def _sliced(postings: Integers) -> Iterator[Integers]:
    return (postings[n : n + _SLICE] for n in range(0, len(postings), _SLICE))
