"""How a simulated check behaves: the shape of `target` of the checks with source `demo`."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated

from pydantic import Field

from data.status.fields import Duration
from data.status.model import Model


class Behaviour(Model):
    arrives: Duration | tuple[time, ...] | None = None
    """How often data or a heartbeat comes, or the local times of a day on which it does."""
    jitter: Duration = timedelta(minutes=5)
    usual: float | None = None
    """The measured number, or the seconds of an answer."""
    spread: Annotated[float, Field(ge=0, le=1)] = 0.3
    """Share of `usual` by which office hours and chance move it."""
    bad: float | None = None
    """The measured number in trouble."""
    whole: bool = False
    fine: str = ""
    trouble: str = "No answer"
    warns: bool = False
    """In trouble the source warns only."""
    a_month: Annotated[float, Field(ge=0, le=4)] = 0.5
    """How often trouble comes."""
    watched_days: Annotated[int, Field(ge=1, le=90)] = 90
