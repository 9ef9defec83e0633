"""CSV files as people and catalogues make them: read with a line number for each row, written safe to open."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from data.errors import Invalid
from data.glossary.formats.base import Cells, Document, Entry, Format
from data.spreadsheet import BOM, harmless, typed

MOST_BYTES, MOST_ROWS = 10 * 2**20, 20_000
FALLBACK = "The file is not UTF-8; it was read as Windows-1252. Please check letters such as ä, é and €."


def decoded(given: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, and what has to be said about it. Raises Invalid for what is too large or no text."""
    if len(given) > MOST_BYTES:
        raise Invalid(f"The file has {len(given) / 2**20:.1f} MB; at most {MOST_BYTES // 2**20} MB fit.")
    if b"\x00" in given:
        raise Invalid("This is no text file. A spreadsheet has to be saved as CSV first.")
    try:
        return given.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return given.decode("cp1252", errors="replace"), (FALLBACK,)


def plain(head: str) -> str:
    """Heads are matched without case, spaces, `*` and `_`."""
    return re.sub(r"[\s*_]+", "", head).casefold()


def rows_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, with the line on which each begins. Raises Invalid."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    begins = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(f"Line {begins}: quotes do not close, or a cell is too long ({error}).") from error


def heads_of(given: bytes) -> list[str]:
    try:
        return next(rows_of(decoded(given)[0]), (0, []))[1]
    except Invalid:
        return []


def parse(given: bytes, format: Format, aliases: Mapping[str, str]) -> Document:
    """Raises Invalid where it is no table, or a column is missing. `aliases`: plain heads of the same meaning."""
    text, notes = decoded(given)
    rows = rows_of(text)
    heads = [aliases.get(plain(head), head.strip()) for head in next(rows, (0, []))[1]]
    known = {plain(column.name): column.name for column in format.columns}
    names = [known.get(plain(head), head) for head in heads]
    _must_be_good(format, names)
    entries: list[Entry] = []
    for at, row in rows:
        if len(entries) == MOST_ROWS:
            raise Invalid(f"The file has more than {MOST_ROWS:,} rows. Please split it.")
        entries.append(Entry(at, dict(zip(names, map(typed, row), strict=False)) | _surplus(row, len(names))))
    unknown = tuple(name for name in names if name not in known.values() and name)
    return Document(format, tuple(entries), tuple(names), unknown, notes)


def _surplus(row: Sequence[str], columns: int) -> dict[str, str]:
    """Cells beyond the heads: a comma too many, which would shift what follows. Refused by its row."""
    return {"": f"{len(row)} cells under {columns} heads"} if len(row) > columns and any(row[columns:]) else {}


def _must_be_good(format: Format, names: Sequence[str]) -> None:
    missing = [column.name.rstrip("*") for column in format.columns if column.needed and column.name not in names]
    twice = sorted({name for name in names if names.count(name) > 1 and name})
    if missing:
        raise Invalid(f"These columns are missing: {', '.join(missing)}. The first row has to name the columns.")
    if twice:
        raise Invalid(f"These columns are there twice: {', '.join(twice)}.")


def render(rows: Sequence[Cells], format: Format) -> bytes:
    """Columns of the format, then those that were kept."""
    heads = list(dict.fromkeys((*(column.name for column in format.columns), *(name for row in rows for name in row))))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([str(harmless(row.get(head, ""))) for head in heads] for row in rows)
    return BOM + text.getvalue().encode()
