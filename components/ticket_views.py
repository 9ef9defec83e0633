"""The views of a list: those that everybody has, and those that somebody saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from components import ticket_address as address
from components.markup import plain
from components.ticket_address import Chosen
from components.ticket_marks import goal
from data.people.model import Actor
from data.tickets.kinds import Kind
from data.tickets.lists import Counts
from data.tickets.model import Query
from data.tickets.views import SavedView
from data.tickets.visibility import viewer_of

TEAMS = 2
"""Teams of the viewer that get a view of their own."""


@dataclass(frozen=True, slots=True)
class View:
    name: str
    """In the address."""
    label: str
    query: Query
    count: int | None = None
    empty: str = "Nothing in this view"
    chosen: Chosen | None = None
    """Of a saved view: the whole address."""

    @property
    def words(self) -> str:
        return plain(self.label) if self.count is None else f"{plain(self.label)} {self.count:,}"


def is_staff(actor: Actor) -> bool:
    viewer = viewer_of(actor)
    return viewer.staff_everywhere or bool(viewer.staff_on)


def has_due(kind: Kind) -> bool:
    return kind.prioritised or kind.from_template


def views_of(kind: Kind, actor: Actor, counts: Counts, teams: Sequence[str], now: datetime) -> tuple[View, ...]:
    """Built in, in the order of the bar."""
    newest = Query(kind=kind.name, states=kind.workflow.names("open"))
    ended = replace(newest, states=kind.workflow.names("ended", "closed"), ended_since=week_ago(now))
    week = View("week", f"{goal(kind).label} this week", ended, counts.ended_lately)
    mine = View("mine", "Mine", replace(newest, requester=actor.email), counts.reported, "You have nothing open")
    if not is_staff(actor):
        return (mine, View("open", "All open", newest, counts.open, "Nothing is open"), week)
    due = replace(newest, sort="due") if has_due(kind) else newest
    late = View("overdue", "Overdue", replace(due, overdue=True), counts.overdue, "Nothing is overdue")
    return (
        View("queue", "My queue", replace(due, assignee=actor.email), counts.mine, "Your queue is empty"),
        *(
            View(
                f"team-{name}",
                f"Team {name}",
                replace(due, team=name),
                counts.by_team.get(name, 0),
                "Nothing waits here",
            )
            for name in own(teams, actor)
        ),
        View("triage", "Unassigned", replace(due, unassigned=True), counts.unassigned, "Somebody is on everything"),
        View("open", "All open", due, counts.open, "Nothing is open"),
        *((late,) if has_due(kind) else ()),
        week,
    )


def team_view(name: str, due: Query, counts: Counts) -> View:
    number = counts.by_team.get(name, 0)
    return View(f"team-{name}", f"Team {name}", replace(due, team=name), number, f"Nothing waits for {name}")


def saved_views(kind: Kind, base: View, saved: Sequence[SavedView]) -> tuple[View, ...]:
    """Behind the built-in ones. They narrow the view that they were saved from, or `base`."""
    return tuple(
        View(f"saved-{one.id}", one.name, base.query, chosen=address.from_text(kind, one.query)) for one in saved
    )


def default_view(kind: Kind, views: Sequence[View]) -> View:
    """Staff: what waits for them, else all. Others: all, where all may be seen."""
    by_name = {view.name: view for view in views}
    queue = by_name.get("queue")
    if queue and queue.count:
        return queue
    return by_name["mine"] if kind.private and "mine" in by_name else by_name["open"]


def view_of(views: Sequence[View], chosen: Chosen, default: View) -> View:
    """The built-in view that the address names; any other name is the default."""
    return next((view for view in views if view.name == chosen.view), default)


def lit(views: Sequence[View], chosen: Chosen, view: View) -> View:
    """What the bar shows as chosen: a saved view when the address is exactly that."""
    return next((one for one in views if one.chosen is not None and one.chosen == chosen), view)


def own(teams: Sequence[str], actor: Actor) -> list[str]:
    return [name for name in teams if name in actor.groups][:TEAMS]


def week_ago(now: datetime) -> datetime:
    """On the hour, so that the cached read of a list stays the same one for an hour."""
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(days=7)
