"""What `sync-docs` leaves for the app: one archive at a time, and a note of how the last pull went."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from data.docs.model import Sync
from data.errors import NotFound
from data.files.base import Files

NOTE = "sync.json"
TIMES = ("checked_at", "failed_at")


@dataclass(frozen=True, slots=True)
class Note:
    """`commit` and `archive` are empty until a pull has gone well."""

    commit: str = ""
    branch: str = ""
    archive: str = ""
    before: str = ""
    """The archive that a reader may still be at."""
    checked_at: datetime | None = None
    failed_at: datetime | None = None
    error: str | None = None

    @property
    def sync(self) -> Sync | None:
        if self.checked_at is None:
            return None
        return Sync(self.commit, self.branch, self.checked_at, self.error, self.failed_at)


class DocsStore:
    def __init__(self, files: Files) -> None:
        self._files = files

    def note(self) -> Note:
        try:
            told: dict[str, Any] = json.loads(self._files.get(NOTE))
        except (NotFound, ValueError):
            return Note()
        return Note(**{**told, **{name: told[name] and datetime.fromisoformat(told[name]) for name in TIMES}})

    def archive(self, name: str) -> bytes:
        return self._files.get(name)

    def publish(self, packed: bytes, commit: str, branch: str, at: datetime) -> None:
        """The note is what readers follow: until it is written, they have the old archive."""
        last = self.note()
        name = f"{commit}-{at:%Y%m%d%H%M%S}.zip"
        self._files.put(name, packed)
        self._write(Note(commit, branch, name, last.archive, at))
        if last.before and last.before not in {name, last.archive}:
            self._files.remove(last.before)

    def confirm(self, at: datetime) -> None:
        """Nothing new there."""
        self._write(replace(self.note(), checked_at=at, failed_at=None, error=None))

    def failed(self, error: str, at: datetime) -> None:
        self._write(replace(self.note(), failed_at=at, error=error))

    def _write(self, note: Note) -> None:
        told = {n: v.isoformat() if isinstance(v, datetime) else v for n, v in asdict(note).items()}
        self._files.put(NOTE, json.dumps(told).encode())
