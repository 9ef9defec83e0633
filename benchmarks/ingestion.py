"""Two hours of rounds over 1,000 Databricks jobs and 2,000 Power BI models, against the stand-ins; prints JSON.

The rounds run in a process of their own (`benchmarks.rounds`); here are the stand-ins, and the clock, which jumps from
round to round.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.load import AT, SEED
from benchmarks.rounds import JumpingClock
from data.people.model import Actor
from data.portal import Portal, connect
from data.settings import put_in_environment, read_settings
from data.status.estate import Estate, plan
from data.status.model import Check, Platform
from tests.standins.microsoft import MicrosoftCloud
from tests.standins.microsoft.estate import Dataset
from tests.standins.workspace import Workspace, rest

JOBS, MODELS, SHARED = 1_000, 2_000, 100
"""`SHARED` of the models are on no capacity."""
JOBS_EVERY, MODELS_EVERY = timedelta(minutes=5), timedelta(minutes=15)
HOUR, HOURS = timedelta(hours=1), 2
FAILING = 0.03
"""Of jobs and models, at each run and refresh. All run once an hour."""
NUMBERS = re.compile(r"/[0-9a-f-]{36}|\?.*")


@dataclass
class World:
    """What happens at Databricks and Power BI while the portal looks."""

    jobs: rest.Estate
    cloud: MicrosoftCloud
    models: list[Dataset] = field(default_factory=list)
    _chance: Random = field(default_factory=lambda: Random(SEED))
    _runs: int = 0

    def begin(self) -> None:
        self.models = [self.cloud.estate.dataset(f"Model {n}", shared=n < SHARED) for n in range(MODELS)]
        for minute in range(60):
            self.happen(AT - HOUR + timedelta(minutes=minute))

    def happen(self, at: datetime) -> None:
        """In this minute of the hour the same sixtieth of all jobs and models starts, and ends within the minute."""
        for n in range(at.minute, JOBS, 60):
            self._runs += 1
            self.jobs.run(n + 1, self._runs, at, timedelta(seconds=40), self._fate("SUCCESS", "FAILED"))
        for model in self.models[at.minute :: 60]:
            self.cloud.estate.refresh(model, self._fate("Completed", "Failed"), at, minutes=0.5)

    def _fate(self, good: str, bad: str) -> str:
        return bad if self._chance.random() < FAILING else good


def checks(models: Sequence[Dataset]) -> Iterator[Check]:
    common = {"platform_id": "shop", "mode": "success"}
    for n in range(1, JOBS + 1):
        parts = {"id": f"job-{n}", "name": f"Job {n}", "source": "databricks_jobs", "target": {"job_id": n}}
        yield Check.model_validate({**common, **parts, "every": JOBS_EVERY})
    for n, model in enumerate(models):
        parts = {"id": f"model-{n}", "name": model.name, "source": "powerbi_refreshables"}
        target = {"dataset_id": model.id, "workspace_id": model.workspace_id}
        yield Check.model_validate({**common, **parts, "target": target, "every": MODELS_EVERY})


def watch(portal: Portal, models: Sequence[Dataset]) -> None:
    portal.schema.migrate()
    wanted = Estate(platforms=(Platform(id="shop", name="Shop", kind="Tables"),), checks=tuple(checks(models)))
    portal.status.apply(plan(portal.status.estate(), wanted, prune=False), Actor.job("benchmark"))


def measured(root: Path) -> dict[str, Any]:
    clock, jobs = JumpingClock(), rest.Estate()
    with ExitStack() as stack:
        workspace = stack.enter_context(Workspace(root / "workspace", rest.routes(jobs)))
        cloud = stack.enter_context(MicrosoftCloud(clock))
        world = World(jobs, cloud)
        world.begin()
        environment = {**workspace.environment(), **cloud.environment(), "PORTAL_HOME": str(root / "home")}
        put_in_environment(environment)
        watch(connect(read_settings()).replace(clock=clock), world.models)
        return _hours(world, workspace, clock)


def _hours(world: World, workspace: Workspace, clock: JumpingClock) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.rounds"]
    requests, told = [], {}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        for minute in range(HOURS * 60):
            world.happen(clock.now)
            clock.now += timedelta(minutes=1)
            if minute % (JOBS_EVERY // timedelta(minutes=1)) == 0:
                process.stdin.write(clock.now.isoformat() + "\n")
                process.stdin.flush()
                told = json.loads(process.stdout.readline())
            if minute % 60 == 59:
                requests.append(_asked(world.cloud, workspace))
        process.stdin.close()
    return {"requests": requests, **told}


def _asked(cloud: MicrosoftCloud, workspace: Workspace) -> dict[str, int]:
    """By route, since it was asked last. The stand-in of Microsoft keeps its log, by which it counts the hour."""
    seen = [call.kind for call in workspace.log if call.kind.startswith("GET /api/")]
    seen += [f"{s.method} {s.path}" for s in cloud.log if s.at > cloud.clock() - HOUR]
    workspace.log.clear()
    return dict(Counter(NUMBERS.sub(lambda found: "" if found[0][0] == "?" else "/{id}", kind) for kind in seen))


def main() -> None:
    with TemporaryDirectory() as scratch:
        json.dump(measured(Path(scratch)), sys.stdout)


if __name__ == "__main__":
    main()
