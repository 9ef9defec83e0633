"""Portals of their own, with platforms."""

from __future__ import annotations

import pytest

from data.people.model import Actor
from data.portal import Portal
from data.status.estate import plan, read_estate
from tests.jobs.delivering import ESTATE
from tests.portals import clock, connected, portal, warehouse, workspace

__all__ = ["clock", "connected", "portal", "warehouse", "workspace"]


@pytest.fixture
def furnished(portal: Portal) -> Portal:
    portal.status.apply(plan(portal.status.estate(), read_estate(ESTATE, "checks.yaml"), prune=False), Actor.job())
    return portal
