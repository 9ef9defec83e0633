"""How long the server takes to draw the admin lists and forms of two thousand checks."""

from __future__ import annotations

import gc
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from streamlit.testing.v1 import AppTest

from benchmarks.load import AT, LIMITS, MODES, RUNS, _current, _results
from benchmarks.measure import timed
from benchmarks.status import Line, _figure
from data import cached, doorway
from data.engines.recording import RecordingEngine
from data.people.model import Actor
from data.portal import Portal, connect
from data.settings import Settings
from data.status.estate import Estate, plan, read_estate
from data.status.model import Check, Platform

PLATFORMS, CHECKS, LOOKS = 60, 2_000, 8_640
"""`LOOKS`: of the check whose form is drawn, every five minutes for 30 days."""
UI = Path(__file__).parents[1] / "ui.py"
PAGES = {
    "checks": ("The list of checks, 50 shown", {"part": "checks"}),
    "found": (
        "The same, searched by words and narrowed to a platform",
        {"part": "checks", "q": "7", "of": "Platform 7"},
    ),
    "check": (f"The form of a check, with the preview of {LOOKS:,} results", {"part": "checks", "check": "check-0000"}),
    "platforms": ("The list of platforms, 50 shown", {"part": "platforms"}),
    "platform": ("The form of a platform", {"part": "platforms", "platform": "platform-07"}),
}
TARGET = 200
EXPORT = Line(f"All {CHECKS:,} checks as a file", "ms", None)
LOOK = Line("Such a file read and planned", "ms", None)


def run(arguments: Sequence[str]) -> None:
    ArgumentParser(prog="python -m benchmarks admin", description=__doc__).parse_args(arguments)
    with TemporaryDirectory() as folder:
        portal = built(Path(folder))
        engine = RecordingEngine(portal.engine)
        doorway.enter(portal.replace(engine=engine))
        gc.freeze()  # as app.py does
        rows = [["", "target", "nothing cached", "again"], ["---", "---:", "---:", "---:"]]
        for what, address in PAGES.values():
            rows.append([what, f"≤ {TARGET} ms", *drawn(address, engine)])
        editor, job = portal.status.editor, Actor.job()
        text = editor.export(job)
        for line, call in (
            (EXPORT, lambda: editor.export(job)),
            (LOOK, lambda: editor.plan(job, read_estate(text, "checks.yaml"))),
        ):
            rows.append([line.what, "", "", _figure(timed(repeated(call)), line.unit)])
        gc.unfreeze()
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    sys.stdout.write(f"{table}\n\nmedians (best) of {RUNS} runs, load {os.getloadavg()[0]:.1f} at the end\n")


def built(home: Path) -> Portal:
    portal = connect(Settings(home=home)).replace(clock=lambda: AT)
    portal.schema.migrate()
    wanted = estate()
    portal.status.apply(plan(portal.status.estate(), wanted), Actor.job("benchmark"))
    for table in _results(wanted.checks[:1], LOOKS):
        portal.engine.append("status_results", table)
    portal.statements.append("status_current", [_current(check) for check in wanted.checks])
    return portal


def estate() -> Estate:
    return Estate(
        platforms=tuple(
            Platform(id=f"platform-{n:02}", name=f"Platform {n}", kind="Tables", position=n) for n in range(PLATFORMS)
        ),
        checks=tuple(map(_check, range(CHECKS))),
    )


def _check(n: int) -> Check:
    mode = MODES[n % len(MODES)]
    place = f"platform-{n % PLATFORMS:02}"
    fields: Mapping[str, Any] = {"name": f"Table {n} is fresh", "source": "push", "mode": mode, "owner": "sales-data"}
    return Check.model_validate({"id": f"check-{n:04}", "platform_id": place, **fields, **LIMITS[mode]})


def drawn(address: Mapping[str, str], engine: RecordingEngine) -> tuple[str, str]:
    """A rerun of the whole script with nothing cached, and again; what the test client adds is in it."""
    app = AppTest.from_file(UI, default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.switch_page("pages/admin.py").run()
    assert not app.exception, app.exception
    cold = []
    for _ in range(RUNS):
        cached.drop()
        cold += timed(iter([app.run]))
    before = len(engine.calls)
    warm = timed(repeated(app.run))
    return _figure(cold, "ms"), f"{_figure(warm, 'ms')}, {(len(engine.calls) - before) / RUNS:g} statements"


def repeated(call: Callable[[], Any]) -> Iterator[Callable[[], Any]]:
    while True:
        yield call
