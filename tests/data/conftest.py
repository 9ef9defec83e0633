"""Portals of their own for the tests of the house."""

from tests.portals import clock, portal, recording, watch

__all__ = ["clock", "portal", "recording", "watch"]
