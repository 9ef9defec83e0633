"""What the portal asks of a warehouse that takes 200 ms longer for every statement, and of Databricks and Power BI."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from statistics import median
from typing import Any, NamedTuple

SPEED = 10


class Line(NamedTuple):
    what: str
    target: str = ""


LINES = {
    "cold_unconnected": Line("Front page of a process that has no connection yet"),
    "cold": Line("Front page with nothing of it cached"),
    "cold_statements": Line("Statements of it", "≤ 3"),
    "one_statements": Line("Statements for 1 viewer, 10 minutes"),
    "many_statements": Line("Statements for 50 viewers, 10 minutes", "≤ 1 viewer's"),
    "many_waited": Line("Looks after the first that waited for the warehouse", "0"),
    "many_looks": Line("How long their looks took"),
    "idle_statements": Line("Statements in the 10 minutes after they left", "0"),
    "back_statements": Line("Statements when all 50 come back at once", "≤ 3"),
    "back_looks": Line("How long they wait then"),
}


class Route(NamedTuple):
    what: str
    limit: str
    per_hour: int | None = None


LISTS, HISTORIES = "admin/capacities/refreshables", "/refreshes"
ROUTES = {
    "jobs/runs/list": Route("Databricks: runs of jobs", "none published"),
    "jobs/runs/get": Route("Databricks: one run", "100 a second", 360_000),
    LISTS: Route("Power BI: refreshables", "200 an hour", 200),
    HISTORIES: Route("Power BI: history of a model", "none published; ours 200 with the lists"),
    "oauth2/v2.0/token": Route("Entra: sign-in", "none published"),
}
MEMORY_MB = 400


def run(arguments: Sequence[str]) -> None:
    parser = ArgumentParser(prog="python -m benchmarks warehouse", description=__doc__)
    parser.add_argument("--only", choices=("viewers", "ingestion"), help="both if not given")
    parser.add_argument("--speed", type=float, default=SPEED, help="how much faster than real the viewers' clock runs")
    given = parser.parse_args(arguments)
    if given.only != "ingestion":
        figures = _measured("benchmarks.viewers", str(given.speed))
        sys.stdout.write(f"{_viewers(figures)}\n\n{_method(given.speed)}\n\n")
    if given.only != "viewers":
        sys.stdout.write(_ingestion(_measured("benchmarks.ingestion")) + "\n")


def _measured(module: str, *arguments: str) -> Any:
    """In a process of its own. The stand-ins log every request; that is of no use here."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr[-4000:])
        raise SystemExit(done.returncode)
    return json.loads(done.stdout)


def _viewers(figures: Mapping[str, Sequence[float]]) -> str:
    rows = [["", "target", "measured"], ["---", "---:", "---:"]]
    rows += [[line.what, line.target, _told(name, figures[name])] for name, line in LINES.items()]
    return _table(rows)


def _told(name: str, found: Sequence[float]) -> str:
    if name.endswith(("_statements", "_waited")):
        return f"{found[0]:,.0f}"
    most = sorted(found)[int(len(found) * 0.99)]
    return f"median {median(found):,.0f}, 99 % within {most:,.0f}, longest {max(found):,.0f} ms"


def _ingestion(figures: Mapping[str, Any]) -> str:
    hours = figures["requests"]
    rows = [["Requests", "first hour", "an hour later", "limit", "used"], ["---", "---:", "---:", "---:", "---:"]]
    for route, known in ROUTES.items():
        asked = [sum(n for path, n in hour.items() if path.endswith(route)) for hour in hours]
        used = f"{max(asked) / known.per_hour:.1%}" if known.per_hour else ""
        rows.append([known.what, *(f"{n:,}" for n in asked), known.limit, used])
    both = [sum(n for path, n in hour.items() if path.endswith((LISTS, HISTORIES))) for hour in hours]
    rows.append(["Power BI, all together", *(f"{n:,}" for n in both), "200 an hour", f"{max(both) / 200:.1%}"])
    unseen = f"{figures['unknown']} checks unknown at the end; {'; '.join(figures['problems']) or 'no problem'}."
    return f"{_table(rows)}\n\nMemory of the ingesting process: {figures['memory']:,.0f} MB (≤ {MEMORY_MB}). {unseen}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _method(speed: float) -> str:
    packages = ("databricks-sql-connector", "databricks-sdk", "streamlit")
    return (
        f"The clock ran {speed:g} times as fast, the 200 ms did not. Load {os.getloadavg()[0]:.1f} at the end. "
        f"{platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"{', '.join(f'{name} {version(name)}' for name in packages)}."
    )
