"""Creates tables and views, applies changes once each, and refuses a store that a newer portal has written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from data.errors import NotFound, Unavailable
from data.statements import SQL, Statements

BASELINE = "00000000"
VERSION_KEY = "schema_version"
VIEWS_KEY = "schema_views"
Clock = Callable[[], datetime]


class Schema:
    """A change file is named `<time>_<what>.sql`; the newest time applied is the schema version.

    `sql/tables` always shows the full present shape, so a new store starts at the newest version. A change may meet a
    table that has it already (its process was killed before it could remember, another one was faster, the table is
    new), so each change must be harmless when it runs again: ADD COLUMNS is.
    """

    def __init__(self, statements: Statements, clock: Clock, folder: Path = SQL) -> None:
        self._statements = statements
        self._clock = clock
        self._tables = sorted((folder / "tables").glob("*.sql"))
        self._changes = sorted((folder / "changes").glob("*.sql"))
        self._views = sorted((folder / "views").glob("*.sql"))

    @property
    def tables(self) -> list[str]:
        return [file.stem for file in self._tables]

    @property
    def known_version(self) -> str:
        return max((_version(file) for file in self._changes), default=BASELINE)

    def stored_version(self) -> str | None:
        """None while the store has not been migrated."""
        try:
            return self._remembered(VERSION_KEY)
        except NotFound:
            return None

    def check(self) -> None:
        """Raises Unavailable when this code must not touch the store."""
        stored = self.stored_version()
        if stored is None:
            raise Unavailable("The portal's tables are not there yet. Create them with: python -m jobs migrate")
        self._refuse_newer(stored)
        if stored < self.known_version:
            raise Unavailable(
                f"The portal's tables have schema {stored}, this portal needs {self.known_version}. "
                "Bring them up to date with: python -m jobs migrate"
            )

    def migrate(self) -> list[str]:
        """Idempotent, by several at once, too. The tables, changes and views made; empty when all was up to date."""
        stored = self.stored_version()
        if stored is not None:
            self._refuse_newer(stored)
        created = [f"table {file.stem}" for file in self._tables if self._create(file)]
        brand_new = len(created) == len(self._tables)
        since = self.known_version if brand_new else stored or BASELINE
        changes = [file for file in self._changes if _version(file) > since]
        for file in changes:
            self._statements.engine.execute(file.read_text())
            self._remember(VERSION_KEY, _version(file))
        if stored is None:
            self._remember(VERSION_KEY, self.known_version)
        return created + [f"change {file.stem}" for file in changes] + self._replace_views()

    def _create(self, file: Path) -> bool:
        try:
            self._statements.engine.columns(file.stem)
        except NotFound:
            self._statements.engine.execute(file.read_text())
            return True
        return False

    def _replace_views(self) -> list[str]:
        """All of them, once the text of one is another: a view may be made of others."""
        texts = [file.read_text() for file in self._views]
        digest = sha256("\n".join(texts).encode()).hexdigest()
        if self._remembered(VIEWS_KEY) == digest:
            return []
        for text in texts:
            self._statements.engine.execute(text)
        self._remember(VIEWS_KEY, digest)
        return [f"view {file.stem}" for file in self._views]

    def _refuse_newer(self, stored: str) -> None:
        if stored > self.known_version:
            raise Unavailable(
                f"The portal's tables were written by a newer portal (schema {stored}, this one knows "
                f"{self.known_version}). Update the portal, or point PORTAL_HOME to another folder. "
                "Nothing was changed."
            )

    def _remembered(self, key: str) -> str | None:
        row = self._statements.one("schema/find_setting", key=key)
        return str(row["value"]) if row else None

    def _remember(self, key: str, value: str) -> None:
        self._statements.run("schema/set_setting", key=key, value=value, at=self._clock(), by="migrate")


def _version(file: Path) -> str:
    return file.stem.split("_", 1)[0]
