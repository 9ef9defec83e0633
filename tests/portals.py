"""A portal of its own for each test, on real Delta tables and with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.engines.recording import RecordingEngine
from data.people.model import Actor
from data.portal import Portal, connect
from data.settings import Settings
from data.status.estate import Estate, plan
from data.status.model import Check, Platform

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


def a_check(id_: str = "orders", source: str = "sql_check", mode: str = "success", **parts: Any) -> Check:
    return Check(**{"id": id_, "platform_id": "shop", "name": id_.title(), "source": source, "mode": mode, **parts})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def portal(tmp_path: Path, clock: Clock) -> Portal:
    portal = connect(Settings(home=tmp_path / "home")).replace(clock=clock)
    portal.schema.migrate()
    return portal


@pytest.fixture
def recording(portal: Portal) -> Portal:
    """The same portal on an engine that counts statements and fails on demand."""
    return portal.replace(engine=RecordingEngine(portal.engine))


@pytest.fixture
def watch(portal: Portal) -> Callable[..., None]:
    """Make the given checks, of one platform, the estate of the portal."""

    def apply(*checks: Check) -> None:
        wanted = Estate(platforms=(Platform(id="shop", name="Shop", kind="service"),), checks=checks)
        portal.status.apply(plan(portal.status.estate(), wanted, prune=True), Actor.job())

    return apply
