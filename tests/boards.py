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
HONOLULU = Here(AT, ZoneInfo("Pacific/Honolulu"))
"""The same moment for a viewer to whom it is still Sunday, while the portal's days are cut in Berlin."""
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
    return Strip(days, Uptime(percent, 1.0 if percent is None else 0.998), AT.date())


def view(check: Mapping[str, Any], state: State = State.operational, reason: str = "", **seen: Any) -> CheckView:
    fields: dict[str, Any] = {
        "since": AT - 2 * H, "observed_at": AT - timedelta(seconds=40), "last_success_at": AT - timedelta(seconds=40),
        "value": None, "source_event_at": None, "next_at": None, "band": None, "flapping": False,
        "previous_state": State.operational, "previous_since": AT - timedelta(days=3), "evidence": None,
    }  # fmt: skip
    return CheckView(check=Check.model_validate(check), state=state, reason=reason, **(fields | seen))


def aged(platform: str, name: str, age: timedelta, warn: timedelta, error: timedelta, **more: Any) -> CheckView:
    """A check of the age of data; besides the fields of a view: `next_in`, `usual` (minutes) and `severity`."""
    usual, next_in, severity = (
        more.pop("usual", None),
        more.pop("next_in", None),
        more.pop("severity", Severity.critical),
    )
    check = identity(platform, name, "delta_freshness") | {
        "mode": Mode.age, "severity": severity, "thresholds": {"warn_after": warn, "error_after": error},
        "owner": "Team Ingestion", "runbook": "https://example.org/runbooks/orders", "version": 7,
    }  # fmt: skip
    seen = {"source_event_at": AT - age, "value": age.total_seconds(), "next_at": next_in and AT + next_in}
    return view(check, band=usual and band(*usual), **(seen | more))


def probe(platform: str, name: str, state: State = State.operational, **seen: Any) -> CheckView:
    check = identity(platform, name, "http_probe")
    more = {"mode": Mode.success, "severity": Severity.critical, "every": "1m", "version": 2}
    seen = {"value": 0.048, "next_at": AT + timedelta(seconds=20), "reason": "Answered 200 in 48 ms"} | seen
    return view(check | more, state, **seen)


def identity(platform: str, name: str, source: str) -> dict[str, Any]:
    slug = name.lower().replace(" ", "-")
    return {"id": f"{platform}-{slug}", "platform_id": platform, "name": name, "source": source}


def band(low: float, high: float) -> Band:
    """Minutes."""
    basis = "Mondays around 08:00, 6 weeks"
    return Band(low_s=low * 60, median_s=(low + high) * 30, high_s=high * 60, samples=36, basis=basis)


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
    views = [v for t in tiles for v in t.checks if v.state is not State.disabled]
    products = [v for v in views if v.check.mode in FRESHNESS_MODES]
    late = sum(v.state in {State.late, State.degraded, State.partial_outage, State.major_outage} for v in products)
    fields: dict[str, Any] = {
        "as_of": AT, "state": State.operational, "feeds": (), "changes": (), "planned": (),
        "counts": Counter(v.state for v in views), "products": len(products), "products_late": late,
        "checked_at": max((v.observed_at for v in views if v.observed_at), default=None),
    }  # fmt: skip
    return Board(tiles=tiles, **(fields | more))


def gateway() -> Tile:
    reason = "Host offline since 07:31: data is 1 h 32 old, promised within 1 h"
    down = aged("gateway", "Refreshes", 92 * M, 30 * M, H, usual=(4, 10), state=State.major_outage, reason=reason)
    history = strip(
        98.714, d0=("major_outage", 3 * HOUR), d1=("degraded", 5 * HOUR), d14=("late", HOUR),
        d27=("maintenance", HOUR), d49=("degraded", 6 * HOUR), d77=("degraded", HOUR),
    )  # fmt: skip
    platform = {"id": "gateway", "name": "Gateway EU-2", "kind": "Gateway", "criticality": 1, "owner": "Platform team"}
    spent = Budget(99.5, -1.57, -20_340_000, 2.6)
    return tile(platform, down, probe("gateway", "Host 1 answers"), history=history, budget=spent)


def sales() -> Tile:
    late = aged(
        "sales", "Orders in the Sales model", 9 * H + 12 * M, 8 * H, 10 * H, next_in=28 * M, usual=(70, 124),
        state=State.late, reason="Data is 9 h 12 old, promised within 8 h: job load_orders failed at 05:41",
    )  # fmt: skip
    others = [aged("sales", f"Table {n}", n * H, 8 * H, 10 * H, next_in=3 * H) for n in (1, 2, 3)]
    history = strip(
        99.421, d0=("late", HOUR), d4=("late", 2 * HOUR), d27=("maintenance", HOUR), d29=("late", HOUR),
        d56=("major_outage", 3 * HOUR), d62=("maintenance", HOUR), d81=("late", HOUR),
    )  # fmt: skip
    platform = {
        "id": "sales", "name": "Power BI Sales", "kind": "Semantic models", "criticality": 1, "owner": "Team Ingestion",
        "contact": "data-sales@example.org", "depends_on": ("databricks", "gateway"),
    }  # fmt: skip
    return tile(platform, late, *others, history=history, mine=True)


def sap() -> Tile:
    reason = "No answer since 06:40: source throttled"
    extracts = aged("sap", "Extracts", 94 * M, H, 2 * H, state=State.unknown, reason=reason)
    gone = strip(99.55, d36=("unknown", 20 * HOUR), d37=("unknown", 22 * HOUR), d69=("late", HOUR))
    return tile({"id": "sap", "name": "SAP extracts", "kind": "Source"}, extracts, history=gone)


def fabric() -> Tile:
    window = Window(platform_id="fabric", title="Fabric capacity F64 upgrade", starts_at=AT - H, ends_at=AT + 48 * M)
    metrics = aged("fabric", "Capacity metrics", 44 * M, H, 2 * H, next_in=48 * M, usual=(0, 20))
    history = strip(99.90, d0=("maintenance", HOUR), d27=("maintenance", HOUR), d62=("maintenance", HOUR))
    platform = {"id": "fabric", "name": "Fabric capacity F64", "kind": "Capacity"}
    return tile(platform, metrics, state=State.maintenance, window=window, history=history)


def databricks() -> Tile:
    later = Window(
        platform_id="databricks", title="Databricks runtime 17 LTS", starts_at=AT + 118 * H, ends_at=AT + 120 * H
    )
    runs = aged("databricks", "Job runs", 3 * M, 20 * M, 45 * M, next_in=3 * M, usual=(2, 6))
    platform = {"id": "databricks", "name": "Databricks prod", "kind": "Jobs and warehouses", "criticality": 1}
    return tile(platform, runs, *[probe("databricks", f"Warehouse {n}") for n in (1, 2, 3)], window=later)


def calm(platform_id: str, name: str, kind: str, *limits: timedelta, **more: Any) -> Tile:
    """Fine; `limits`: age of the data, late after, down after, next in."""
    age, warn, error, coming = limits
    check = aged(platform_id, "Newest data", age, warn, error, next_in=coming)
    return tile({"id": platform_id, "name": name, "kind": kind}, check, **more)


def nine() -> Board:
    tiles = (
        sales(),
        calm("finance", "Power BI Finance", "Semantic models", 67 * M, 4 * H, 5 * H, 168 * M, mine=True),
        gateway(),
        sap(),
        fabric(),
        databricks(),
        calm("crm", "Power BI CRM", "Semantic models", 24 * M, 2 * H, 4 * H, 36 * M),
        tile({"id": "shop", "name": "Shop API", "kind": "Service"}, probe("shop", "Shop API answers"), demo=True),
        calm("reference", "Reference data", "Tables", 6 * H, 30 * H, 34 * H, 18 * H, history=strip(100.0, watched=52)),
    )
    planned = tuple(t.window for t in tiles if t.window)
    return board(*tiles, state=State.major_outage, feeds=feeds(), changes=changes(*tiles), planned=planned)


def green() -> Board:
    checks = {t.platform.id: tuple(map(_fresh, t.checks)) for t in nine().tiles}
    fine = [replace(t, state=State.operational, window=None, checks=checks[t.platform.id]) for t in nine().tiles]
    return board(*[replace(t, lead=t.checks[0], reason="Data is fresh") for t in fine], feeds=feeds()[:1])


def _fresh(seen: CheckView) -> CheckView:
    arrived, coming = AT - 7 * M, AT + 8 * M
    return replace(seen, state=State.operational, reason="Data is fresh", source_event_at=arrived, next_at=coming)


def feeds() -> tuple[Feed, ...]:
    second = timedelta(seconds=1)
    return (
        Feed("delta_freshness", "succeeded", 12, AT - M, AT - 58 * second, 12, None, AT + 4 * M),
        Feed(
            "http_probe", "partial", 6, AT - 40 * second, AT - 38 * second, 6, "1 of 6 could not look", AT + 20 * second
        ),
        Feed("dbt_artifacts", "failed", 3, AT - 2 * H, AT - 2 * H, 0, "sources.json was not found", AT - H),
        Feed("push", "never", 1, None, None, 0, None, None),
    )


def changes(*tiles: Tile) -> tuple[Change, ...]:
    said = {"gateway": "host offline", "sales": "load_orders failed", "sap": "source throttled"}
    leads = [(t, t.lead.check) for t in tiles if t.platform.id in said and t.lead]
    return tuple(
        Change(AT - n * 31 * M, t.platform, check, State.operational, t.state, said[t.platform.id], 9 * HOUR)
        for n, (t, check) in enumerate(leads, 1)
    )


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
