"""Which team gets a ticket: the first rule that fits, else the owner of the platform, else triage."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from data.tickets.model import Ticket

TRIAGE = "triage"


class Rule(BaseModel):
    """All conditions that are given must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    team: str
    kind: str | None = None
    platform: str | None = None
    asset: str | None = None
    template: str | None = None
    keyword: str | None = None

    def fits(self, ticket: Ticket) -> bool:
        pairs = (
            (self.kind, ticket.kind), (self.platform, ticket.platform_id), (self.asset, ticket.asset),
            (self.template, ticket.template),
        )  # fmt: skip
        text = f"{ticket.title} {ticket.body}".casefold()
        return all(wanted in (None, found) for wanted, found in pairs) and (self.keyword or "").casefold() in text


def team_of(ticket: Ticket, rules: Iterable[Rule], owner: str | None) -> str:
    """`owner`: of the ticket's platform."""
    return next((rule.team for rule in rules if rule.fits(ticket)), owner or TRIAGE)
