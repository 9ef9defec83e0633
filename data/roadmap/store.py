"""The roadmap in the store: items changed by compare-and-set, links made and removed by their state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import datetime

from data.audit.model import as_text, from_text
from data.roadmap.model import Horizon, Item, Link
from data.statements import Row, Statements

MOST = 10_000
_COLUMNS = tuple(field.name for field in fields(Item) if field.name != "members_only")


class RoadmapStore:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def items(self, id_: str | None = None) -> tuple[Item, ...]:
        """The newest first."""
        return tuple(map(item_from_row, self._statements.rows("roadmap/list_items", id=id_, limit=MOST)))

    def find(self, id_: str) -> Item | None:
        return next(iter(self.items(id_)), None)

    def add(self, items: Iterable[Item]) -> int:
        """How many were not there yet."""
        return self._statements.run("roadmap/add_items", [item_row(item) for item in items])

    def set(self, item: Item) -> bool:
        """False: it was no longer at the version before."""
        return self._statements.run("roadmap/set_items", [item_row(item)]) == 1

    def links(self, item_id: str | None = None) -> tuple[Link, ...]:
        """Those that were removed, too: their versions count on."""
        rows = self._statements.rows("roadmap/list_links", item_id=item_id, limit=MOST)
        return tuple(Link(**row) for row in rows)

    def set_links(self, links: Iterable[tuple[Item, Link]], at: datetime, by: str) -> int:
        """How many were still at the version before."""
        rows = [
            {"id": f"{link.item_id}:{link.ticket_id}", "platform_id": item.platform_id, "item_id": link.item_id,
             "ticket_id": link.ticket_id, "state": link.state, "version": link.version}
            for item, link in links
        ]  # fmt: skip
        return self._statements.run("roadmap/set_links", rows, at=at, by=by)

    def voters(self, ticket_ids: Collection[str]) -> Mapping[str, int]:
        """People by item: each once, however many of these tickets they vote for."""
        if not ticket_ids:
            return {}
        rows = self._statements.rows("roadmap/count_voters", ticket_ids=sorted(ticket_ids))
        return {row["item_id"]: row["voters"] for row in rows}

    def has_platform(self, id_: str) -> bool:
        return self._statements.one("people/find_platform", id=id_) is not None

    def unrecorded(self, since: datetime) -> list[str]:
        return [row["id"] for row in self._statements.rows("roadmap/list_unrecorded", since=since, limit=MOST)]


def item_from_row(row: Row) -> Item:
    own = {name: row[name] for name in _COLUMNS}
    read = {"horizon": Horizon(row["horizon"]), "event": from_text(row["event"])}
    return Item(**own | read, members_only=row["visibility"] != "everyone")


def item_row(item: Item) -> Row:
    assert item.event is not None, "an item is written with the event that made it so"
    return {name: getattr(item, name) for name in _COLUMNS} | {"event": as_text(item.event)}
