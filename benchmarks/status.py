"""How fast the status area is with a thousand checks, and whether the number of results behind it matters."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.load import CHECKS, DAYS, EVERY, PLATFORMS, RUNS

SIZES = {"1m": 1_000_000, "10m": 10_000_000}
Figures = Mapping[str, Sequence[float]]


class Line(NamedTuple):
    what: str
    unit: str
    target: float | None


LINES = {
    "front_page_cold": Line("Front page with nothing of it cached", "ms", 150),
    "front_page_unopened": Line("The same on an engine that has opened no table yet", "ms", None),
    "front_page_statements": Line("Statements of a cold front page", "", 3),
    "warm_statements": Line("Statements of a warm front page", "", 0),
    "history": Line("One check's values of 7 days", "ms", 100),
    "strips": Line(f"The {DAYS} days of all {CHECKS:,} checks", "ms", 150),
    "round_of_all": Line(f"Recording one round of {CHECKS:,} readings", "ms", 1500),
    "memory": Line("Memory of the process, at its peak", "MB", 500),
}


def run(arguments: Sequence[str]) -> None:
    parser = ArgumentParser(prog="python -m benchmarks status", description=__doc__)
    parser.add_argument("--rows", choices=SIZES, action="append", help="how many results; both sizes if not given")
    parser.add_argument("--home", type=Path, help="folder to keep the stores in for the next time")
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as scratch:
        home = given.home or Path(scratch)
        figures = {size: _measured(home / size, SIZES[size]) for size in given.rows or SIZES}
    sys.stdout.write(f"{_method()}\n\n{_table(figures)}\n")


def _measured(home: Path, rows: int) -> Figures:
    """In processes of their own, so that neither this one nor the building counts for the memory.

    On linked files, so that the rounds that are recorded leave the store as it was: Delta never writes into a file.
    """
    _python("benchmarks.load", str(home), str(rows))
    with TemporaryDirectory(dir=home.parent) as scratch:
        shutil.copytree(home, scratch, copy_function=os.link, dirs_exist_ok=True)
        figures: Figures = json.loads(_python("benchmarks.measure", scratch))
    return figures


def _python(module: str, *arguments: str) -> bytes:
    return subprocess.run([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, check=True).stdout


def _table(figures: Mapping[str, Figures]) -> str:
    sizes = list(figures)
    head = ["", "target", *(f"{size.upper()} results" for size in sizes), *(["ratio"] if len(sizes) == 2 else [])]
    rows = [head, ["---", *["---:"] * (len(head) - 1)]]
    for name, line in LINES.items():
        found = [figures[size][name] for size in sizes]
        target = "" if line.target is None else f"≤ {line.target:,g} {line.unit}".strip()
        rows.append([line.what, target, *(_figure(runs, line.unit) for runs in found), *_ratio(*found)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _figure(runs: Sequence[float], unit: str) -> str:
    best = f" ({min(runs):,.0f})" if len(runs) > 1 else ""
    return f"{median(runs):,.0f}{best} {unit}".strip()


def _ratio(*found: Sequence[float]) -> list[str]:
    """Of the best runs, which other work on the machine disturbs least."""
    if len(found) < 2:
        return []
    small, large = map(min, found)
    return [f"{large / small:.2f}" if small else "–"]


def _method() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "deltalake", "sqlglot", "streamlit"))
    return (
        f"{CHECKS:,} checks on {PLATFORMS} platforms every {EVERY.seconds // 60} min; medians (best) of {RUNS} runs, "
        f"files in the system's cache, load {os.getloadavg()[0]:.1f} at the end.\n"
        f"{platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}, {packages}."
    )
