"""The index: a file of SQLite with FTS5. Readers never wait: changes are written beside what they read (WAL)."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import Unavailable
from data.search.locks import Keys
from data.search.model import END, START, Entry, Found, Hit, How
from data.search.query import LAST, NOTHING, Match, Query, alike, anded, folded, guesses, ored, quoted, same, titled
from data.statements import SQL, parse

RANKED = 500
"""Texts with the same words that are ranked, the newest first. More are only told to be there."""
SHOWN = 60
"""Hits whose words are marked."""
_MARKS = str.maketrans("", "", START + END)


class Index:
    """Open to any number of threads. Its file goes when nobody holds it any more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._writing = threading.Lock()
        self._words: Sequence[str] | None = None
        weakref.finalize(self, _discard, path, self._idle)

    @classmethod
    def built(cls, path: Path, entries: Iterable[Entry]) -> Index:
        """Of these, in a new file: those that came last are ranked first. Raises Unavailable."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            writer = sqlite3.connect(path, isolation_level=None)
            writer.executescript("PRAGMA journal_mode = off; PRAGMA synchronous = off;")
            writer.executescript(_script("tables"))
            with _transaction(writer):
                writer.executemany(_sql("add_entries"), map(_row, entries))
            writer.executescript("PRAGMA journal_mode = wal;")
            writer.close()
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(f"The search cannot be built: {error}.") from error
        return cls(path)

    def change(self, entries: Collection[Entry], gone: Collection[str] = ()) -> None:
        """These are new or another than before; those keys are gone."""
        keys = json.dumps([*gone, *(entry.key for entry in entries)])
        with self._writing, self._connection() as writer, _transaction(writer):
            writer.execute(_sql("remove_entries"), {"keys": keys})
            writer.executemany(_sql("add_entries"), map(_row, entries))
        self._words = None

    def find(self, query: Query, keys: Keys, most: int, synonyms: Mapping[str, Collection[str]]) -> Found:
        """`most`: hits of each type. `synonyms`: of what the query names, of what these keys open."""
        if not query.words:
            return Found()
        with self._connection() as reader:
            ask = _Asked(reader, json.dumps(sorted(keys)), most)
            other = alike(query, synonyms)
            if found := ask.found(query.all, "all", "", other):
                return found
            told = query.telling
            if told != query and (found := ask.found(replace(told.all, name=""), "all", "")):
                return found
            if (meant := self._meant(told, ask)) and (found := ask.found(same(meant[0]), "respelled", meant[1])):
                return found
            return (ask.found(told.some, "some", "") if len(told.words) > 1 else None) or Found()

    def _meant(self, query: Query, ask: _Asked) -> tuple[str, str] | None:
        """The query with words that are there instead of those that are not, as a match and in words."""
        parts, words = [], []
        for word in query.words:
            if ask.there(word):
                parts.append(quoted(word))
                words.append(word)
            elif near := [guess for guess in guesses(word, self._vocabulary(ask)) if ask.there(guess)]:
                parts.append(ored(map(quoted, near)))
                words.append(near[0])
            else:
                return None
        return anded(parts), " ".join(words)

    def _vocabulary(self, ask: _Asked) -> Sequence[str]:
        if (words := self._words) is None:
            self._words = words = ask.words()
        return words

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """One that nobody else uses meanwhile."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._opened()
        try:
            yield connection
        except sqlite3.Error as error:
            connection.close()
            raise Unavailable(f"The search cannot answer: {error}.") from error
        self._idle.append(connection)

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=10)
        connection.row_factory = sqlite3.Row
        connection.executescript("PRAGMA temp_store = memory; PRAGMA synchronous = off; PRAGMA cache_size = -8192;")
        connection.executescript(_script("shown"))
        return connection


class _Asked:
    """One viewer's questions on one connection."""

    def __init__(self, reader: sqlite3.Connection, keys: str, most: int) -> None:
        self._reader = reader
        self._keys = keys
        self._most = most

    def found(self, match: Match, how: How, meant: str, other: str = NOTHING) -> Found | None:
        rows = self._rows(match, other)
        if not rows:
            return None
        shown = match.titles if other == NOTHING else f"({match.titles}) OR ({other})"
        marked = self._marked(rows[:SHOWN], shown)
        counts = {row["type"]: row["of_type"] for row in rows}
        hits = tuple(_hit(row, marked.get(row["id"])) for row in rows)
        return Found(hits=hits, counts=counts, more=bool(rows[0]["more"]), how=how, meant=meant)

    def there(self, word: str) -> bool:
        return bool(self._rows(same(quoted(word)), ranked=1))

    def words(self) -> Sequence[str]:
        return [row["term"] for row in self._reader.execute(_sql("list_words"))]

    def _rows(self, match: Match, other: str = NOTHING, ranked: int = RANKED) -> list[sqlite3.Row]:
        asked = {
            "name": match.name, "name_end": match.name and match.name + LAST, "titled": titled(match.titles),
            "words": match.texts, "alike": other, "keys": self._keys, "ranked": ranked, "most": self._most,
        }  # fmt: skip
        return self._reader.execute(_sql("find_hits"), asked).fetchall()

    def _marked(self, rows: Sequence[sqlite3.Row], match: str) -> Mapping[int, sqlite3.Row]:
        with _transaction(self._reader):
            self._reader.execute(_sql("remove_shown"))
            self._reader.execute(_sql("add_shown"), {"ids": json.dumps([row["id"] for row in rows])})
            return {row["id"]: row for row in self._reader.execute(_sql("list_snippets"), {"match": match})}


def _discard(path: Path, idle: list[sqlite3.Connection]) -> None:
    for connection in idle:
        connection.close()
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink(missing_ok=True)


def _hit(row: sqlite3.Row, marked: sqlite3.Row | None) -> Hit:
    """What matched by a name alone has no marks."""
    shown = marked or row
    return Hit(
        key=row["key"], type=row["type"], title=shown["title"], heading=shown["heading"], context=row["context"],
        snippet=marked["snippet"] if marked else row["start"], address=row["address"], faded=bool(row["faded"]),
    )  # fmt: skip


def _row(entry: Entry) -> dict[str, Any]:
    names = [entry.heading or entry.title, *entry.names]
    texts = {"title": entry.title, "heading": entry.heading, "names": " · ".join(entry.names), "body": entry.body}
    return {
        **{name: text.translate(_MARKS).encode(errors="ignore").decode() for name, text in texts.items()},
        "key": entry.key, "type": entry.type, "page": entry.page, "context": entry.context, "address": entry.address,
        "position": entry.position, "faded": entry.faded, "tags": " · ".join(entry.tags),
        "locks": json.dumps(entry.locks) if entry.locks else None,
        "folded": json.dumps(sorted({name for name in map(folded, names) if name})),
    }  # fmt: skip


def require_fts5() -> None:
    """Raises Unavailable where this Python's SQLite was built without what the search needs."""
    try:
        with sqlite3.connect(":memory:") as trial:
            trial.executescript(_script("tables"))
    except sqlite3.Error as error:
        raise Unavailable(f"The search does not work with SQLite {sqlite3.sqlite_version}: {error}.") from error


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@cache
def _sql(name: str) -> str:
    return parse(f"search/index/{name}", _script(name)).sql


def _script(name: str) -> str:
    return (SQL / "search" / "index" / f"{name}.sql").read_text(encoding="utf-8")
