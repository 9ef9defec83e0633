"""Groups and users of the workspace, through SCIM 2.0 in pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ROOT = "/api/2.0/preview/scim/v2"
MOST = 100
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


@dataclass
class Directory:
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    page_size: int = MOST
    loses: int = 0
    """How many of the counted groups it does not list: a page cut short."""

    def clear(self) -> None:
        self.groups, self.users, self.page_size, self.loses = {}, {}, MOST, 0

    def user(self, name: str, **more: Any) -> str:
        id_ = f"7{len(self.users):03}"
        self.users[id_] = {"id": id_, "userName": f"{name.title()}@example.org", "active": True} | more
        return id_

    def group(self, name: str, *members: str) -> str:
        """`members`: ids of users and groups. Without any, the key is absent."""
        id_ = f"9{len(self.groups):03}"
        self.groups[id_] = {"id": id_, "displayName": name}
        for member in members:
            self.join(id_, member)
        return id_

    def join(self, group: str, member: str) -> None:
        kind = "Users" if member in self.users else "Groups" if member.startswith("9") else "ServicePrincipals"
        told = {"display": member, "value": member, "$ref": f"{kind}/{member}"}
        self.groups[group].setdefault("members", []).append(told)


def routes(directory: Directory) -> list[Route]:
    def listing(request: Request) -> Response:
        groups = request.url.path.endswith("/Groups")
        things = list((directory.groups if groups else directory.users).values())
        listed = things[: len(things) - directory.loses] if groups else things
        query = request.query_params
        begin, size = int(query.get("startIndex", 1)), min(int(query.get("count", MOST)), directory.page_size)
        page = listed[begin - 1 : begin - 1 + size]
        wanted = {"id", *query.get("attributes", "").split(",")}
        cut = [{key: value for key, value in thing.items() if key in wanted} for thing in page]
        told = {"totalResults": len(things), "startIndex": begin, "itemsPerPage": len(cut), "schemas": [LIST]}
        return JSONResponse(told | ({"Resources": cut} if cut else {}))

    return [Route(f"{ROOT}/{things}", listing) for things in ("Groups", "Users")]
