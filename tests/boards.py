"""Boards for tests and pictures: nine platforms on Monday 23 November 2026, 08:12 in Berlin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from components.moments import Here
from data.status.board import Board, Budget, Change, CheckView, Feed, Strip, Tile, Uptime
from data.status.model import FRESHNESS_MODES, Band, Check, DayRollup, Mode, Platform, Severity, State, Window

BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 11, 23, 7, 12, tzinfo=UTC)
HERE = Here(AT, BERLIN)
HOUR = 3_600_000
M, H = timedelta(minutes=1), timedelta(hours=1)
STATES = frozenset(state.value for state in State)


def day(back: int, **ms: int) -> DayRollup:
    spent = sum(ms.values())
    return DayRollup(day=AT.date() - timedelta(days=back), operational_ms=max(0, 24 * HOUR - spent), **ms)


def strip(percent: float | None = 99.98, watched: int = 90, **marks: tuple[str, int]) -> Strip:
    """`marks`: d<days back>=(state, milliseconds)."""
    bad = {int(key[1:]): {f"{state}_ms": ms} for key, (state, ms) in marks.items()}
    days = tuple(day(b, **bad.get(b, {})) if b < watched else None for b in range(89, -1, -1))
    return Strip(days, Uptime(percent, 1.0 if percent is None else 0.998))


def view(check: Mapping[str, Any], state: State = State.operational, reason: str = "", **seen: Any) -> CheckView:
    fields: dict[str, Any] = {
        "since": AT - 2 * H, "observed_at": AT - timedelta(seconds=40), "last_success_at": AT - timedelta(seconds=40),
        "value": None, "source_event_at": None, "next_at": None, "band": None, "flapping": False,
        "previous_state": State.operational, "previous_since": AT - timedelta(days=3), "evidence": None,
    }  # fmt: skip
    return CheckView(check=Check.model_validate(check), state=state, reason=reason, **(fields | seen))


def aged(platform: str, name: str, age: timedelta, warn: timedelta, error: timedelta, **more: Any) -> CheckView:
    """A check of the age of data; `next_in`, `usual` (minutes) and `state`, `reason` as keywords."""
    usual, next_in = more.pop("usual", None), more.pop("next_in", None)
    severity = more.pop("severity", Severity.critical)
    check = {
        "id": f"{platform}-{name.lower().replace(' ', '-')}", "platform_id": platform, "name": name, "source": "delta_freshness",
        "mode": Mode.age, "severity": severity, "thresholds": {"warn_after": warn, "error_after": error},
        "owner": "Team Ingestion", "runbook": "https://example.org/runbooks/orders", "version": 7,
    }  # fmt: skip
    band = usual and Band(
        low_s=usual[0] * 60,
        median_s=sum(usual) * 30,
        high_s=usual[1] * 60,
        samples=36,
        basis="Mondays around 08:00, 6 weeks",
    )
    return view(
        check, source_event_at=AT - age, next_at=next_in and AT + next_in, band=band, value=age.total_seconds(), **more
    )


def probe(
    platform: str, name: str, state: State = State.operational, reason: str = "Answered 200 in 48 ms", **seen: Any
) -> CheckView:
    check = {
        "id": f"{platform}-{name.lower().replace(' ', '-')}",
        "platform_id": platform,
        "name": name,
        "source": "http_probe",
    }
    more = {"mode": Mode.success, "severity": Severity.critical, "every": "1m", "version": 2}
    seen = {"value": 0.048, "next_at": AT + timedelta(seconds=20)} | seen
    return view(check | more, state, reason, **seen)


def tile(platform: Mapping[str, Any], *views: CheckView, history: Strip | None = None, **more: Any) -> Tile:
    lead = views[0] if views else None
    fields: dict[str, Any] = {
        "state": lead.state if lead else State.unknown, "reason": lead.reason if lead else "No check watches it yet",
        "since": lead.since if lead else None, "budget": Budget(99.5, 0.62, 8_035_200, 0.4), "window": None,
        "mine": False, "demo": False,
    }  # fmt: skip
    return Tile(Platform.model_validate(platform), lead=lead, checks=views, strip=history or strip(), **(fields | more))


def board(*tiles: Tile, **more: Any) -> Board:
    """Counts and products follow from the tiles unless given."""
    views = [v for t in tiles for v in t.checks]
    products = [v for v in views if v.check.mode in FRESHNESS_MODES]
    late = sum(v.state in {State.late, State.degraded, State.partial_outage, State.major_outage} for v in products)
    fields: dict[str, Any] = {
        "as_of": AT, "state": State.operational, "feeds": (), "changes": (), "planned": (),
        "counts": Counter(v.state for v in views), "products": len(products), "products_late": late,
        "checked_at": max((v.observed_at for v in views if v.observed_at), default=None),
    }  # fmt: skip
    return Board(tiles=tiles, **(fields | more))


def gateway() -> Tile:
    down = aged("gateway", "Refreshes through the gateway", 92 * M, 30 * M, H, usual=(4, 10), state=State.major_outage,
                reason="Host offline since 07:31: data is 1 h 32 old, promised within 1 h")  # fmt: skip
    history = strip(98.714, d0=("major_outage", 3 * HOUR), d1=("degraded", 5 * HOUR), d14=("late", HOUR), d27=("maintenance", HOUR),
                    d49=("degraded", 6 * HOUR), d77=("degraded", HOUR))  # fmt: skip
    spent = Budget(99.5, -1.57, -20_340_000, 2.6)
    return tile({"id": "gateway", "name": "Gateway EU-2", "kind": "Gateway", "criticality": 1, "owner": "Platform team"}, down,
                probe("gateway", "Host 1 answers"), history=history, state=State.major_outage, budget=spent)  # fmt: skip


def sales() -> Tile:
    late = aged("sales", "Orders in the Sales model", 9 * H + 12 * M, 8 * H, 10 * H, next_in=28 * M, usual=(70, 124), state=State.late,
                reason="Data is 9 h 12 old, promised within 8 h: job load_orders failed at 05:41")  # fmt: skip
    others = [aged("sales", f"Table {n}", n * H, 8 * H, 10 * H, next_in=3 * H) for n in (1, 2, 3)]
    history = strip(99.421, d0=("late", HOUR), d4=("late", 2 * HOUR), d27=("maintenance", HOUR), d29=("late", HOUR),
                    d56=("major_outage", 3 * HOUR), d62=("maintenance", HOUR), d81=("late", HOUR))  # fmt: skip
    data = {"id": "sales", "name": "Power BI Sales", "kind": "Semantic models", "criticality": 1, "owner": "Team Ingestion",
            "contact": "data-sales@example.org", "depends_on": ("databricks", "gateway")}  # fmt: skip
    return tile(data, late, *others, history=history, mine=True)


def nine() -> Board:
    fabric = aged("fabric", "Capacity metrics", 44 * M, H, 2 * H, next_in=48 * M, usual=(0, 20))
    sap = aged(
        "sap", "Extracts", 94 * M, H, 2 * H, state=State.unknown, reason="No answer since 06:40: source throttled"
    )
    window = Window(platform_id="fabric", title="Fabric capacity F64 upgrade", starts_at=AT - H, ends_at=AT + 48 * M)
    later = Window(
        platform_id="databricks", title="Databricks runtime 17 LTS", starts_at=AT + 118 * H, ends_at=AT + 120 * H
    )
    tiles = (
        sales(),
        tile({"id": "finance", "name": "Power BI Finance", "kind": "Semantic models"},
             aged("finance", "Ledger", 67 * M, 4 * H, 5 * H, next_in=168 * M, usual=(25, 60)), mine=True),
        gateway(),
        tile({"id": "sap", "name": "SAP extracts", "kind": "Source"}, sap,
             history=strip(99.55, d0=("unknown", 9 * HOUR), d36=("unknown", 20 * HOUR), d37=("unknown", 22 * HOUR), d69=("late", HOUR))),
        tile({"id": "fabric", "name": "Fabric capacity F64", "kind": "Capacity"}, fabric, state=State.maintenance, window=window,
             history=strip(99.90, d0=("maintenance", HOUR), d27=("maintenance", HOUR), d62=("maintenance", HOUR))),
        tile({"id": "databricks", "name": "Databricks prod", "kind": "Jobs and warehouses", "criticality": 1},
             aged("databricks", "Job runs", 3 * M, 20 * M, 45 * M, next_in=3 * M, usual=(2, 6)),
             *[probe("databricks", f"Warehouse {n}") for n in (1, 2, 3)], window=later),
        tile({"id": "crm", "name": "Power BI CRM", "kind": "Semantic models"},
             aged("crm", "Leads", 24 * M, 2 * H, 4 * H, next_in=36 * M)),
        tile({"id": "shop", "name": "Shop API", "kind": "Service"}, probe("shop", "Shop API answers"), demo=True),
        tile({"id": "reference", "name": "Reference data", "kind": "Tables"},
             aged("reference", "Country codes", 6 * H + 12 * M, 30 * H, 34 * H, next_in=18 * H), history=strip(100.0, watched=52)),
    )  # fmt: skip
    return board(*tiles, state=State.major_outage, feeds=feeds(), changes=changes(*tiles), planned=(window, later))


def green() -> Board:
    calm = [
        replace(t, state=State.operational, window=None, reason="", checks=tuple(map(_calm, t.checks)))
        for t in nine().tiles
    ]
    return board(*[replace(t, lead=t.checks[0]) for t in calm], feeds=feeds()[:1])


def _calm(seen: CheckView) -> CheckView:
    return replace(
        seen, state=State.operational, reason="Data is fresh", source_event_at=AT - 7 * M, next_at=AT + 8 * M
    )


def feeds() -> tuple[Feed, ...]:
    return (
        Feed("delta_freshness", "succeeded", 12, AT - M, AT - timedelta(seconds=58), 12, None, AT + 4 * M),
        Feed(
            "http_probe",
            "partial",
            6,
            AT - timedelta(seconds=40),
            AT - timedelta(seconds=38),
            6,
            "1 of 6 could not look",
            AT + 20 * M,
        ),
        Feed("dbt_artifacts", "failed", 3, AT - 2 * H, AT - 2 * H, 0, "sources.json was not found", AT - H),
        Feed("push", "never", 1, None, None, 0, None, None),
    )


def changes(*tiles: Tile) -> tuple[Change, ...]:
    said = {"gateway": "host offline", "sales": "load_orders failed", "sap": "source throttled"}
    found = [t for t in tiles if t.platform.id in said and t.lead]
    return tuple(
        Change(AT - (n + 1) * 31 * M, t.platform, t.lead.check, State.operational, t.state, said[t.platform.id], 9 * HOUR)
        for n, t in enumerate(found) if t.lead
    )  # fmt: skip


def many(number: int) -> Board:
    """The nine, repeated under other names, for pages with more tiles than fit."""
    nine_tiles = nine().tiles
    tiles = [nine_tiles[n % 9] for n in range(number)]
    named = [
        replace(t, platform=t.platform.model_copy(update={"id": f"{t.platform.id}-{n}"})) for n, t in enumerate(tiles)
    ]
    return board(*named, state=State.major_outage, feeds=feeds())


def empty() -> Board:
    return board(state=State.unknown)
