"""Views, kept as text beside the tables. In a statement each stands for its query, read from the same versions."""

from __future__ import annotations

import os
from pathlib import Path

from data.engines.embedded.dialect import Rendered, select
from data.engines.embedded.failures import writing
from data.errors import Invalid, Unavailable


class Views:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / "_views"

    def keep(self, name: str, query: str) -> None:
        """In place of the one of that name. Raises Invalid when it would be made of itself."""
        self.unfolded(select(query), (name,))
        with writing(self._root, name):
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = self._folder / f".{name}"
            draft.write_text(query, encoding="utf-8")
            os.replace(draft, self._folder / f"{name}.sql")

    def has(self, name: str) -> bool:
        return self._query(name) is not None

    def unfolded(self, sql: Rendered, inside: tuple[str, ...] = ()) -> Rendered:
        """With the query of each view, and of those it is made of, in place of its name."""
        found = {name: query for name in sql.tables if (query := self._query(name)) is not None}
        if again := found.keys() & {*inside}:
            raise Invalid(f"The view {min(again)} is made of itself.")
        return sql.unfolded({n: self.unfolded(select(query), (*inside, n)) for n, query in found.items()})

    def _query(self, name: str) -> str | None:
        if not name.isidentifier():
            return None
        try:
            return (self._folder / f"{name}.sql").read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise Unavailable(f"Cannot read the view {name}: {error.strerror or error}") from error
