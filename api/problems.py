"""One shape for every error (RFC 9457), and which error of the house is which code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from data.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, Refused, Reused, TooMany, Unavailable

MEDIA_TYPE = "application/problem+json"
AGAIN_S = 10
"""When to come back where nobody can know better."""


class Fault(BaseModel):
    """What is wrong at one place of the request."""

    pointer: str | None = Field(None, description="Of the body, a JSON pointer such as `#/title`.")
    parameter: str | None = Field(None, description="Of the path, the query or the headers.")
    detail: str


class Problem(BaseModel):
    """What went wrong, in words a person can act on."""

    type: str = "about:blank"
    title: str = Field(description="The same for all errors of this status.")
    status: int
    detail: str
    request_id: str | None = Field(None, description="Quote it to whoever runs the portal; it is in the log.")
    errors: list[Fault] | None = Field(None, description="With 422: each place that is wrong.")
    version: int | None = Field(None, description="With 409: the current one, where somebody was faster.")
    as_of: datetime | None = Field(None, description="With 503: when the store was asked last.")


def problem(
    status: int, detail: str, request_id: str | None = None, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, request_id=request_id, **more)
    return Response(told.model_dump_json(exclude_none=True), status, headers, MEDIA_TYPE)


def install(api: FastAPI) -> None:
    api.add_exception_handler(PortalError, _refused)
    api.add_exception_handler(RequestValidationError, _not_valid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _unexpected)


async def _refused(request: Request, error: Any) -> Response:
    status, headers, more = told_of(error)
    return problem(status, str(error), id_of(request), headers, **more)


def told_of(error: PortalError) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Status, headers and members of the problem."""
    match error:
        case NotFound():
            return 404, {}, {}
        case Forbidden():
            return 403, {}, {}
        case TooMany():
            return 429, {"Retry-After": f"{error.again_s:.0f}"}, {}
        case Refused():
            return 422, {}, {"errors": [Fault(pointer=f"#/{name}", detail=words) for name, words in error.at.items()]}
        case Invalid() | Reused():
            return 422, {}, {}
        case Conflict():
            return 409, {}, {"version": error.version}
        case Unavailable():
            return 503, {"Retry-After": str(AGAIN_S)}, {"as_of": error.as_of}
    return 500, {}, {}


async def _not_valid(request: Request, error: Any) -> Response:
    faults = list(_faults(error.errors()))
    status = 400 if any(found["type"] == "json_invalid" for found in error.errors()) else 422
    return problem(status, "This request cannot be understood; see errors.", id_of(request), errors=faults)


def _faults(errors: Iterable[Mapping[str, Any]]) -> Iterable[Fault]:
    for error in errors:
        place, *inside = error["loc"]
        words = error.get("ctx", {}).get("error") if error["type"] == "json_invalid" else error["msg"]
        if place == "body":
            steps = [str(step).replace("~", "~0").replace("/", "~1") for step in inside]
            yield Fault(pointer="#" + "".join(f"/{step}" for step in steps), detail=str(words))
        else:
            yield Fault(parameter=".".join(map(str, inside)), detail=str(words))


async def _http(request: Request, error: Any) -> Response:
    words = {404: "There is nothing at this address.", 405: "This address does not know this method."}
    given = error.detail if error.detail != HTTPStatus(error.status_code).phrase else None
    return problem(
        error.status_code, given or words.get(error.status_code, error.detail), id_of(request), error.headers
    )  # fmt: skip


async def _unexpected(request: Request, _: Any) -> Response:
    return problem(500, "Something went wrong here. It was logged; quote the request id.", id_of(request))


def id_of(request: Request) -> str | None:
    id_: str | None = request.scope.get("request_id")
    return id_
