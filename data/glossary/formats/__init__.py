"""The files in which glossaries travel, and which of them one is."""

from __future__ import annotations

from collections.abc import Mapping

from data.errors import Invalid
from data.glossary.formats import tables
from data.glossary.formats.base import Document, Format
from data.glossary.formats.datahub import DATAHUB
from data.glossary.formats.openmetadata import OPENMETADATA
from data.glossary.formats.own import OWN
from data.glossary.formats.purview import PURVIEW

FORMATS: Mapping[str, Format] = {one.name: one for one in (OWN, OPENMETADATA, DATAHUB, PURVIEW)}
_SIGNS = (
    (PURVIEW, {"nickname"}), (PURVIEW, {"parenttermname"}), (PURVIEW, {"name", "stewards", "experts"}),
    (OPENMETADATA, {"glossarystatus"}), (OPENMETADATA, {"name", "displayname"}),
    (OPENMETADATA, {"name", "relatedterms"}), (OWN, {"termid"}), (OWN, {"name", "definition"}),
    (OWN, {"name"}),
)  # fmt: skip
"""Heads by which a table is known, the surest first."""


def format_of(given: bytes) -> Format:
    """By its head. Raises Invalid where it is none of them."""
    heads = {tables.plain(head) for head in tables.heads_of(given)}
    for format, signs in _SIGNS:
        if signs <= heads:
            return format
    lines = (line.strip() for line in tables.decoded(given)[0].splitlines())
    if any(line.startswith(("nodes:", "terms:")) for line in lines):
        return DATAHUB
    raise Invalid(
        "This file is none that is known: its first row has to name the columns, such as term_id or name and "
        f"definition; the formats are {', '.join(one.label for one in FORMATS.values())}."
    )


def read(given: bytes, name: str | None = None) -> Document:
    """`name`: of a format, where it is not to be guessed. Raises Invalid."""
    format = FORMATS[name] if name else format_of(given)
    return format.parse(given)
