"""Tables of what happened: changes of state, single observations. Cells are Markdown, so every text is made plain."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from components.markup import plain
from components.moments import Here
from components.theme import badge
from data.status import words
from data.status.model import State, Transition

EVIDENCE_LENGTH = 140
Table = list[dict[str, str]]


def changes_table(transitions: Sequence[Transition], here: Here, names: Mapping[str, str] | None = None) -> Table:
    """Newest first; each row says how long the state held. `names` adds whose change it was."""
    until: dict[str, datetime] = {}
    rows: Table = []
    for change in transitions:
        end = until.get(change.check_id)
        held = words.duration((end or here.now) - change.at) + ("" if end else " so far")
        until[change.check_id] = change.at
        whose = {"Check": plain(names.get(change.check_id, change.check_id))} if names else {}
        rows.append(
            {
                "When": plain(here.clock(change.at)), **whose, "State": badge(change.to_state), "For": held,
                "Because": plain(change.reason), "Rule": f"v{change.check_version}",
            }
        )  # fmt: skip
    return rows


def results_table(frame: pd.DataFrame, here: Here, reads: Callable[[float], str]) -> Table:
    """`frame`: observed_at, state, value, message, evidence, source."""
    return [
        {
            "When": plain(here.clock(row["observed_at"])), "Verdict": badge(State(row["state"])),
            "Value": "" if pd.isna(row["value"]) else plain(reads(row["value"])),
            "Message": plain(row["message"]),
            "Told by": plain(f"{row['source']}{evidence(row['evidence'])}"),
        }
        for row in frame.to_dict("records")
    ]  # fmt: skip


def evidence(told: str | None) -> str:
    """The source's answer as ', name value' pairs, cut to one cell."""
    try:
        answer: Any = json.loads(told) if isinstance(told, str) and told else {}
    except ValueError:
        answer = {"answer": told}
    pairs = answer.items() if isinstance(answer, dict) else [("answer", answer)]
    text = "".join(f", {name} {value if isinstance(value, str) else json.dumps(value)}" for name, value in pairs)
    return text if len(text) <= EVIDENCE_LENGTH else f"{text[:EVIDENCE_LENGTH]}…"


def tally(transitions: Sequence[Transition]) -> str:
    """'30 days: 4 late, 1 major outage'."""
    counts: dict[State, int] = {}
    for change in transitions:
        counts[change.to_state] = counts.get(change.to_state, 0) + 1
    bad = [f"{n} {state.replace('_', ' ')}" for state, n in counts.items() if state is not State.operational]
    return f"30 days: {', '.join(bad) or 'no trouble'}"
