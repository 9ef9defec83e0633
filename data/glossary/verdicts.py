"""What became of each row of a file, and of the file as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from data.audit.model import difference
from data.glossary.formats.base import Document
from data.glossary.model import Term
from data.glossary.rules import LABELS, facts_of

Outcome = Literal["new", "changed", "unchanged", "refused"]
OUTCOMES: tuple[Outcome, ...] = ("new", "changed", "unchanged", "refused")


@dataclass(frozen=True, slots=True)
class Verdict:
    line: int
    name: str
    outcome: Outcome
    said: str = ""
    """Why it was refused, or what else should be known."""
    before: Term | None = None
    after: Term | None = None

    def differences(self) -> list[tuple[str, Any, Any]]:
        """Field in words, before, after."""
        if self.before is None or self.after is None:
            return []
        old, new = difference(facts_of(self.before), facts_of(self.after))
        return [(LABELS[name], (old or {})[name], told) for name, told in (new or {}).items()]


@dataclass(frozen=True)
class Plan:
    document: Document
    verdicts: tuple[Verdict, ...]

    @cached_property
    def counts(self) -> Mapping[Outcome, int]:
        found = Counter(verdict.outcome for verdict in self.verdicts)
        return {outcome: found[outcome] for outcome in OUTCOMES}

    @property
    def writes(self) -> int:
        return self.counts["new"] + self.counts["changed"]

    @property
    def remarks(self) -> tuple[str, ...]:
        """About the file as a whole."""
        kept = "Unknown columns, kept as other properties: " + ", ".join(self.document.unknown)
        return (*self.document.notes, *([kept] if self.document.unknown else ()))
