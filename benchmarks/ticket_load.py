"""A store with many tickets: of all kinds, most of them ended, over two years, with ten comments and twenty votes each.

Made by columns and appended in many small commits, as life does, so that the engine's own care has put the files in
order; a few tickets are hot, with hundreds of votes and comments.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.load import AT, CHECKS, PLATFORMS, SEED, estate
from data.engines.base import Upkeep
from data.people.model import Actor
from data.portal import Portal, connect
from data.settings import Settings
from data.status.estate import plan
from data.tickets.ids import ALPHABET, bucket_of, key_of
from data.tickets.kinds import KINDS
from data.tickets.model import Ticket
from data.tickets.rows import excerpt, ticket_row
from data.tickets.workflow import changed

COMMENTS, VOTES, WATCHERS, EVENTS = 10, 20, 2, 4
PEOPLE = 5_000
OPEN_SHARE = 0.15
SPAN = timedelta(days=730)
COMMITS = 60
WORDS = (
    "sales",
    "orders",
    "refresh",
    "late",
    "gateway",
    "model",
    "row",
    "column",
    "nordics",
    "report",
    "region",
    "load",
)
BOB = Actor.job("bob@example.org")


def load(home: Path, tickets: int) -> None:
    """Does nothing where the store is there already."""
    done = home / f"{tickets}.loaded"
    if done.exists():
        return
    portal = connect(Settings(home=home)).replace(clock=lambda: AT)
    portal.schema.migrate()
    portal.status.apply(plan(portal.status.estate(), estate(), prune=False), Actor.job())
    rng = np.random.default_rng(SEED)
    ids = _ids(rng, tickets)
    heads = pd.DataFrame(_head(rng, n, id_) for n, id_ in enumerate(ids))
    _append(portal, "tickets", heads, commits=4)
    often = rng.permutation(1 / (np.arange(1, tickets + 1) ** 0.35))
    often /= often.sum()
    owners = heads[["id", "platform_id", "requester", "created_at", "kind"]]
    comments = _comments(rng, owners, rng.choice(tickets, COMMENTS * tickets, p=often))
    votes = _votes(rng, owners[owners.kind != "request"], VOTES * tickets)
    _append(portal, "comments", comments)
    _append(portal, "votes", votes)
    _append(portal, "watchers", _watchers(rng, owners, tickets))
    _append(portal, "audit_events", _events(owners))
    _append(portal, "ticket_tallies", _tallies(comments, votes), commits=1)
    for table in ("tickets", "comments", "votes", "watchers", "audit_events", "ticket_tallies"):
        portal.engine.maintain(table, Upkeep(), AT)
    done.touch()


def _ids(rng: np.random.Generator, number: int) -> list[str]:
    """Like `new_id`, the oldest first."""
    letters = np.array(list(ALPHABET))
    ages = np.sort(rng.uniform(0, SPAN.total_seconds(), number))[::-1]
    chance = ["".join(row) for row in letters[rng.integers(0, 32, (number, 16))]]
    return [f"{_time(int((AT.timestamp() - age) * 1000))}{rest}" for age, rest in zip(ages, chance, strict=True)]


def _time(milliseconds: int) -> str:
    return "".join(ALPHABET[milliseconds >> shift & 31] for shift in range(45, -1, -5))


def _head(rng: np.random.Generator, n: int, id_: str) -> dict[str, Any]:
    kind = tuple(KINDS.values())[(0, 0, 0, 1, 2)[n % 5]]
    states = kind.workflow.names("open") if rng.random() < OPEN_SHARE else kind.workflow.names("closed")
    at = AT - SPAN * (1 - n / 100_000) if n < 100_000 else AT
    person = f"person-{rng.integers(PEOPLE):04}@example.org"
    body = " ".join(rng.choice(WORDS, int(np.clip(rng.lognormal(3.6, 0.6), 20, 220))))
    ended = states[0] not in kind.workflow.names("open")
    ticket = Ticket(
        id=id_, key=key_of(kind.prefix, id_, 8), kind=kind.name, state=states[n % len(states)],
        title=f"{' '.join(rng.choice(WORDS, 6))} {n}", body=body, excerpt=excerpt(body),
        platform_id=f"platform-{rng.integers(PLATFORMS):02}", asset=f"check-{rng.integers(CHECKS):04}",
        priority=int(rng.integers(1, 5)) if kind.prioritised else None, requester=person, team=f"team-{n % 12}",
        assignee=f"person-{n % 60:04}@example.org" if n % 3 else None, response_due_at=at + timedelta(hours=2),
        due_at=at + timedelta(days=3), stopped_at=at + timedelta(days=2) if ended else None, created_at=at,
        created_by=person, updated_at=at + timedelta(days=1), updated_by=person, restricted=kind.private,
        readers=(person,) if kind.private else (),
    )  # fmt: skip
    return ticket_row(changed("open", None, ticket, {}, BOB).ticket)


def _comments(rng: np.random.Generator, owners: pd.DataFrame, picked: Any) -> pd.DataFrame:
    of = owners.iloc[picked].reset_index(drop=True)
    number = len(of)
    texts = np.array([" ".join(rng.choice(WORDS, 30)) for _ in range(2_000)])
    at = of.created_at + pd.to_timedelta(rng.uniform(0, 40, number), unit="h")
    author = np.char.add(np.char.add("person-", rng.integers(PEOPLE, size=number).astype(str)), "@example.org")
    frame = pd.DataFrame(
        {
            "id": [f"c{n:08}" for n in range(number)], "ticket_id": of.id, "platform_id": of.platform_id,
            "body": texts[rng.integers(2_000, size=number)], "internal": rng.random(number) < 0.1,
            "by_staff": rng.random(number) < 0.4, "state": "shown", "reason": None, "edited": False, "version": 1,
            "created_at": at, "created_by": author, "updated_at": at, "updated_by": author,
        }
    )  # fmt: skip
    return frame.sort_values("created_at")


def _votes(rng: np.random.Generator, owners: pd.DataFrame, number: int) -> pd.DataFrame:
    often = 1 / (np.arange(1, len(owners) + 1) ** 0.5)
    of = owners.iloc[rng.choice(len(owners), number, p=often / often.sum())].reset_index(drop=True)
    person = np.char.add(np.char.add("person-", rng.integers(PEOPLE, size=number).astype(str)), "@example.org")
    at = of.created_at + pd.to_timedelta(rng.uniform(0, 400, number), unit="h")
    frame = pd.DataFrame(
        {
            "id": [f"v{n:09}" for n in range(number)], "ticket_id": of.id, "person": person,
            "counts": rng.random(number) < 0.97, "note": None, "at": at, "given_by": person,
        }
    )  # fmt: skip
    return frame.sort_values("at")


def _watchers(rng: np.random.Generator, owners: pd.DataFrame, tickets: int) -> pd.DataFrame:
    of = pd.concat([owners] * WATCHERS, ignore_index=True)
    number = len(of)
    return pd.DataFrame(
        {
            "id": [f"w{n:08}" for n in range(number)], "ticket_id": of.id, "person": of.requester, "watches": True,
            "reason": "requester", "at": of.created_at,
        }
    )  # fmt: skip


def _events(owners: pd.DataFrame) -> pd.DataFrame:
    of = pd.concat([owners.assign(version=n + 1) for n in range(EVENTS)], ignore_index=True)
    return pd.DataFrame(
        {
            "id": of.id + ":" + of.version.astype(str), "at": of.created_at + pd.to_timedelta(of.version, unit="h"),
            "actor": of.requester, "door": "page", "action": "ticket:assign", "object_type": "ticket",
            "object_id": of.id, "platform_id": of.platform_id, "old": '{"assignee": null}',
            "new": '{"assignee": "person-0001@example.org"}', "reason": None,
        }
    ).sort_values("at")  # fmt: skip


def _tallies(comments: pd.DataFrame, votes: pd.DataFrame) -> pd.DataFrame:
    newest = votes.drop_duplicates(["ticket_id", "person"], keep="last")
    counted = newest[newest.counts].groupby("ticket_id").size().rename("votes")
    public = comments[~comments.internal].groupby("ticket_id").created_at
    staff = comments[~comments.internal & comments.by_staff].groupby("ticket_id").created_at.min()
    frame = pd.concat(
        [
            counted,
            public.size().rename("comments"),
            staff.rename("first_response_at"),
            public.max().rename("last_comment_at"),
        ],
        axis=1,
    ).reset_index(names="ticket_id")
    whole = {"votes": frame.votes.fillna(0).astype(int), "comments": frame.comments.fillna(0).astype(int)}
    return frame.assign(**whole, bucket=frame.ticket_id.map(bucket_of).astype("int32"), counted_at=AT)


def _append(portal: Portal, table: str, frame: pd.DataFrame, commits: int = COMMITS) -> None:
    schema = portal.engine.columns(table)
    wanted = pa.schema([field for field in schema if field.name in frame.columns])
    for part in np.array_split(np.arange(len(frame)), commits):
        rows = frame.iloc[part]
        portal.engine.append(table, pa.Table.from_pandas(rows[wanted.names], wanted, preserve_index=False, safe=False))


if __name__ == "__main__":
    load(Path(sys.argv[1]), int(sys.argv[2]))
