"""What the store remembers of the demo: which story it tells, since when, and whether its history is complete."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from data.portal import Portal
from data.status.model import Model
from jobs.demo.story import Story

KEY = "demo_anchor"


class Plot(Model):
    seed: int
    anchor: datetime
    state: Literal["writing", "told", "removed"] = "writing"

    @property
    def story(self) -> Story:
        return Story(self.seed, self.anchor)


def find_plot(portal: Portal) -> Plot | None:
    row = portal.statements.one("schema/find_setting", key=KEY)
    return Plot.model_validate_json(row["value"]) if row else None


def remember(portal: Portal, plot: Plot) -> None:
    portal.statements.run("schema/set_setting", key=KEY, value=plot.model_dump_json(), at=portal.clock(), by="demo")
