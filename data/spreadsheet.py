"""Rows as CSV, safe to open: a text that a spreadsheet would run as a formula is only text."""

from __future__ import annotations

import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four: full-width, which spreadsheets in East Asian settings read alike."""
BOM = "\ufeff".encode()
"""Without it Excel reads UTF-8 as something else."""


def csv_of(frame: pd.DataFrame) -> bytes:
    """Times as UTC to the minute."""
    told = frame.copy()
    for name in told.columns:
        if pd.api.types.is_datetime64_any_dtype(told[name]):
            told[name] = told[name].dt.strftime("%Y-%m-%d %H:%M").fillna("")
        elif not pd.api.types.is_numeric_dtype(told[name]):
            told[name] = told[name].map(harmless)
    return BOM + told.to_csv(index=False, lineterminator="\r\n").encode()


def harmless(value: object) -> object:
    """A leading apostrophe is what spreadsheets read as: this is text."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" '").startswith(FORMULA) else value


def typed(cell: str) -> str:
    """What `harmless` was given, from the cell that came of it."""
    return cell[1:] if cell.startswith("'") and cell.lstrip(" '").startswith(FORMULA) else cell
