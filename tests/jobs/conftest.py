"""Portals of their own for the tests of the jobs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data.portal import Portal
from jobs.sources.base import Context
from jobs.supervisor import Supervisor
from tests.portals import Clock, clock, portal, recording, watch
from tests.standins.microsoft import MicrosoftCloud

__all__ = ["clock", "portal", "recording", "watch"]


@pytest.fixture
def context(portal: Portal) -> Context:
    return Context(portal, {}, portal.clock(), Supervisor())


@pytest.fixture
def cloud(clock: Clock) -> Iterator[MicrosoftCloud]:
    with MicrosoftCloud(clock) as running:
        yield running
