"""What runs of a job say about it, whoever told of them: the Jobs API or the system tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from data.errors import Unavailable
from data.status import words
from data.status.model import Check, Outcome, Reading
from data.status.verdicts import CLOCK_SKEW, EXACT_MODES

RESULTS: Mapping[str, Outcome] = {
    **dict.fromkeys(("SUCCESS", "SUCCEEDED"), Outcome.ok),
    **dict.fromkeys(("SUCCESS_WITH_FAILURES", "CANCELED", "CANCELLED", "USER_CANCELED"), Outcome.warn),
    **dict.fromkeys(("UPSTREAM_CANCELED", "BLOCKED"), Outcome.warn),
    **dict.fromkeys(("FAILED", "ERROR", "TIMEDOUT", "TIMED_OUT", "UPSTREAM_FAILED", "INTERNAL_ERROR"), Outcome.fail),
}
NEVER_RAN = frozenset(
    {"SKIPPED", "EXCLUDED", "DISABLED", "MAXIMUM_CONCURRENT_RUNS_REACHED", "MAX_CONCURRENT_RUNS_EXCEEDED"}
    | {"MAX_JOB_QUEUE_SIZE_EXCEEDED"}
)
"""They say nothing about the data: the run before them does."""
BY_TYPE: Mapping[str, Outcome] = {
    "SUCCESS": Outcome.ok,
    **dict.fromkeys(("CLIENT_ERROR", "CLOUD_FAILURE", "INTERNAL_ERROR"), Outcome.fail),
}
BLAME = {
    "CLOUD_FAILURE": " (the cloud provider's failure, not the job's)",
    "INTERNAL_ERROR": " (Databricks' own failure, not the job's)",
}
ENDED = {Outcome.ok: "succeeded", Outcome.fail: "failed"}
NOT_FAILED = {
    "SUCCESS_WITH_FAILURES": "succeeded, but some of its tasks failed",
    "BLOCKED": "was blocked by what it depends on",
}


class Run(BaseModel):
    """One run that truly ran. Kept as evidence, so that the next round knows it without asking again."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    run_id: str
    started_at: datetime
    ended_at: datetime | None = None
    """None while it runs."""
    result: str = ""
    code: str | None = None
    """Why it ended, when Databricks says it more precisely than `result`."""
    type: str | None = None
    """Whose doing its end was."""
    seconds: float | None = None
    run_page_url: str | None = None
    trigger: str | None = None
    started_by: str | None = None

    @property
    def outcome(self) -> Outcome:
        """`blind` for words that the portal does not know."""
        return RESULTS.get(self.result) or BY_TYPE.get(self.type or "", Outcome.blind)

    @property
    def brought_data(self) -> bool:
        return self.outcome is Outcome.ok or self.result == "SUCCESS_WITH_FAILURES"

    def in_words(self, clock: Callable[[datetime], str]) -> str:
        ended = NOT_FAILED.get(self.result) or ENDED.get(self.outcome, "was cancelled")
        said = f"run {self.run_id} {ended} at {clock(self.ended_at or self.started_at)}"
        if self.outcome is not Outcome.fail:
            return said
        return f"{said}: {self.code or self.result}{BLAME.get(self.type or '', '')}"


class Past(BaseModel):
    """What is known of a job. It is the evidence of its checks, and so the source's memory from round to round."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    finished: Run | None = None
    running: tuple[str, ...] = ()
    """Ids of runs."""
    running_since: datetime | None = None
    succeeded_at: datetime | None = None
    """The end of the newest run that brought data."""
    looked_at: datetime
    seen_at: datetime
    """When Databricks last told of any run of it."""

    @classmethod
    def recall(cls, evidence: str | None) -> Self | None:
        """None when the evidence is of another kind."""
        try:
            told = json.loads(evidence or "{}")
            return cls.model_validate({**told, "finished": Run.model_validate(told) if "run_id" in told else None})
        except (ValueError, TypeError):
            return None

    @property
    def repairable(self) -> tuple[str, ...]:
        """A run that went wrong may be repaired: the same run, started long ago, then gets another end."""
        return (self.finished.run_id,) if self.finished and self.finished.outcome is not Outcome.ok else ()

    def and_then(self, runs: Iterable[Run], at: datetime) -> Self:
        """With what one more look at `at` showed."""
        seen = list(runs)
        done = [run for run in (*seen, self.finished) if run and run.ended_at]
        active = [run for run in seen if not run.ended_at]
        brought = [self.succeeded_at, *(run.ended_at for run in done if run.brought_data)]
        return self.model_copy(
            update={
                "finished": max(done, key=lambda run: _credible(run.ended_at, at), default=None),
                "running": tuple(run.run_id for run in active),
                "running_since": min((run.started_at for run in active), default=None),
                "succeeded_at": max(brought, key=lambda time: _credible(time, at)),
                "looked_at": at,
                "seen_at": at if seen else self.seen_at,
            }
        )

    def evidence(self) -> dict[str, Any]:
        finished = self.finished.model_dump(mode="json", exclude_defaults=True) if self.finished else {}
        return finished | self.model_dump(mode="json", exclude_defaults=True, exclude={"finished"})


def _credible(time: datetime | None, at: datetime) -> tuple[bool, float]:
    """Orders times: one from a clock that is far ahead never hides what came after it."""
    if time is None:
        return False, 0.0
    return time <= at + CLOCK_SKEW, time.timestamp()


def reading(check: Check, past: Past, job: str, at: datetime, zone: ZoneInfo) -> Reading:
    """Raises Unavailable, in words, when its runs tell nothing."""
    clock = partial(words.clock, zone=zone, now=at)
    now = f"a run is under way since {clock(past.running_since)}" if past.running_since else ""
    run = past.finished
    if run is None:
        raise Unavailable("; ".join(filter(None, (f"{_capital(job)} has no finished run yet", now))))
    if run.outcome is Outcome.blind:
        raise Unavailable(f"Run {run.run_id} of {job} ended in a way that the portal does not know: {run.result}")
    told = run.in_words(clock)
    outcome, message = run.outcome, "; ".join(filter(None, (told, now)))
    evidence = past.evidence()
    if check.mode in EXACT_MODES:
        outcome = Outcome.ok if past.succeeded_at else Outcome.fail
        message = message if past.succeeded_at else f"No run succeeded lately, the last: {message}"
        if cause := told if run.outcome is not Outcome.ok else now:
            evidence["cause"] = cause
    return Reading(
        check_id=check.id,
        observed_at=at,
        outcome=outcome,
        value=run.seconds,
        source_event_at=past.succeeded_at,
        message=_capital(message),
        evidence=evidence,
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
