"""How a glossary is curated in tests: alice owns sales, bob is a contributor, charlie an outsider."""

from __future__ import annotations

from typing import Any

from data.glossary.model import Term
from data.notifications.model import Notice
from data.people.model import Actor
from data.tickets.ids import new_id
from tests.data.tickets.desk import Desk

FIELDS: dict[str, Any] = {
    "name": "Net revenue", "platform_id": "sales", "domain": "Sales", "acronym": "NR", "synonyms": ["net turnover"],
    "definition": "Invoiced order value minus returns. Freight is *included* when the customer paid for it.",
}  # fmt: skip


class Words:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.glossary = desk.portal.glossary
        self.admin = Actor.job("admin")

    def draft(self, by: Actor | None = None, **fields: Any) -> Term:
        return self.glossary.add(by or self.desk.alice, new_id(self.desk.portal.clock()), {**FIELDS, **fields})

    def approved(self, **fields: Any) -> Term:
        return self.move(self.draft(self.admin, **fields), "approve", self.admin)

    def move(self, term: Term, name: str, by: Actor | None = None, **answers: Any) -> Term:
        said = {"reason": "Nobody uses it.", **answers}
        return self.glossary.move(by or self.desk.alice, term.id, self.now(term).version, name, said)

    def now(self, term: Term) -> Term:
        return self.glossary.term(self.admin, term.id)

    def names(self, name: str) -> set[str]:
        return {term.name for term in self.glossary.board(self.desk.viewer(name))}

    def notices(self) -> list[Notice]:
        pending = self.desk.portal.outbox.pending(self.desk.portal.clock().replace(year=2020))
        return [notice for notice in pending if notice.object_type.startswith("glossary")]
