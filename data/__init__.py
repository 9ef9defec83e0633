"""The house: `open_portal()` is the way in, also from notebooks."""

from __future__ import annotations

from data.portal import Portal, connect, open_portal

__all__ = ["Portal", "connect", "open_portal"]
