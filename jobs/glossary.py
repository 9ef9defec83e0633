"""Glossaries in files: an import shows what it would change, and changes it when told to; an export loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from data.errors import Invalid, NotFound
from data.glossary.verdicts import Plan, Verdict
from data.people.model import Actor
from data.portal import Portal
from data.tickets.visibility import viewer_of

ACTOR = Actor.job("glossary")
SIGNS = {"new": "+", "changed": "~", "refused": "!"}
LONGEST = 60
"""Characters of a value."""


def import_terms(portal: Portal, file: Path | None, format: str | None = None, yes: bool = False) -> list[str]:
    """What would be done with each row, in words. Raises Invalid for what cannot be read at all."""
    if file is None:
        raise Invalid("Which file? python -m jobs glossary import FILE")
    plan = portal.glossary_files.plan(ACTOR, _bytes(file), format)
    lines = list(told(plan))
    if not plan.writes:
        return lines
    if not yes:
        return [*lines, "Nothing was changed yet. Apply it with --yes."]
    return [*lines, f"{portal.glossary_files.apply(ACTOR, plan):,} terms written."]


def export_terms(portal: Portal, file: Path | None, format: str = "portal") -> list[str]:
    """Into the file, or as lines of text."""
    given = portal.glossary_files.export(viewer_of(ACTOR), format)
    if file is None:
        return given.decode("utf-8-sig").splitlines()
    try:
        file.write_bytes(given)
    except OSError as error:
        raise Invalid(f"{file} cannot be written: {error.strerror or error}.") from error
    return [f"The glossary is in {file}."]


def told(plan: Plan) -> Iterator[str]:
    yield from plan.remarks
    yield from (_line(verdict) for verdict in plan.verdicts if verdict.outcome != "unchanged")
    counts = ", ".join(f"{number:,} {outcome}" for outcome, number in plan.counts.items())
    yield f"Read as {plan.document.format.label}: {counts}."


def _line(verdict: Verdict) -> str:
    changes = ", ".join(f"{field} {_short(old)} -> {_short(new)}" for field, old, new in verdict.differences())
    said = " ".join(filter(None, (changes, verdict.said)))
    return f"{SIGNS[verdict.outcome]} line {verdict.line}, {verdict.name}{': ' if said else ''}{said}"


def _short(value: object) -> str:
    text = " ".join(str(value if value not in (None, "", [], {}) else "none").split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no file {file}.") from None
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror or error}.") from error
