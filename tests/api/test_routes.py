"""Every route, by charlie: what is not for the caller is answered as what does not exist. A new route needs a row."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.identity import OPEN_PATHS
from api.server import api
from data.portal import Portal
from tests.api import secrets
from tests.api.doors import Person
from tests.api.test_tickets import SENT

LISTED, GONE, DENIED, WRONG = 200, 404, 403, 422
OPEN = {"GET /healthz": 200, "GET /readyz": 200}
"""Without a sign-in, and without a word about anything."""
TERM = {"name": "Net pay", "definition": "What people get.", "platform_id": "{platform}"}
PLAN = {"title": "Fresher pay", "theme": "Freshness", "owner": "alice@example.org", "platform_id": "{platform}"}
TEXT = {"move": "publish", "title": "Late", "platform_ids": ["{platform}"]}
EVERYBODYS = (
    "/v2/summary.json", "/v2/status.json", "/v2/components.json", "/v2/incidents.json", "/v2/incidents/unresolved.json",
    "/v2/scheduled-maintenances.json", "/v2/scheduled-maintenances/upcoming.json",
    "/v2/scheduled-maintenances/active.json", "/feeds/history.atom", "/feeds/history.rss", "/feeds/maintenance.ics",
    "/export/sources.json", "/metrics",
)  # fmt: skip
"""Each answers with what the caller may see."""
ROWS: dict[str, int | tuple[int, Any]] = {
    **OPEN, "GET /v1/me": LISTED, "GET /v1/status": LISTED, "GET /v1/sources": LISTED,
    "GET /v1/platforms": LISTED, "GET /v1/platforms/{platform_id}": GONE,
    "GET /v1/platforms/{platform_id}/transitions": GONE, "GET /v1/checks": LISTED, "GET /v1/checks/{check_id}": GONE,
    "GET /v1/checks/{check_id}/history": GONE, "GET /v1/checks/{check_id}/transitions": GONE,
    "GET /v1/messages": LISTED, "POST /v1/messages": (DENIED, TEXT), "GET /v1/messages/{message_id}": GONE,
    "PUT /v1/messages/{message_id}": (DENIED, TEXT), "PUT /v1/messages/{message_id}/dismissed": GONE,
    "POST /v1/messages/{message_id}/moves": (GONE, {"move": "end"}),
    "GET /v1/roadmap": LISTED, "POST /v1/roadmap": (DENIED, PLAN), "GET /v1/roadmap/{item_id}": GONE,
    "PUT /v1/roadmap/{item_id}": (GONE, PLAN), "POST /v1/roadmap/{item_id}/moves": (GONE, {"move": "ship"}),
    "PUT /v1/roadmap/{item_id}/requests/{key}": GONE, "DELETE /v1/roadmap/{item_id}/requests/{key}": GONE,
    "GET /v1/glossary": LISTED, "POST /v1/glossary": (DENIED, TERM), "GET /v1/glossary/{term_id}": GONE,
    "PUT /v1/glossary/{term_id}": (GONE, TERM), "POST /v1/glossary/{term_id}/moves": (GONE, {"move": "approve"}),
    "GET /v1/search": WRONG, "GET /v1/service-requests/templates": LISTED,
    "POST /v1/checks/{check_id}/results": (GONE, {"outcome": "fail"}),
    "GET /badges/{platform_id}.json": GONE, "GET /badges/{platform_id}.svg": GONE,
    **{f"GET {path}": LISTED for path in EVERYBODYS},
}  # fmt: skip
for path, move in (("incidents", "withdraw"), ("improvements", "withdraw"), ("service-requests", "cancel")):
    one = f"/v1/{path}/{{key}}"
    ROWS |= {
        f"GET /v1/{path}": LISTED, f"POST /v1/{path}": (WRONG, {**SENT[path], "platform_id": "{platform}"}),
        f"GET {one}": GONE, f"POST {one}/moves": (GONE, {"move": move}), f"GET {one}/comments": GONE,
        f"POST {one}/comments": (GONE, {"text": "Hello?"}), f"DELETE {one}/comments/{{comment_id}}": GONE,
        f"PUT {one}/comments/{{comment_id}}": (GONE, {"text": "Hello?"}), f"PUT {one}/watch": GONE,
        f"DELETE {one}/watch": GONE,
    }  # fmt: skip
    if path != "service-requests":
        ROWS |= {f"PUT {one}/vote": GONE, f"DELETE {one}/vote": GONE}


def operations() -> Mapping[str, Mapping[str, Any]]:
    paths = api.openapi()["paths"]
    return {f"{method.upper()} {path}": what for path, methods in paths.items() for method, what in methods.items()}


def test_every_route_has_a_row() -> None:
    assert operations().keys() == ROWS.keys()


@pytest.mark.parametrize("name", operations())
def test_every_route_says_what_it_is(name: str) -> None:
    told = operations()[name]
    assert told["summary"]
    assert told["tags"]
    if name not in OPEN:
        assert {"401", "403", "404", "422", "429", "503"} <= told["responses"].keys()


def called(person: Person, row: str, names: secrets.Names) -> tuple[int, str]:
    method, path = row.split()
    status = ROWS[row]
    body = status[1] if isinstance(status, tuple) else None
    if isinstance(body, dict):
        places = [id_.format(platform=names.platform_id) for id_ in body.get("platform_ids", ())]
        named = {"platform_id": names.platform_id} if "platform_id" in body else {}
        body = {**body, **named, **({"platform_ids": places} if places else {})}
    answer = person(method, names.fill(path), body, If_Match="1")
    return answer.status_code, answer.text


def without_names(text: str, names: secrets.Names) -> str:
    for name in (names.platform_id, names.check_id, *names.keys.values()):
        text = text.replace(name, "...")
    return text.partition('"request_id"')[0]


def test_charlie_learns_nothing_of_what_is_hidden(portal: Portal, door: TestClient, charlie: Person) -> None:
    hidden, erin = secrets.hide(portal), Person(door, "erin")
    for row, wanted in ROWS.items():
        status, text = called(charlie, row, hidden)
        assert (row, status) == (row, wanted[0] if isinstance(wanted, tuple) else wanted), text
        if status == LISTED:
            assert not [word for word in secrets.WORDS if word in text], row
        else:
            missing = called(charlie, row, secrets.NOTHING)
            found = without_names(text, hidden)
            assert (row, status, found) == (row, missing[0], without_names(missing[1], secrets.NOTHING))
        if row.startswith("GET ") and wanted == GONE:
            assert (row, called(erin, row, hidden)[0]) == (row, 200)


def test_without_a_sign_in_every_route_is_shut(door: TestClient) -> None:
    for row in ROWS:
        method, path = row.split()
        status = door.request(method, f"/api{secrets.NOTHING.fill(path)}").status_code
        assert (row, status) == (row, 200 if f"/api{path}" in OPEN_PATHS else 401)


WIRE = Path(__file__).with_name("wire_v1.txt")


def wire() -> set[str]:
    """A line for each field of whatever is sent or answered."""
    schemas = api.openapi()["components"]["schemas"]
    return {
        f"{name}.{field} {kind_of(what)}{' required' if field in schema.get('required', ()) else ''}"
        for name, schema in schemas.items() for field, what in schema.get("properties", {}).items()
    }  # fmt: skip


def kind_of(what: Mapping[str, Any]) -> str:
    if "anyOf" in what:
        return "|".join(sorted(kind_of(one) for one in what["anyOf"]))
    return str(what.get("$ref", "").rpartition("/")[2] or what.get("type", "any"))


def test_what_is_on_the_wire_is_only_added_to() -> None:
    """A line that is gone breaks somebody's program. New ones belong into the file, so that they are kept as well."""
    known = set(WIRE.read_text().splitlines())
    assert known - wire() == set()
    assert wire() - known == set()
