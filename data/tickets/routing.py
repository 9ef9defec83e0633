"""Which team gets a ticket: the first rule that fits, else the owner of the platform, else triage."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from data.tickets.kinds import KINDS
from data.tickets.model import Ticket
from data.tickets.request_types import TEMPLATES

TRIAGE = "triage"
MOST = 200
"""Rules; each ticket may have to try them all."""
Words = Annotated[str, Field(min_length=1, max_length=100)]


class Rule(BaseModel):
    """All conditions that are given must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    team: Words
    kind: str | None = None
    platform: str | None = None
    asset: str | None = None
    template: str | None = None
    keyword: Words | None = None

    def fits(self, ticket: Ticket) -> bool:
        pairs = (
            (self.kind, ticket.kind), (self.platform, ticket.platform_id), (self.asset, ticket.asset),
            (self.template, ticket.template),
        )  # fmt: skip
        text = f"{ticket.title} {ticket.body}".casefold()
        return all(wanted in (None, found) for wanted, found in pairs) and (self.keyword or "").casefold() in text

    def takes_all_of(self, other: Rule) -> bool:
        """Whether every ticket that fits the other one fits this one, too."""
        kind = other.kind or (other.template and FROM_TEMPLATE)
        asked = (
            (self.kind, kind), (self.platform, other.platform), (self.asset, other.asset),
            (self.template, other.template),
        )  # fmt: skip
        words = (self.keyword or "").casefold() in (other.keyword or "").casefold()
        return all(wanted in (None, given) for wanted, given in asked) and words


FROM_TEMPLATE = next(kind.name for kind in KINDS.values() if kind.from_template)


def team_of(ticket: Ticket, rules: Iterable[Rule], owner: str | None) -> str:
    """`owner`: of the ticket's platform."""
    return next((rule.team for rule in rules if rule.fits(ticket)), owner or TRIAGE)


def shadowed(rules: Sequence[Rule]) -> dict[int, int]:
    """Which rules can never decide, and the earlier one that takes all that they would; places in the list."""
    pairs = ((n, [m for m in range(n) if rules[m].takes_all_of(rule)]) for n, rule in enumerate(rules))
    return {n: earlier[0] for n, earlier in pairs if earlier}


def told_rules(rules: Sequence[Rule]) -> dict[str, str]:
    """For the trail: 'rule 1': 'kind incident, keyword VPN: gateway'."""
    return {f"rule {n}": _told(rule) for n, rule in enumerate(rules, 1)}


def _told(rule: Rule) -> str:
    asks = [f"{name} {asked}" for name, asked in rule.model_dump(exclude={"team"}, exclude_none=True).items()]
    return f"{', '.join(asks) or 'everything'}: {rule.team}"


def misnamed(rules: Sequence[Rule], platforms: Collection[str]) -> Mapping[str, str]:
    """What the rules name and there is not, by the rule's place in the list (`rule_0`)."""
    if len(rules) > MOST:
        return {"rules": f"There can be {MOST} rules at most."}
    found = ((n, list(_misnamed(rule, platforms))) for n, rule in enumerate(rules))
    return {f"rule_{n}": f"Rule {n + 1}: {' '.join(problems)}" for n, problems in found if problems}


def _misnamed(rule: Rule, platforms: Collection[str]) -> Iterator[str]:
    if rule.kind is not None and rule.kind not in KINDS:
        yield f"There is no kind of ticket '{rule.kind}'."
    if rule.platform is not None and rule.platform not in platforms:
        yield f"There is no platform '{rule.platform}'."
    if rule.template is not None and rule.template not in TEMPLATES:
        yield f"There is no request '{rule.template}'."
    if rule.template is not None and rule.kind not in (None, FROM_TEMPLATE):
        yield f"Only a {KINDS[FROM_TEMPLATE].label.lower()} has a template, so nothing would ever fit."
