"""Reads `check.target` in the shape its source declares; problems name the key and what is wrong there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from data.errors import Invalid
from data.status.model import Model

Target = TypeVar("Target", bound=Model)


def read_target(shape: type[Target], target: Mapping[str, Any]) -> Target:
    try:
        return shape.model_validate(dict(target))
    except ValidationError as error:
        problems = tuple(_words(shape, detail) for detail in error.errors())
        raise Invalid("The check's target cannot be used.", problems) from error


def _words(shape: type[Model], detail: ErrorDetails) -> str:
    return f"{'.'.join(map(str, ('target', *detail['loc'])))}: {_problem(shape, detail)}"


def _problem(shape: type[Model], detail: ErrorDetails) -> str:
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return f"unknown key; the source knows {', '.join(shape.model_fields)}"
        case "value_error":
            return detail["msg"].removeprefix("Value error, ")
        case _:
            return detail["msg"][0].lower() + detail["msg"][1:]
