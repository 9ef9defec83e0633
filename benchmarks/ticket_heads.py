"""Made-up heads of tickets with the events that made them: of all kinds, most of them ended, over two years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from benchmarks.load import AT, CHECKS, PLATFORMS
from data.audit.model import AuditEvent
from data.statements import EPOCH
from data.tickets.ids import ALPHABET, RANDOM_LENGTH, TIME_LENGTH, key_of
from data.tickets.kinds import IMPACTS, KINDS, URGENCIES, Kind, priority_of
from data.tickets.model import Ticket
from data.tickets.rows import excerpt

SPAN = timedelta(days=730)
KIND_SHARES = (0.55, 0.25, 0.2)
OPEN, HELD, MERGED, SENSITIVE = 0.15, 0.1, 0.01, 0.02
EVENTS = 4
PEOPLE, STAFF, TEAMS = 5_000, 60, 12
SHORTEST, LONGEST = 200, 1_500
"""Characters of a text."""
_SYLLABLES = [c + v + end for c in "bdfgklmnprstvw" for v in "aeiou" for end in ("", "n", "r", "s", "l")]
_MS = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Texts:
    """Passages of one long text of made-up words, a few of them very frequent; no two passages are alike."""

    text: str
    rng: np.random.Generator

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Texts:
        vocabulary = np.array(["".join(rng.choice(_SYLLABLES, rng.integers(1, 5))) for _ in range(5_000)])
        often = 1 / np.arange(1, len(vocabulary) + 1)
        return cls(" ".join(vocabulary[rng.choice(len(vocabulary), 1_000_000, p=often / often.sum())]), rng)

    def passages(self, count: int, shortest: int = SHORTEST, longest: int = LONGEST) -> list[str]:
        """Most are short, as people write."""
        lengths = np.clip(shortest * self.rng.lognormal(0.7, 0.7, count), shortest, longest).astype(int)
        starts = self.rng.integers(0, len(self.text) - longest, count)
        return [self.text[start : start + length] for start, length in zip(starts, lengths, strict=True)]


def ids(rng: np.random.Generator, milliseconds: np.ndarray) -> pa.Array:
    """Like `new_id`, by columns."""
    digits = np.empty((len(milliseconds), TIME_LENGTH + RANDOM_LENGTH), np.uint8)
    digits[:, :TIME_LENGTH] = milliseconds[:, None] >> 5 * np.arange(TIME_LENGTH - 1, -1, -1) & 31
    digits[:, TIME_LENGTH:] = rng.integers(0, 32, (len(milliseconds), RANDOM_LENGTH))
    letters = np.frombuffer(ALPHABET.encode(), np.uint8)[digits]
    offsets = np.arange(len(letters) + 1, dtype=np.int32) * letters.shape[1]
    return pa.StringArray.from_buffers(len(letters), pa.py_buffer(offsets), pa.py_buffer(letters.tobytes()))


def people() -> list[str]:
    """The first `STAFF` are the staff."""
    return [f"person-{n:04}@example.org" for n in range(PEOPLE)]


def heads(rng: np.random.Generator, count: int, texts: Texts) -> Iterator[Ticket]:
    """Oldest first, each with the event that made its last version."""
    since = int((AT - SPAN).timestamp() * 1000)
    milliseconds = np.sort(rng.integers(since, since + int(SPAN / _MS) - 3_600_000, count))
    kinds, taken, targets = list(KINDS.values()), set[str](), dict[str, str]()
    drawn = zip(
        ids(rng, milliseconds).to_pylist(),
        milliseconds.tolist(),
        rng.choice(len(kinds), count, p=KIND_SHARES).tolist(),
        texts.passages(count, 30, 90),
        texts.passages(count),
        rng.random((count, 8)).tolist(),
        strict=True,
    )
    for id_, created_ms, kind, title, body, chances in drawn:
        ticket = _drafted(kinds[kind], id_, _free(kinds[kind].prefix, id_, taken), title, body, chances)
        at = EPOCH + created_ms * _MS
        target = targets.get(ticket.kind) if chances[7] < MERGED else None
        ticket = _moved(replace(ticket, created_at=at, merged_into=target), kinds[kind], chances)
        if ticket.stopped_at and not target:
            targets[ticket.kind] = id_
        yield replace(ticket, event=events_of(ticket)[-1])


def _free(prefix: str, id_: str, taken: set[str]) -> str:
    key = next(key for length in range(5, RANDOM_LENGTH) if (key := key_of(prefix, id_, length)) not in taken)
    taken.add(key)
    return key


def _drafted(kind: Kind, id_: str, key: str, title: str, body: str, chances: Sequence[float]) -> Ticket:
    check, requester = int(chances[0] * CHECKS), people()[int(chances[1] * PEOPLE)]
    impact, urgency = (list(words)[int(c * 3)] for words, c in ((IMPACTS, chances[2]), (URGENCIES, chances[3])))
    sensitive = chances[4] < SENSITIVE
    restricted = sensitive or kind.private
    return Ticket(
        id=id_, key=key, kind=kind.name, state=kind.workflow.first, title=title, body=body, excerpt=excerpt(body),
        platform_id=f"platform-{check % PLATFORMS:02}", asset=f"check-{check:04}", impact=impact, urgency=urgency,
        fields={"environment": "production", "steps": title}, template="other" if kind.from_template else None,
        priority=priority_of(impact, urgency) if kind.prioritised else None, requester=requester,
        team=f"team-{check % TEAMS:02}", sensitive=sensitive, restricted=restricted,
        readers=(requester, people()[check % STAFF]) if restricted else (), version=EVENTS,
        created_at=AT, created_by=requester, updated_at=AT, updated_by=requester,
    )  # fmt: skip
