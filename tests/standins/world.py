"""A whole small world of stand-ins: a workspace, Microsoft's clouds, status pages, and the checks that watch them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from data.people.model import Actor
from data.portal import Portal, connect, utc_now
from data.settings import Settings
from data.status.estate import plan, read_estate
from tests.standins.microsoft.estate import guid
from tests.standins.microsoft.server import MicrosoftCloud
from tests.standins.workspace import Workspace, rest

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ORDERS = "CREATE TABLE IF NOT EXISTS orders (id BIGINT NOT NULL, ordered_at TIMESTAMP) USING DELTA"
ALL_CLEAR = '<?xml version="1.0"?><rss version="2.0"><channel><title>Azure Status</title></channel></rss>'


class World:
    """A context manager. `every`: how often each check is looked at."""

    def __init__(self, root: Path, every: str = "30s", clock: Callable[[], datetime] = utc_now) -> None:
        self.databricks, self.every, self.clock = rest.Estate(), every, clock
        self.workspace = Workspace(root, [*rest.routes(self.databricks), *self._pages()])
        self.cloud = MicrosoftCloud(clock)
        self._runs = 0
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._open.enter_context(self.workspace)
        self._open.enter_context(self.cloud)
        self._fill()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def environment(self) -> dict[str, str]:
        return {
            **self.workspace.environment(),
            **self.cloud.environment(),
            "PORTAL_AZURE_STATUS_URL": f"{self.workspace.host}/_standin/azure.rss",
            "PORTAL_DATABRICKS_STATUS_URL": f"{self.workspace.host}/_standin/databricks.json",
            "PORTAL_DEMO": "0",
        }

    def portal(self, home: Path) -> Portal:
        """Migrated, and watching this world, through the real connector."""
        named = {name.removeprefix("PORTAL_").lower(): told for name, told in self.cloud.environment().items()}
        portal = connect(self.workspace.settings(home, **named)).replace(clock=self.clock)
        portal.schema.migrate()
        wanted = read_estate(self._checks(), "world.yaml")
        portal.status.apply(plan(portal.status.estate(), wanted, prune=True), Actor.job("standin"))
        return portal

    def settings(self, home: Path) -> Settings:
        return self.workspace.settings(home)

    def run_job(self, job_id: int, result: str = "SUCCESS", code: str = "") -> None:
        """A run that ends now."""
        self._runs += 1
        self.databricks.run(job_id, self._runs, self.clock() - 4 * MINUTE, 4 * MINUTE, result, code=code)

    def refresh(self, name: str, status: str = "Completed", error: str | None = None) -> None:
        """A refresh of a semantic model that ends now."""
        dataset = self.cloud.estate.datasets[guid(name)]
        self.cloud.estate.refresh(dataset, status, self.clock() - 6 * MINUTE, 6, error)

    def _fill(self) -> None:
        self.databricks.jobs |= {41: "load_orders", 42: "load_customers"}
        self.run_job(41)
        self.run_job(42)
        self.databricks.warehouse("bi")
        self.databricks.pipeline("bronze", "COMPLETED")
        self.workspace.engine.execute(ORDERS)
        self.workspace.engine.execute("INSERT INTO orders VALUES (1, :at)", {"at": self.clock()})
        self.cloud.estate.dataset("Sales")
        self.cloud.estate.dataset("Finance", shared=True)
        self.refresh("Sales")
        self.refresh("Finance")
        self.cloud.estate.instance(self.cloud.estate.item("Copy"), "Completed", self.clock() - HOUR)

    def _checks(self) -> str:
        text = Path(__file__).with_name("world.yaml").read_text()
        names = {"SALES": guid("Sales"), "FINANCE": guid("Finance"), "WORKSPACE": guid("workspace")}
        for placeholder, value in {**names, "PIPELINE": guid("Copy"), "EVERY": self.every}.items():
            text = text.replace(placeholder, value)
        return text

    def _pages(self) -> list[Route]:
        def azure(_: Request) -> Response:
            return Response(ALL_CLEAR, media_type="application/rss+xml")

        def databricks(_: Request) -> Response:
            return JSONResponse(_status_io(self.clock()))

        def happen(request: Request) -> Response:
            EVENTS[request.path_params["event"]](self)
            return RedirectResponse("/_standin", 303)

        return [
            Route("/_standin/azure.rss", azure),
            Route("/_standin/databricks.json", databricks),
            Route("/_standin/world/{event}", happen, methods=["POST"]),
        ]


EVENTS: dict[str, Callable[[World], None]] = {
    "orders-fail": lambda world: world.run_job(41, "FAILED", "RUN_EXECUTION_ERROR"),
    "orders-succeed": lambda world: world.run_job(41),
    "finance-fails": lambda world: world.refresh("Finance", "Failed", "ModelRefreshFailed_CredentialsNotSpecified"),
    "finance-refreshed": lambda world: world.refresh("Finance"),
    "power-bi-throttled": lambda world: world.cloud.faults.fail("/powerbi/", 429, times=1, retry_after="600"),
}


def _status_io(at: datetime) -> dict[str, Any]:
    well = {"status": "Operational", "status_code": 100}
    overall = {"updated": at.astimezone(UTC).isoformat(), **well}
    component = {"name": "Azure Databricks", **well, "containers": [{"name": "West Europe", **well}]}
    told = {"status_overall": overall, "status": [component], "incidents": []}
    return {"result": {**told, "maintenance": {"active": [], "upcoming": []}}}
