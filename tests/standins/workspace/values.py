"""Text into values, as CAST(… AS type) does it in ANSI mode: for bound parameters and for rows sent as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
from databricks.sql.thrift_api.TCLIService.ttypes import TSparkParameter, TSparkParameterValueArg

from tests.standins.workspace.errors import SqlError

_INTEGERS = {"TINYINT": 8, "SMALLINT": 16, "INT": 32, "INTEGER": 32, "BIGINT": 64}
_BOOLEANS = {
    **dict.fromkeys(("t", "true", "y", "yes", "1"), True),
    **dict.fromkeys(("f", "false", "n", "no", "0"), False),
}


def value(kind: str, text: str | None) -> Any:
    """`text` as a value of `kind` ("BIGINT", "DECIMAL(5,2)", "ARRAY<DATE>" of nothing but NULL). Raises SqlError."""
    if text is None or kind == "VOID":
        return None
    name, _, arguments = kind.upper().partition("(")
    try:
        if name in _INTEGERS:
            return _integer(text, _INTEGERS[name])
        if name == "DECIMAL":
            return _decimal(text, int(arguments.rstrip(")").partition(",")[2] or 0))
        return _READERS[name](text)
    except (ValueError, InvalidOperation) as error:
        words = f'The value \'{text}\' of the type "STRING" cannot be cast to "{kind}" because it is malformed.'
        raise SqlError("CAST_INVALID_INPUT", words, "22018") from error
    except KeyError as error:
        raise SqlError("UNSUPPORTED_DATATYPE", f'Unsupported data type "{kind}".', "0A000") from error


def parameters(given: Iterable[TSparkParameter]) -> dict[str, Any]:
    """Raises SqlError for values that are not of their type, and for parameters without name."""
    return {_name(p): _parameter(p.type, p.value and p.value.stringValue, p.arguments) for p in given}


def _name(parameter: TSparkParameter) -> str:
    if not parameter.name:
        raise SqlError("UNBOUND_SQL_PARAMETER", "The stand-in binds parameters by name only.", "42P02")
    return str(parameter.name)


def _parameter(kind: str, text: str | None, arguments: list[TSparkParameterValueArg] | None) -> Any:
    if kind.startswith("ARRAY"):
        return [_parameter(item.type, item.value, item.arguments) for item in arguments or ()]
    return value(kind, text)


def _integer(text: str, bits: int) -> int:
    if not re.fullmatch(r"\s*[+-]?\d+\s*", text):
        raise ValueError(text)
    if not -(2 ** (bits - 1)) <= int(text) < 2 ** (bits - 1):
        raise ValueError(text)
    return int(text)


def _decimal(text: str, scale: int) -> Decimal:
    return Decimal(text).quantize(Decimal(1).scaleb(-scale))


def _timestamp(text: str) -> datetime:
    """A time without offset would mean the session's zone to Databricks; nobody should rely on that."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


_READERS: dict[str, Callable[[str], Any]] = {
    "STRING": str,
    "BOOLEAN": lambda text: _boolean(text),
    "DOUBLE": float,
    "FLOAT": lambda text: float(np.float32(text)),
    "DATE": date.fromisoformat,
    "TIMESTAMP": _timestamp,
}


def _boolean(text: str) -> bool:
    if text.strip().lower() not in _BOOLEANS:
        raise ValueError(text)
    return _BOOLEANS[text.strip().lower()]
