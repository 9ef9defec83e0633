"""Portals of their own for the tests of the jobs."""

from __future__ import annotations

import pytest

from data.portal import Portal
from jobs.sources.base import Context
from jobs.supervisor import Supervisor
from tests.portals import clock, portal, recording, watch

__all__ = ["clock", "portal", "recording", "watch"]


@pytest.fixture
def context(portal: Portal) -> Context:
    return Context(portal, {}, portal.clock(), Supervisor())
