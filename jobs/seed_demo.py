"""Fills a new portal with the demo: nine simulated platforms and their history, and live checks of the portal itself.

Killed in the middle it is completed by the next run: the anchor is remembered first, each table is written by one
commit, and one that holds the demo already is left alone. The live readings begin only when the history is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from data.errors import Unavailable
from data.people.model import Actor
from data.portal import Portal
from data.statements import Row
from data.status.estate import Estate, plan
from data.status.model import Check, Platform
from jobs.demo.estates import demo_estate, portal_estate
from jobs.demo.glossary import explain, withdraw_glossary
from jobs.demo.history import currents, messages, past, runs, transitions
from jobs.demo.plot import Plot, find_plot, remember
from jobs.demo.roadmap import chart, withdraw_roadmap
from jobs.demo.story import HISTORY_DAYS
from jobs.demo.threads import appoint, tell, withdraw

SEED = 20261123
ACTOR = Actor.job("demo")
MINE = ("power-bi-sales", "power-bi-finance", "databricks-prod", "gateway-eu2")
"""What the local persona owns, so that the page has something to call theirs."""

Entry = TypeVar("Entry", Platform, Check)


@dataclass(frozen=True)
class Report:
    platforms: int = 0
    checks: int = 0
    written: Mapping[str, int] | None = None

    def lines(self) -> list[str]:
        if not self.written:
            return ["The demo is there already."]
        rows = ", ".join(f"{count:,} {table}" for table, count in self.written.items())
        return [f"{self.platforms} example platforms with {self.checks} checks; rows written: {rows}."]


def seed_demo(portal: Portal, seed: int = SEED) -> Report:
    """Idempotent. A demo that was removed stays away."""
    with _alone(portal.settings.home):
        _watch_this_portal(portal)
        plot = find_plot(portal) or Plot(seed=seed, anchor=portal.clock())
        if plot.state != "writing":
            return Report()
        remember(portal, plot)
        report = _tell(portal, plot)
        remember(portal, plot.model_copy(update={"state": "told"}))
        return report


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    lock = FileLock(home / "seed-demo.lock")
    try:
        lock.acquire()
    except OSError as error:
        raise Unavailable(f"Cannot write to {home}: {error.strerror or error}.") from error
    try:
        yield
    finally:
        lock.release()


def remove_demo(portal: Portal) -> list[str]:
    """Retires the simulated platforms and checks and hides their tickets; what was recorded stays in the store."""
    stored, demo = portal.status.estate(), demo_estate()
    kept = Estate(platforms=_without(stored.platforms, demo.platforms), checks=_without(stored.checks, demo.checks))
    plot = find_plot(portal) or Plot(seed=SEED, anchor=portal.clock())
    charted, explained = withdraw_roadmap(portal, plot.anchor), withdraw_glossary(portal, plot.anchor)
    hidden = withdraw(portal, {platform.id for platform in demo.platforms}, plot.anchor)
    retired = portal.status.apply(plan(stored, kept, prune=True), ACTOR)
    remember(portal, plot.model_copy(update={"state": "removed"}))
    return [
        f"{retired} example platforms and checks retired, {hidden} example tickets hidden, "
        f"{charted} items of the roadmap retired, {explained} terms archived."
    ]


def _tell(portal: Portal, plot: Plot) -> Report:
    estate = demo_estate()
    portal.status.apply(plan(portal.status.estate(), estate, prune=False), ACTOR)
    for platform_id in MINE:
        portal.people.map_platform(ACTOR, "user", portal.settings.dev_user, platform_id)
    appoint(portal, [platform.id for platform in estate.platforms])
    told, anchor = past(plot.story, estate.checks), plot.anchor
    tables: Mapping[str, Callable[[], Iterable[Row]]] = {
        "status_messages": lambda: messages(anchor),
        "ingestion_runs": lambda: runs(told.results, anchor),
        "status_results": lambda: told.results,
        "status_transitions": lambda: transitions(told),
        "status_current": lambda: currents(told, anchor),
    }
    held = {row["name"] for row in portal.statements.rows("status/list_demo_tables", limit=len(tables))}
    written = {name: portal.statements.append(name, rows()) for name, rows in tables.items() if name not in held}
    written["status_rollups"] = portal.status.rollup(HISTORY_DAYS, {platform.id for platform in estate.platforms})
    written["status_bands"] = portal.status.learn()
    written |= tell(portal, anchor)
    written |= chart(portal, anchor)
    written |= explain(portal, anchor)
    return Report(len(estate.platforms), len(estate.checks), written)


def _watch_this_portal(portal: Portal) -> None:
    """The address of these checks follows the port; whatever people changed of them stays."""
    stored, live = portal.status.estate(), portal_estate(portal.settings.port)
    checks = {check.id: check for check in stored.checks}
    wanted = Estate(
        platforms=_without(live.platforms, stored.platforms),
        checks=tuple(
            checks[check.id].model_copy(update={"target": check.target}) if check.id in checks else check
            for check in live.checks
        ),
    )
    portal.status.apply(plan(stored, wanted, prune=False), ACTOR)


def _without(entries: Iterable[Entry], others: Iterable[Entry]) -> tuple[Entry, ...]:
    known = {entry.id for entry in others}
    return tuple(entry for entry in entries if entry.id not in known)
