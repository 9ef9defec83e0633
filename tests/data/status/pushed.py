"""`python -m tests.data.status.pushed HOME`: pushes from eight threads until it is killed, telling what is stored."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from data.people.model import Actor
from data.portal import connect
from data.settings import Settings
from data.status.pushing import Report

MOST = 2_000
"""Nobody kills it: it ends."""


def main(home: str) -> None:
    pushing = connect(Settings(home=Path(home))).status.pushing

    def push(n: int) -> None:
        [answer] = pushing.push(Actor.job(), f"check-{n % 4}", [Report(key=f"run-{n}")])
        os.write(1, f"{answer.id}\n".encode())

    with ThreadPoolExecutor(8) as callers:
        list(callers.map(push, range(MOST)))


if __name__ == "__main__":
    main(*sys.argv[1:])
