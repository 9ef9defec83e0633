"""What is staged: the scene that the front page opens with, a few old stories, and the announced maintenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from data.status.model import Window

M, H, D = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CALM = (-30 * H, 10 * H)
"""Around the anchor nothing happens but the scene."""

Effect = Literal["broken", "blind", "flapping"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Data that arrives at times stops after `start` and comes again at `end`."""

    start: datetime
    end: datetime
    effect: Effect
    says: str

    def hits(self, at: datetime, every: timedelta) -> bool:
        """Flapping: two looks in trouble, two without."""
        return self.effect == "broken" or (at - self.start) // (2 * every) % 2 == 0


@dataclass(frozen=True, slots=True)
class Staged:
    """A trouble relative to the anchor. Without words, those of the check."""

    start: timedelta
    end: timedelta
    effect: Effect = "broken"
    says: str | None = None


_SAP = (
    Staged(-36 * D, -36 * D + 30 * H, "blind", "Source throttled"),
    Staged(-94 * M, 110 * M, "blind", "Source throttled"),
)
_HOST = (Staged(-49 * D, -49 * D + 11 * H), Staged(-12 * D, -12 * D + 5 * H), Staged(-47 * M, 160 * M))

STAGED: Mapping[str, tuple[Staged, ...]] = {
    "gateway-answers": _HOST,
    "gateway-hosts": _HOST,
    "gateway-queue": (Staged(-38 * M, 180 * M),),
    "gateway-refreshes": (*_HOST[:2], Staged(-48 * M, 170 * M)),
    "sales-orders": (Staged(-58 * D - 19 * H, -58 * D), Staged(-4 * D - 11 * H, -4 * D), Staged(-552 * M, 140 * M)),
    "sales-load-orders": (Staged(-4 * D - 11 * H, -4 * D), Staged(-557 * M, 135 * M)),
    "sales-regional": (Staged(-430 * M, 150 * M),),
    "fabric-metrics": (Staged(-44 * M, 5 * M),),
    "sap-answers": _SAP,
    "sap-orders": _SAP,
    "sap-stock": _SAP,
    "sap-material": _SAP,
    "sap-ledger": _SAP,
    "dbx-jobs": (Staged(-27 * D + H, -27 * D + 3 * H, says="Restart after the upgrade"),),
    "dbx-warehouse": (Staged(-27 * D + H, -27 * D + 150 * M, says="Restart after the upgrade"),),
    "finance-ledger": (Staged(-20 * D - 13 * H, -20 * D),),
    "crm-leads": (Staged(-70 * D - 9 * H, -70 * D),),
    "warehouse-answers": (Staged(-41 * D, -41 * D + 2 * H),),
    "warehouse-queue": (Staged(-9 * D, -9 * D + 3 * H, "flapping"),),
}


def staged(check_id: str, anchor: datetime, words: str) -> list[Trouble]:
    return [Trouble(anchor + s.start, anchor + s.end, s.effect, s.says or words) for s in STAGED.get(check_id, ())]


def windows(anchor: datetime) -> tuple[Window, ...]:
    """Announced maintenance: past, on and to come."""
    return (
        _window("gateway-eu2", "Gateway EU-2 moves to new hosts", anchor - 62 * D, 2 * H),
        _window("databricks-prod", "Databricks runtime 16 LTS", anchor - 27 * D, 4 * H),
        _window("fabric-f64", "Fabric capacity F64 patch", anchor - 27 * D + 6 * H, H),
        _window("fabric-f64", "Fabric capacity F64 upgrade", anchor - 40 * M, 90 * M),
        _window("databricks-prod", "Databricks runtime 17 LTS", anchor + 5 * D, 2 * H),
    )


def _window(platform_id: str, title: str, starts_at: datetime, lasts: timedelta) -> Window:
    return Window(platform_id=platform_id, title=title, starts_at=starts_at, ends_at=starts_at + lasts)


def announcements(anchor: datetime) -> tuple[dict[str, Any], ...]:
    """What the teams told beside maintenance: still on, and over."""
    return (
        {"kind": "incident", "severity": "warning", "title": "Power BI Sales shows yesterday until noon",
         "body": "The load of the orders failed at night and was **started again**.\n\n- Finance is not affected.\n"
                 "- The next update comes at noon.",
         "platform_ids": ["power-bi-sales"], "starts_at": anchor - 2 * H, "ends_at": anchor + 22 * H},
        {"kind": "release", "title": "Finance model 4.2: cost centres by month",
         "body": "New: *cost centres by month*. Reports of last year keep the old grouping.",
         "platform_ids": ["power-bi-finance"], "starts_at": anchor - 3 * D, "ends_at": anchor - D},
        {"kind": "announcement", "title": "No deployments in the last two weeks of the year",
         "body": "In the **last two weeks of the year** nothing is deployed. Urgent fixes need an approval.",
         "platform_ids": [], "starts_at": anchor - 26 * H, "ends_at": anchor + 12 * D},
    )  # fmt: skip
