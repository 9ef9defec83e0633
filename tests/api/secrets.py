"""A house of which charlie may know one half: what belongs to payroll is for erin."""

from __future__ import annotations

from dataclasses import dataclass

from data.messages.model import Draft
from data.people.model import Actor
from data.portal import Portal
from data.status.estate import plan, read_estate
from data.status.model import Outcome, Reading
from data.tickets.ids import new_id
from tests.data.roadmap.plans import FIELDS, Plans
from tests.data.tickets.desk import Desk

HIDDEN = """
platforms:
  - {id: mart, name: Mart, kind: databricks, depends_on: [payroll]}
checks:
  - {id: slips, platform: payroll, name: Pay slips, source: push, mode: success, severity: critical, every: 5m}
"""
WORDS = ("payroll", "Payroll", "slips", "salaries")
"""That charlie must not read anywhere."""


@dataclass(frozen=True)
class Names:
    """For the places of an address: of what is hidden, or of nothing at all."""

    platform_id: str
    check_id: str
    message_id: str
    item_id: str
    term_id: str
    comment_id: str
    keys: dict[str, str]

    def fill(self, path: str) -> str:
        area = path.split("/")[2] if path.startswith("/v1/") else ""
        key = self.keys.get(area, self.keys["improvements"])
        names = {name: value for name, value in vars(self).items() if name != "keys"}
        return path.format(key=key, platform=self.platform_id, **names)


NOTHING = Names(
    "nowhere", "nothing", "9" * 26, "8" * 26, "6" * 26, "7" * 26,
    {"incidents": "INC-99999", "improvements": "IMP-99999", "service-requests": "REQ-99999"},
)  # fmt: skip


def hide(portal: Portal) -> Names:
    """Everything that can be hidden, once."""
    portal.status.apply(plan(portal.status.estate(), read_estate(HIDDEN, "hidden"), prune=False), Actor.job())
    for id_ in ("gateway", "slips"):
        reading = Reading(check_id=id_, observed_at=portal.clock(), outcome=Outcome.fail, message=f"No {id_}")
        portal.status.record([reading], "push")
    desk = Desk(portal)
    tickets = {
        kind: desk.open(kind, by=desk.erin, platform_id="payroll", **parts)
        for kind, parts in (
            ("incident", {"title": "No salaries"}), ("improvement", {"title": "More salaries, please"}),
            ("request", {}),
        )
    }  # fmt: skip
    comment = portal.tickets.talk.comment(desk.erin, tickets["incident"].id, "About salaries.")
    draft = Draft(id="0" * 26, title="The salaries are late", platform_ids=("payroll",))
    portal.messages.write(Actor.job(), "publish", draft)
    item = Plans(desk).published(**{**FIELDS, "platform_id": "payroll", "title": "Better salaries"})
    words = {"name": "Net salaries", "definition": "What people get from payroll.", "platform_id": "payroll"}
    term = portal.glossary.add(Actor.job(), new_id(portal.clock()), words)
    portal.glossary.move(Actor.job(), term.id, 1, "approve")
    keys = {"incidents": "incident", "improvements": "improvement", "service-requests": "request"}
    named = {path: tickets[kind].key for path, kind in keys.items()}
    return Names("payroll", "slips", draft.id, item.id, term.id, comment.id, named)
