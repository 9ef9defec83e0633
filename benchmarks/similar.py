"""Similar tickets while typing: what a keystroke, a new ticket and the start cost, and how long others wait meanwhile.

Texts are made-up words, drawn as people use words: a few of them very often.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import islice
from threading import Event, Thread
from time import perf_counter
from typing import TypeVar

import numpy as np
import psutil

from benchmarks.load import AT, RUNS, SEED
from data.tickets.similar import Document, Match, SimilarIndex

T = TypeVar("T")
VOCABULARY, TITLE, BODY = 5_000, 8, 52
"""Words: a title and its body have 400 characters."""
KEYSTROKES = 99
MOVED = 25
"""One document in so many changes at once: enough for all to be weighted anew."""
TICK_S = 0.001
SYLLABLES = [c + v + end for c in "bdfgklmnprstvw" for v in "aeiou" for end in ("", "n", "r", "s", "l")]


def measure(documents: int) -> dict[str, list[float]]:
    """Milliseconds and megabytes. A stall is the longest that another thread, due every ms, was late."""
    titles, bodies = _texts(TITLE), _texts(BODY)
    told = [_document(n, next(titles), next(bodies)) for n in range(documents + RUNS)]
    before = _resident_mb()
    index, built, stalled = _watched(partial(SimilarIndex, told[:documents]))
    grown = _resident_mb() - before
    searches = [_watched(partial(_search, index, typed)) for typed in islice(titles, KEYSTROKES)]
    added = [_watched(partial(index.updated, [new])) for new in told[documents:]]
    moved = [replace(document, open=not document.open) for document in told[:documents:MOVED]]
    _, weighed, held_up = _watched(partial(index.updated, moved))
    return {
        "build": [built],
        "build, stall": [stalled],
        "index, MB": [grown],
        "search": [took for _, took, _ in searches],
        "search, stall": [late for _, _, late in searches],
        "add one": [took for _, took, _ in added],
        "weigh anew": [weighed],
        "weigh anew, stall": [held_up],
    }


def _search(index: SimilarIndex, typed: str) -> tuple[Match, ...]:
    return index.search(typed, kind="incident", platform_id="platform-01", asset="check-0001", visible=bool)


def _texts(words: int) -> Iterator[str]:
    spelt, drawn = np.random.default_rng(SEED), np.random.default_rng(words)
    vocabulary = ["".join(spelt.choice(SYLLABLES, spelt.integers(1, 5))) for _ in range(VOCABULARY)]
    often = 1 / np.arange(1, VOCABULARY + 1)
    while True:
        yield " ".join(vocabulary[n] for n in drawn.choice(VOCABULARY, words, p=often / often.sum()))


def _document(n: int, title: str, body: str) -> Document:
    return Document(
        id=f"ticket-{n:06}",
        kind="incident",
        title=title,
        body=body,
        platform_id=f"platform-{n % 40:02}",
        asset=f"check-{n % 1_000:04}",
        open=n % 5 == 0,
        at=AT - timedelta(minutes=n),
    )


def _watched(act: Callable[[], T]) -> tuple[T, float, float]:
    """What came of it, how long it took, and the longest that another thread waited meanwhile (ms)."""
    done, late = Event(), [0.0]
    other = Thread(target=_tick, args=(done, late))
    other.start()
    began = perf_counter()
    result = act()
    took = perf_counter() - began
    done.set()
    other.join()
    return result, took * 1000, max(late) * 1000


def _tick(done: Event, late: list[float]) -> None:
    due = perf_counter() + TICK_S
    while not done.wait(max(0.0, due - perf_counter())):
        late.append(perf_counter() - due)
        due = perf_counter() + TICK_S


def _resident_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6
