"""Who may know of a ticket. `list_tickets.sql` and `count_tickets.sql` say the same; a test compares them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from data.people.model import Actor
from data.people.permissions import Permission

WORK = Permission.tickets_ticket_work


class Shown(Protocol):
    """What visibility is decided on."""

    @property
    def platform_id(self) -> str | None: ...
    @property
    def members_only(self) -> bool: ...
    @property
    def restricted(self) -> bool: ...
    @property
    def readers(self) -> tuple[str, ...]: ...
    @property
    def hidden(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Viewer:
    """What of the tickets somebody may see, and nothing else about them: the key under which that is cached."""

    person: str
    everything: bool
    """Every platform."""
    members_of: frozenset[str]
    principals: frozenset[str]
    staff_everywhere: bool
    staff_on: frozenset[str]

    def is_staff(self, platform_id: str | None) -> bool:
        return self.staff_everywhere or platform_id in self.staff_on

    def sees(self, ticket: Shown) -> bool:
        platform = not ticket.members_only or self.everything or ticket.platform_id in self.members_of
        open_to_all = not ticket.hidden and (not ticket.restricted or bool(self.principals & set(ticket.readers)))
        return platform and (open_to_all or self.is_staff(ticket.platform_id))

    def as_params(self) -> dict[str, Any]:
        return {
            "everything": self.everything,
            "members_of": sorted(self.members_of),
            "principals": sorted(self.principals),
            "staff_everywhere": self.staff_everywhere,
            "staff_on": sorted(self.staff_on),
        }


def viewer_of(actor: Actor) -> Viewer:
    scope = actor.scope
    staff_on = frozenset(id_ for id_ in actor.per_platform if actor.may(WORK, id_))
    return Viewer(
        person=actor.email, everything=scope.everything, members_of=scope.platforms, principals=principals_of(actor),
        staff_everywhere=actor.may(WORK), staff_on=staff_on,
    )  # fmt: skip


def principals_of(actor: Actor) -> frozenset[str]:
    """The names under which somebody can be a reader or approver. A list of groups that is too old proves nothing."""
    groups = frozenset[str]() if actor.snapshot_old else actor.groups
    return frozenset({actor.email, *(f"group:{group}" for group in groups)})
