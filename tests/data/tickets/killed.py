"""`python -m tests.data.tickets.killed HOME TICKET DEED STATEMENT`: does a deed and dies at once before STATEMENT."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from data.people.model import Actor, Role
from data.portal import connect
from data.settings import Settings
from data.statements import Row, Statements
from data.tickets.model import Draft

DANA = Actor("dana@example.org", "dana", Role.triager)
deadly: list[str] = []
_run = Statements.run


def run(self: Statements, name: str, /, rows: Iterable[Row] | None = None, **params: Any) -> int:
    if name in deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    return _run(self, name, rows, **params)


def main(home: str, ticket_id: str, deed: str, statement: str) -> None:
    deadly.append(statement)
    Statements.run = run
    tickets = connect(Settings(home=Path(home))).tickets
    if deed == "open":
        tickets.open(DANA, Draft(id=ticket_id, kind="improvement", title="Faster orders", body="Today I wait."))
    elif deed == "move":
        tickets.move(DANA, ticket_id, 1, "triage", {"priority": 2})
    else:
        tickets.talk.comment(DANA, ticket_id, "We look at it.", id="the-comment")


if __name__ == "__main__":
    main(*sys.argv[1:])
