"""What goes wrong, in the classes and SQLSTATEs of Databricks."""

from __future__ import annotations

import re

from data.errors import Conflict, NotFound, PortalError, Unavailable


class SqlError(Exception):
    """`str(error)` reads as Databricks writes it: [CLASS] words. SQLSTATE: 42000."""

    def __init__(self, name: str, words: str, sqlstate: str) -> None:
        super().__init__(f"[{name}] {words} SQLSTATE: {sqlstate}")
        self.sqlstate = sqlstate


_NULL = ("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", "23502")
_CAST = ("CAST_INVALID_INPUT", "22018")
_COLUMN = ("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703")
_CLASSES = (
    (r"cannot be read|Exactly one SQL|is not allowed|Only .* supported", ("PARSE_SYNTAX_ERROR", "42601")),
    (r"A table .* exists already|is a view", ("EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", "42809")),
    (r"made of itself", ("RECURSIVE_VIEW", "42K0H")),
    (r"exists already", ("TABLE_OR_VIEW_ALREADY_EXISTS", "42P07")),
    (r"uses :\w+.*, which was not given", ("UNBOUND_SQL_PARAMETER", "42P02")),
    (r"must not be NULL|NOT NULL constraint failed", _NULL),
    (r"Could not convert|Failed to parse string|Conversion|takes \S+, not", _CAST),
    (r"Referenced (update )?column|has no column|Values list .* does not have a column", _COLUMN),
    (r"values are given for", ("INSERT_COLUMN_ARITY_MISMATCH", "21S01")),
    (r"more than one source row", ("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", "21506")),
    (r"Division by zero", ("DIVIDE_BY_ZERO", "22012")),
    (r"Overflow|out of range", ("ARITHMETIC_OVERFLOW", "22003")),
    (r"GROUP BY", ("MISSING_AGGREGATION", "42803")),
    (r"not one of the functions", ("UNRESOLVED_ROUTINE", "42883")),
    (r"of another type", ("FIELD_ALREADY_EXISTS", "42710")),
    (r"breaks a rule of the table", ("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "23001")),
)


def table_not_found(table: str) -> SqlError:
    return SqlError("TABLE_OR_VIEW_NOT_FOUND", f"The table or view `{table}` cannot be found.", "42P01")


def timed_out(seconds: float) -> SqlError:
    words = f"Query execution was cancelled due to exceeding the timeout ({seconds:g}s)."
    return SqlError("QUERY_EXECUTION_TIMEOUT_EXCEEDED", words, "57KD0")


def sql_error(error: PortalError, limit_s: float) -> SqlError:
    """What Databricks would have said where the embedded engine said `error`."""
    words = str(error)
    match error:
        case NotFound():
            return table_not_found(words.removeprefix("There is no table ").rstrip("."))
        case Conflict():
            return SqlError("DELTA_CONCURRENT_APPEND", f"ConcurrentAppendException: {words}", "2D521")
        case Unavailable() if "too long" in words:
            return timed_out(limit_s)
        case Unavailable():
            return SqlError("INTERNAL_ERROR", words, "XX000")
    found = (kind for pattern, kind in _CLASSES if re.search(pattern, words))
    name, sqlstate = next(found, ("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09"))
    return SqlError(name, words, sqlstate)
