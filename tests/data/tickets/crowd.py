"""`python -m tests.data.tickets.crowd HOME TICKET FIRST`: 25 people at one ticket at once; prints what became of it."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from data.errors import Conflict
from data.people.model import Actor, Role
from data.portal import Portal, connect
from data.settings import Settings

PEOPLE = 25
together = Barrier(PEOPLE)


def visit(portal: Portal, ticket_id: str, number: int) -> str:
    """Tries to triage the ticket as everybody saw it, votes (every third takes it back), and comments once."""
    actor = Actor(f"person-{number:02}@example.org", f"person-{number:02}", Role.triager)
    together.wait(60)
    try:
        portal.tickets.move(actor, ticket_id, 1, "triage", {"priority": 1 + number % 4})
        told = f"won:{actor.email}"
    except Conflict as conflict:
        told = str(conflict)
    portal.tickets.talk.vote(actor, ticket_id, True)
    portal.tickets.talk.comment(actor, ticket_id, f"Comment of {number}", id=f"comment-{number:02}")
    if number % 3 == 0:
        portal.tickets.talk.vote(actor, ticket_id, False)
    return told


def main(home: str, ticket_id: str, first: str) -> None:
    portal = connect(Settings(home=Path(home)))
    with ThreadPoolExecutor(PEOPLE) as pool:
        told = list(pool.map(lambda n: visit(portal, ticket_id, int(first) + n), range(PEOPLE)))
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
