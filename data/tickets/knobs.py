"""What can be turned without touching code: SLA, approvals and quotas, routing, incidents that the portal opens."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from data.tickets.alarms import AlarmPolicy
from data.tickets.request_costs import RequestPolicy
from data.tickets.routing import Rule
from data.tickets.sla import Policy

log = logging.getLogger(__name__)
PREFIX = "tickets:"


class Knobs(BaseModel):
    """Each field is a row of `settings`, `tickets:<field>`, as JSON; a field without one has its default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sla: Policy = Policy()
    requests: RequestPolicy = RequestPolicy()
    routing: tuple[Rule, ...] = ()
    alarms: AlarmPolicy = AlarmPolicy()


KEYS = tuple(f"{PREFIX}{name}" for name in Knobs.model_fields)


def knobs_from_rows(rows: Iterable[Mapping[str, Any]]) -> Knobs:
    """A row that cannot be read counts as absent, so that a typing error in a knob stops nobody's ticket."""
    told: dict[str, Any] = {}
    for row in rows:
        name = row["key"].removeprefix(PREFIX)
        kind = Knobs.model_fields[name].annotation
        try:
            told[name] = getattr(Knobs.model_validate_json(f'{{"{name}": {row["value"]}}}'), name)
        except ValidationError as error:
            log.error("The setting %s cannot be read as %s: %s", row["key"], kind, error.errors()[0]["msg"])
    return Knobs(**told)
