"""What the demo's people wrote: threads.yaml, with the words for days and times that its anchor makes true."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from string import Template
from typing import Any

import yaml
from pydantic import TypeAdapter

from data.status.fields import Duration
from jobs.demo.scene import D, M
from jobs.demo.story import ZONE

FILE = Path(__file__).with_name("threads.yaml")
RECOVERY = 140 * M
"""After the anchor the Sales report is staged to be right again."""


def read_script(anchor: datetime, me: str) -> dict[str, list[Any]]:
    """`me`: the e-mail address of the local persona."""
    now = anchor.astimezone(ZONE)
    words = {
        "me": me, "today": f"{now:%Y-%m-%d}", "yesterday": f"{now - D:%A}", "expected": f"{now + RECOVERY:%H:%M}",
        "a_week_ago": _date(now - 8 * D), "in_three_weeks": _date(now + 21 * D),
    }  # fmt: skip
    script: dict[str, list[Any]] = yaml.safe_load(Template(FILE.read_text(encoding="utf-8")).substitute(words))
    return script


def span(text: Any) -> timedelta:
    return text if isinstance(text, timedelta) else TypeAdapter(Duration).validate_python(text)


def _date(at: datetime) -> str:
    return f"{at.day} {at:%b}"
