"""Results that pipelines report themselves."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Response
from pydantic import AfterValidator, Field, JsonValue, RootModel

from api.calls import Call, Caller, Key
from api.wire import Sent, Wire
from data import cached
from data.status.model import Outcome, State
from data.status.pushing import MOST, Pushed, Report

router = APIRouter(tags=["checks"])
EVIDENCE_MOST = 8_000
"""Characters, as JSON."""


def short(evidence: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(evidence)) > EVIDENCE_MOST:
        raise ValueError(f"The evidence has at most {EVIDENCE_MOST:,} characters")
    return evidence


class Result(Sent):
    """One observation. Everything may be left out: then it is a sign of life, now."""

    key: str | None = Field(
        None, min_length=1, max_length=200, description="The caller's own name of it; sent again, it is stored once."
    )
    outcome: Outcome = Field(Outcome.ok, description="`blind`: it could not be seen.")
    value: float | None = Field(None, description="Of checks in mode threshold.", examples=[41_230])
    observed_at: datetime | None = Field(None, description="Now, unless given; at most a day ago.")
    event_at: datetime | None = Field(None, description="When the data itself last changed, for modes that watch it.")
    message: str = Field("", max_length=1_000, examples=["412 files written"])
    evidence: Annotated[dict[str, JsonValue], AfterValidator(short)] = Field({}, description="Shown with the result.")

    def report(self, key: str | None) -> Report:
        return Report(**{**dict(self), "key": self.key or key})


class Results(RootModel[Annotated[list[Result], Field(min_length=1, max_length=MOST)]]):
    """Up to 1,000 of one check, in any order; all or none of them are stored."""


class Stored(Wire):
    id: str
    check_id: str
    observed_at: datetime
    state: State = Field(description="The verdict on this result alone, by the limits of its check.")
    value: float | None
    reason: str


class StoredResults(Wire):
    results: list[Stored]


EXAMPLES: dict[str, Any] = {
    "a result": {"value": {"outcome": "fail", "message": "Load failed at step 3", "key": "run-4711"}},
    "a number": {"value": {"value": 41230, "observed_at": "2026-11-23T07:30:00Z"}},
    "several": {"value": [{"value": 3, "key": "a"}, {"value": 5, "key": "b"}]},
    "a sign of life": {"value": None},
}


@router.post("/checks/{check_id}/results", status_code=201, response_model=StoredResults)
async def push(
    call: Caller, check_id: Annotated[str, Path(max_length=80)], key: Key = None,
    body: Annotated[Result | Results | None, Body(openapi_examples=EXAMPLES)] = None,
) -> Response:  # fmt: skip
    """Report results of a check whose source is `push`. Answered once they are stored; without a body: a heartbeat.

    With a `key` in the result, or an `Idempotency-Key`, it can be sent again after any failure: it is stored once, and
    the answer is the same. Who reports needs the role service owner on the platform.
    """
    reports = reports_of(body, key)
    stored = await asyncio.wrap_future(call.portal.status.pushing.submit(call.actor, check_id, reports))
    return await asyncio.to_thread(_answer, call, stored)


def reports_of(body: Result | Results | None, key: str | None) -> list[Report]:
    if isinstance(body, Results):
        return [result.report(key and f"{key}/{number}") for number, result in enumerate(body.root)]
    return [(body or Result()).report(key)]


def _answer(call: Call, stored: tuple[Pushed, ...]) -> Response:
    if any(result.turned for result in stored):
        cached.forget_board()
    known = all(result.again for result in stored)
    answer = StoredResults(results=[Stored.model_validate(result) for result in stored])
    headers = {"Idempotent-Replayed": "true"} if known else {}
    return Response(answer.model_dump_json(), 201, headers, "application/json")
