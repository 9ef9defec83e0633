"""Portals of their own for the tests of the house."""

from tests.portals import clock, connected, portal, recording, warehouse, watch, workspace

__all__ = ["clock", "connected", "portal", "recording", "warehouse", "watch", "workspace"]
