"""How long a large glossary takes from a file into the store: the look, and the writing, on the embedded engine."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from data.people.model import Actor
from data.portal import connect
from data.settings import Settings

TERMS = 5_000
ADMIN = Actor.job("benchmark")


def a_file(terms: int = TERMS, words: str = "Invoiced value") -> bytes:
    """CSV with a definition of two sentences, synonyms and a relation in each row."""
    rows = (
        f'Term {n},"{words} of kind {n}, minus returns. Freight counts when the customer paid for it.",T{n},'
        f"word {n}; other {n},Approved,Domain {n % 40},related: Term {(n * 7) % terms}"
        for n in range(terms)
    )
    return "\n".join(("name,definition,acronym,synonyms,status,domain,relations", *rows)).encode()


def import_seconds(home: Path, terms: int = TERMS) -> Mapping[str, float]:
    """Seconds of the look and of the writing, into an empty glossary and once more with every row changed."""
    portal = connect(Settings(home=home))
    portal.schema.migrate()
    took: dict[str, float] = {}
    for name, words in (("new", "Invoiced value"), ("changed", "Booked value")):
        began = perf_counter()
        plan = portal.glossary_files.plan(ADMIN, a_file(terms, words))
        looked = perf_counter()
        written = portal.glossary_files.apply(ADMIN, plan)
        assert written == terms, f"{written} of {terms} terms written"
        took |= {f"{name}: dry run": looked - began, f"{name}: apply": perf_counter() - looked}
    return took


if __name__ == "__main__":
    with TemporaryDirectory() as home:
        for name, seconds in import_seconds(Path(home)).items():
            sys.stdout.write(f"{TERMS:,} terms, {name}: {seconds:.2f} s\n")
