"""How long a long page of the documentation takes to render, and to be asked for again: part of `knowledge`."""

from __future__ import annotations

import time
from statistics import median

from data.docs.library import build
from data.docs.model import Library
from data.docs.press import drafted, finished
from data.docs.terms import NO_TERMS
from data.docs.tree import Tree

SECTIONS = 300
ROUNDS = 5
METHOD = f"a page of {SECTIONS} sections with lists, tables, boxes, code and links; cold: median of {ROUNDS} new texts"


def long_page(mark: int = 0) -> str:
    """About 40 kB. Another mark is another text."""
    return f"# Page {mark}\n\n" + "".join(_section(number) for number in range(SECTIONS))


def _section(number: int) -> str:
    extra = {
        0: "```python\nfor day in range(3):\n    print(day)\n```\n\n", 5: "!!! note\n    Careful.\n\n",
        7: "| a | b |\n|---|---|\n| 1 | 2 |\n\n",
    }.get(number % 10, "")  # fmt: skip
    text = f"Orders of **day {number}** land in `sales.orders`, see [next](#section-{number + 1})."
    return f"## Section {number}\n\n{text}\n\n- one\n- two\n\n{extra}"


def library_of(text: str) -> Library:
    content = text.encode()
    return build(Tree({"a.md": len(content)}, lambda _: content, text[:40]))


def page_times() -> tuple[float, float]:
    """Seconds, cold and warm; what is loaded once for a process (lexers, patterns) is not counted."""
    library = library_of(long_page(-1))
    finished("a.md", library, NO_TERMS, frozenset())
    cold, warm = [], []
    for mark in range(ROUNDS):
        library = library_of(long_page(mark))
        cold.append(_timed(library))
        warm.append(_timed(library))
    drafted.cache_clear()
    return median(cold), median(warm)


def _timed(library: Library) -> float:
    began = time.perf_counter()
    finished("a.md", library, NO_TERMS, frozenset())
    return time.perf_counter() - began


def lines() -> list[str]:
    cold, warm = page_times()
    return [f"page of {SECTIONS} sections: cold {cold * 1000:.0f} ms, warm {warm * 1000:.2f} ms ({METHOD})"]
