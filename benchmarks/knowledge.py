"""Searching 10,000 documents of 24 MB: what building the index costs, what a question costs, and the memory of both.

Texts are made-up words, drawn as people use words: a few of them very often. Queries are drawn from titles, so that
rare and common words are asked as they stand there; every fifth has a slip, every third is not typed to its end.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

import numpy as np
import psutil

from benchmarks import docs_page, glossary_import
from benchmarks.load import SEED
from benchmarks.similar import SYLLABLES
from data.search.index import Index
from data.search.locks import keys_of_viewer
from data.search.model import Entry
from data.search.query import read
from data.tickets.visibility import Viewer

T = TypeVar("T")
PAGES, SECTIONS, WORDS, TITLE, VOCABULARY = 10_000, 2, 108, 4, 30_000
QUERIES = 300
CHUNK = 1_000
SOMEBODY = Viewer(
    person="bob@example.org", everything=False, members_of=frozenset({"sales"}), staff_everywhere=False,
    principals=frozenset({"bob@example.org", "group:finance"}), staff_on=frozenset(),
)  # fmt: skip
"""An eighth of the pages is for others."""


def run(_: Sequence[str] = ()) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _search(Path(folder))
        for line in docs_page.lines():
            _say(line)
        for name, seconds in glossary_import.import_seconds(Path(folder) / "glossary").items():
            _say(f"{glossary_import.TERMS:,} terms, {name}: {seconds:.2f} s")


def _search(folder: Path) -> None:
    before, entries = _resident_mb(), list(_entries())
    size, loaded = sum(len(entry.body) for entry in entries) / 1e6, _resident_mb()
    index, built, cpu = _timed(lambda: Index.built(folder / "index.sqlite", entries))
    _say(f"{PAGES:,} pages in {len(entries):,} sections, {size:.1f} MB; texts {loaded - before:.0f} MB")
    _say(f"build: {built:.2f} s ({cpu:.2f} s of CPU), memory +{_resident_mb() - loaded:.0f} MB")
    for name, queries in _queries([entry.title.split() for entry in entries[::SECTIONS]]).items():
        _asked(index, name, queries)
    _say(f"memory with the connections of the queries +{_resident_mb() - loaded:.0f} MB")
    news = entries[:: len(entries) // 20]
    renewed = _timed(partial(index.change, news))
    _say(f"{len(news)} entries changed: {renewed[1] * 1000:.0f} ms ({renewed[2] * 1000:.0f} ms of CPU)")


def _asked(index: Index, name: str, queries: Sequence[str]) -> None:
    keys = keys_of_viewer(SOMEBODY)
    index.find(read("warm up"), keys, 20, {})
    took = [_timed(partial(index.find, read(text), keys, 20, {})) for text in queries]
    wall = np.percentile([took_s * 1000 for _, took_s, _ in took], [50, 95])
    cpu = np.percentile([cpu_s * 1000 for _, _, cpu_s in took], [50, 95])
    hits = np.median([found.total for found, _, _ in took])
    _say(
        f"{name}: p50 {wall[0]:.1f} ms, p95 {wall[1]:.1f} ms ({cpu[0]:.1f} and {cpu[1]:.1f} ms of CPU), "
        f"{len(queries)} queries, median {hits:,.0f} hits"
    )


def _queries(titles: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    drawn = np.random.default_rng(SEED)
    plain = [" ".join(drawn.choice(titles[n], drawn.integers(1, 4), replace=False)) for n in range(QUERIES)]
    typed = [text[: max(3, len(text) - 2)] if n % 3 == 0 else text for n, text in enumerate(plain)]
    slips = [_slipped(text) for text in plain]
    mixed = [slips[n] if n % 5 == 0 else typed[n] for n in range(QUERIES)]
    return {"query (a slip in five, unfinished in three)": mixed, "only slips": slips}


def _slipped(text: str) -> str:
    """Two letters of the longest word changed places."""
    word = max(text.split(), key=len)
    at = len(word) // 2
    return text.replace(word, word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :], 1)


def _entries() -> Iterator[Entry]:
    spelt, drawn = np.random.default_rng(SEED), np.random.default_rng(SEED + 1)
    vocabulary = np.array(["".join(spelt.choice(SYLLABLES, spelt.integers(1, 5))) for _ in range(VOCABULARY)])
    odds = 1 / np.arange(1, VOCABULARY + 1)
    words = chain.from_iterable(
        drawn.choice(vocabulary, CHUNK, p=odds / odds.sum()).tolist() for _ in iter(int, 1)
    )  # fmt: skip
    for n in range(PAGES):
        title = _text(words, TITLE)
        for section in range(SECTIONS):
            yield Entry(
                key=f"doc:{n}:{section}", type="doc", page=f"doc:{n}", title=title, position=section,
                heading=_text(words, 3) if section else "", body=_text(words, int(drawn.integers(WORDS, 2 * WORDS))),
                address=f"docs?page={n}.md", locks=(("member:*", "member:payroll"),) if n % 8 == 0 else (),
            )  # fmt: skip


def _text(words: Iterator[str], number: int) -> str:
    return " ".join(next(words) for _ in range(number))


def _timed(act: Callable[[], T]) -> tuple[T, float, float]:
    """What came of it, and how long it took: on the wall and of the CPU (s)."""
    began, busy = perf_counter(), process_time()
    result = act()
    return result, perf_counter() - began, process_time() - busy


def _resident_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
