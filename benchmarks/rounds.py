"""A process that does what the ingesting job does, and no more, at each time that comes in; so its memory is a job's.

Out goes, as JSON, what could not be looked at in the round, and the peak of the memory so far, in MB.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.load import AT
from data.portal import connect
from data.settings import read_settings
from data.status.model import State
from jobs.ingest import ingest
from jobs.sources.base import Source
from jobs.sources.databricks_jobs import DatabricksJobs
from jobs.sources.powerbi_refreshables import PowerBiRefreshables

SOURCES: Mapping[str, Source] = {source.name: source for source in (DatabricksJobs(), PowerBiRefreshables())}


@dataclass
class JumpingClock:
    now: datetime = AT

    def __call__(self) -> datetime:
        return self.now


def peak() -> float:
    """Of this process's memory, in MB. `ru_maxrss` would be that of the process which started it, if that is larger."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    clock = JumpingClock()
    portal = connect(read_settings()).replace(clock=clock)
    for line in sys.stdin:
        clock.now = datetime.fromisoformat(line.strip())
        problems = [run.error for run in ingest(portal, only_due=True, sources=SOURCES).runs if run.error]
        unknown = sum(current.state is State.unknown for current in portal.status.currents().values())
        sys.stdout.write(json.dumps({"problems": problems, "unknown": unknown, "memory": peak()}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
