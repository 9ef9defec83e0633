"""Platforms and checks from a YAML file: shows what would change, and changes it when told to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from data.errors import Invalid, NotFound
from data.people.model import Actor
from data.portal import Portal
from data.status.estate import Estate, plan, read_estate
from data.status.model import Check
from jobs.sources import SOURCES
from jobs.sources.base import Source
from jobs.sources.targets import read_target


def apply(portal: Portal, file: Path, yes: bool = False, prune: bool = False) -> list[str]:
    """The plan in words. Raises Invalid naming entry and key of all that cannot be accepted; then nothing changes."""
    wanted = read_estate(_text(file), file.name)
    refuse_unknown_targets(wanted)
    changes = plan(portal.status.estate(), wanted, prune)
    lines = list(changes.lines())
    if not changes.changes:
        return lines
    if not yes:
        return [*lines, "Nothing was changed yet. Apply it with --yes."]
    return [*lines, f"{portal.status.apply(changes, Actor.job('apply'))} entries changed."]


def refuse_unknown_targets(estate: Estate, sources: Mapping[str, Source] = SOURCES) -> None:
    """What only the sources know: their names, the modes they serve, the shape of their targets."""
    problems = tuple(
        f"checks[{position}] {check.id}: {problem}"
        for position, check in enumerate(estate.checks)
        for problem in _problems(check, sources)
    )
    if problems:
        raise Invalid("The file cannot be applied:", problems)


def _problems(check: Check, sources: Mapping[str, Source]) -> Iterator[str]:
    source = sources.get(check.source)
    if source is None:
        yield f"source: '{check.source}' is not known; {_meant(check.source, sources)}"
        return
    if check.mode not in source.modes:
        yield f"mode: {check.source} serves {', '.join(sorted(source.modes))}, not {check.mode}"
    try:
        read_target(source.target, check.target)
    except Invalid as error:
        yield from error.problems


def _meant(name: str, sources: Mapping[str, Source]) -> str:
    close = get_close_matches(name, sources, 1)
    return f"did you mean {close[0]}?" if close else f"use {', '.join(sources)}"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFound(f"There is no file {file}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{file} cannot be read as text: {error}") from error
