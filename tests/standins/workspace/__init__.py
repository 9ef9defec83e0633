"""A workspace to talk to where there is none: the real connector and the real SDK work against it, over TLS."""

from tests.standins.workspace.faults import Call, Faults
from tests.standins.workspace.server import Workspace

__all__ = ["Call", "Faults", "Workspace"]
