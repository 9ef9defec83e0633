"""Checks as code: what is watched, read from a file, compared with what is stored, and as rows. Pure."""

from __future__ import annotations

from data.status.estate.entries import Estate, check_from_row, check_row, platform_from_row, platform_row
from data.status.estate.file import read_estate
from data.status.estate.planning import Change, Plan, plan
from data.status.estate.wording import differences
from data.status.estate.writing import write_estate

__all__ = [
    "Change",
    "Estate",
    "Plan",
    "check_from_row",
    "check_row",
    "differences",
    "plan",
    "platform_from_row",
    "platform_row",
    "read_estate",
    "write_estate",
]
