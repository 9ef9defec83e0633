"""`make run-standin`: the portal on the connector's path, in a small world of stand-ins whose faults one can switch."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.standins.world import EVENTS, World

ROOT = Path(__file__).parents[2]
LIVELY_S = 60.0


def main() -> int:
    home = Path(os.environ.get("PORTAL_HOME", ".portal")) / "standin"
    port = os.environ.get("PORT", "8501")
    with World(home / "world") as world, pytest.MonkeyPatch.context() as environment:
        environment.setenv("REQUESTS_CA_BUNDLE", str(world.workspace.ca_file))
        world.portal(home).engine.close()
        stop = threading.Event()
        threading.Thread(target=_live, args=(world, stop), daemon=True).start()
        _say(world, port)
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", port]
        variables = {**os.environ, **world.environment(), "PORTAL_HOME": str(home)}
        try:
            return subprocess.call(command, cwd=ROOT, env=variables)
        except KeyboardInterrupt:
            return 0
        finally:
            stop.set()


def _live(world: World, stop: threading.Event) -> None:
    """Data goes on arriving."""
    while not stop.wait(LIVELY_S):
        world.run_job(42)
        world.refresh("Sales")
        world.workspace.engine.execute("INSERT INTO orders VALUES (2, :at)", {"at": world.clock()})


def _say(world: World, port: str) -> None:
    lines = [
        f"The portal:  http://localhost:{port}",
        f"The faults:  {world.workspace.host}/_standin (its certificate is its own)",
        *(f"  curl -k -X POST {world.workspace.host}/_standin/world/{event}" for event in EVENTS),
    ]
    sys.stderr.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
