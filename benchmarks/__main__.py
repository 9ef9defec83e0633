"""`python -m benchmarks NAME`: figures and how they were measured. Nothing here fails because it is slow."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

from benchmarks import admin, api, knowledge, notify, push, status, tickets, warehouse

BENCHMARKS: Mapping[str, Callable[[Sequence[str]], None]] = {
    "admin": admin.run,
    "api": api.run,
    "knowledge": knowledge.run,
    "notify": notify.run,
    "push": push.run,
    "status": status.run,
    "tickets": tickets.run,
    "warehouse": warehouse.run,
}


def main(name: str = "status", *arguments: str) -> int:
    if name not in BENCHMARKS:
        sys.stderr.write(f"There is no benchmark {name}; there are {', '.join(BENCHMARKS)}.\n")
        return 2
    BENCHMARKS[name](arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
