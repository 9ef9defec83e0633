"""schemathesis calls every route as its description says, and not so: nothing breaks, answers are as described."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette

from api.server import guards, mount
from data import cached, doorway
from data.portal import Portal, connect
from data.settings import Settings
from tests.api import secrets
from tests.data.tickets.desk import Desk, furnish
from tests.portals import Clock

pytestmark = pytest.mark.interop
AS_DESCRIBED = [
    schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip


@schemathesis.hook
def before_load_schema(_: schemathesis.HookContext, described: dict[str, Any]) -> None:
    """A thousand results take minutes to make up, and tell no more than a few."""
    for part in described["components"]["schemas"].values():
        if "maxItems" in part:
            part["maxItems"] = 3


SETTINGS = Settings(trust_proxy=True, api_rate=100_000)
KINDS = {"incidents": "incident", "improvements": "improvement", "service-requests": "request"}
app = Starlette(routes=[mount(SETTINGS)], middleware=guards(SETTINGS))
schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers={"X-Forwarded-Email": "bob@example.org"})


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    home = tmp_path_factory.mktemp("described") / "home"
    portal = connect(SETTINGS.model_copy(update={"home": home})).replace(clock=Clock())
    portal.schema.migrate()
    furnish(portal)
    doorway.enter(portal)
    cached.drop()
    yield portal
    doorway.enter(None)
    cached.drop()


@pytest.fixture(scope="module")
def names(house: Portal) -> dict[str, secrets.Names | None]:
    """What each knows by name: bob what he may see, charlie what is hidden, alice what schemathesis makes up."""
    desk = Desk(house)
    mine = {path: desk.open(kind, by=desk.dana).key for path, kind in KINDS.items()}
    seen = secrets.Names("sales", "gateway", "9" * 26, "8" * 26, "6" * 26, "7" * 26, mine)
    return {"alice": None, "bob": seen, "charlie": secrets.hide(house)}


@schema.parametrize()
@settings(max_examples=8, suppress_health_check=list(HealthCheck), database=None)
def test_answers_are_as_described(case: schemathesis.Case, names: dict[str, secrets.Names | None]) -> None:
    every = (
        case.meta is None or case.meta.phase.name != "coverage"
    )  # each bound of each field, which is the same for all
    for name, known in names.items() if every else [("bob", names["bob"])]:
        for place in case.path_parameters if known else ():
            filled = known.fill(case.path.partition("{" + place)[0] + "{" + place + "}")
            case.path_parameters[place] = filled.rpartition("/")[2]
        answer = case.call(headers={"X-Forwarded-Email": f"{name}@example.org"})
        case.validate_response(answer, checks=AS_DESCRIBED)
