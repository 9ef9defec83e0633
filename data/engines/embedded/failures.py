"""Turns what DuckDB, delta-rs and the disk say into the portal's errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake.exceptions import CommitFailedError, DeltaError

from data.errors import Invalid, Unavailable


def words(error: BaseException) -> str:
    """The system's own words ('No space left on device') if there are any, else the first line without its heading."""
    told = str(error).strip() or type(error).__name__
    if of_system := re.search(r"([^:]+) \(os error \d+\)", told):
        return of_system[1].strip()
    heading, _, rest = told.splitlines()[0].partition(" Error: ")
    return rest if rest and len(heading) < 30 else told.splitlines()[0]


@contextmanager
def reading(tables: Iterable[str]) -> Iterator[None]:
    """Around SQL run by DuckDB: a bad table is `Unavailable` by name, a bad statement `Invalid`."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise Unavailable("The query took too long and was stopped.") from error
    except duckdb.OutOfMemoryException as error:
        raise Unavailable("The query needs more memory than the portal may use.") from error
    except (duckdb.Error, pa.ArrowException) as error:
        told = words(error)
        if isinstance(error, duckdb.IOException) or ".parquet" in told:
            raise Unavailable(f"Cannot read {' or '.join(sorted(tables))}: {told}") from error
        raise Invalid(f"This SQL cannot run: {told}") from error


@contextmanager
def opening(table: str) -> Iterator[None]:
    try:
        yield
    except (DeltaError, OSError, ValueError) as error:
        raise Unavailable(f"Cannot read {table}: {words(error)}") from error


@contextmanager
def writing(root: Path, table: str) -> Iterator[None]:
    """Around a commit. A lost race passes through as `CommitFailedError`, to be tried again."""
    try:
        yield
    except CommitFailedError:
        raise
    except (DeltaError, duckdb.Error, OSError) as error:
        if "Invalid data found" in str(error):
            raise Invalid(f"{table}: a row breaks a rule of the table.") from error
        raise Unavailable(f"Cannot write to {root}: {words(error)}") from error
