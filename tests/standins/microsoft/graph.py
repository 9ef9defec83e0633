"""Microsoft Graph as the portal reads it: groups by name, who is in them at any depth, and what changed since."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.microsoft.estate import guid

ROOT = "/graph/v1.0"
SCOPE = "https://graph.microsoft.com/.default"
MOST_IDS = 50
GROUP, USER, APP = "#microsoft.graph.group", "#microsoft.graph.user", "#microsoft.graph.servicePrincipal"
CLAUSE = re.compile(r"(id|displayName) eq '((?:[^']|'')*)'")


@dataclass(frozen=True)
class Change:
    group: str
    member: str | None = None
    """None: something of the group itself."""
    left: bool = False


@dataclass
class Directory:
    """Entra. Tests change it by its methods, so that delta tells of it."""

    groups: dict[str, str] = field(default_factory=dict)
    """Names by id."""
    members: dict[str, list[str]] = field(default_factory=dict)
    """Direct ones, by id of the group."""
    users: dict[str, dict[str, str | None]] = field(default_factory=dict)
    page_size: int = 2
    hides_people: bool = False
    """User.Read.All was not granted: Graph answers with ids and types, and null for the rest."""
    replays: bool = False
    """Tell the last change once more, as Graph may."""
    lags: dict[str, list[str]] = field(default_factory=dict)
    """Lists of direct members that are still served although delta tells otherwise, once each."""
    log: list[Change] = field(default_factory=list)
    tokens: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    pages: dict[str, list[list[dict[str, Any]]]] = field(default_factory=dict)
    _number: count[int] = field(default_factory=lambda: count(1))

    def user(self, name: str, mail: str | None = "", principal: str = "") -> str:
        usual = f"{name.title()}@example.org"
        self.users[guid(name)] = {"userPrincipalName": principal or usual, "mail": usual if mail == "" else mail}
        return guid(name)

    def group(self, name: str, *members: str, id_: str | None = None) -> str:
        """`members`: ids of users and groups."""
        made = id_ or guid(f"group {name}")
        self.groups[made] = name
        self.members[made] = []
        self.log.append(Change(made))
        for member in members:
            self.join(made, member)
        return made

    def join(self, group: str, member: str) -> None:
        self.members[group].append(member)
        self.log.append(Change(group, member))

    def leave(self, group: str, member: str) -> None:
        self.members[group].remove(member)
        self.log.append(Change(group, member, left=True))

    def rename(self, group: str, name: str) -> None:
        self.groups[group] = name
        self.log.append(Change(group))

    def delete(self, group: str) -> None:
        del self.groups[group], self.members[group]
        self.log.append(Change(group, left=True))

    def forget_tokens(self) -> None:
        """As after seven days."""
        self.tokens.clear()

    def kind(self, id_: str) -> str:
        return GROUP if id_ in self.groups else USER if id_ in self.users else APP

    def within(self, group: str) -> list[str]:
        found: list[str] = []
        waiting = [group]
        while waiting:
            one = waiting.pop()
            for member in self.lags.pop(one, None) or self.members.get(one, []):
                if member not in (group, *found):
                    found.append(member)
                    waiting.append(member)
        return found

    def keep(self, pages: list[list[dict[str, Any]]]) -> str:
        key = f"kept{next(self._number)}"
        self.pages[key] = pages
        return key

    def begin(self, ids: tuple[str, ...]) -> str:
        token = f"delta{next(self._number)}"
        self.tokens[token] = len(self.log), ids
        return token


def routes(cloud: Any) -> list[Route]:
    return [
        Route(f"{ROOT}/groups", lambda request: _groups(cloud, request)),
        Route(f"{ROOT}/groups/delta", lambda request: _delta(cloud, request)),
        Route(f"{ROOT}/groups/{{group}}/transitiveMembers", lambda request: _inside(cloud, request)),
    ]


def _groups(cloud: Any, request: Request) -> Response:
    wanted = _wanted(request, "displayName")
    found = [(id_, name) for id_, name in cloud.directory.groups.items() if name.lower() in wanted]
    return _paged(cloud, request, [{"id": id_, "displayName": name} for id_, name in found])


def _inside(cloud: Any, request: Request) -> Response:
    directory: Directory = cloud.directory
    group = request.path_params["group"]
    if group not in directory.groups:
        return refusal(404, "Request_ResourceNotFound")
    if "$skiptoken" in request.query_params:
        return _paged(cloud, request, [])
    return _paged(cloud, request, [_described(directory, id_) for id_ in directory.within(group)])


def _delta(cloud: Any, request: Request) -> Response:
    directory: Directory = cloud.directory
    if "$skiptoken" in request.query_params:
        return _paged(cloud, request, [])
    token = request.query_params.get("$deltatoken")
    if token is None:
        ids = tuple(_wanted(request, "id"))
        if len(ids) > MOST_IDS or "$expand" in request.query_params:
            return refusal(400, "BadRequest")
        return _delta_pages(cloud, _now(directory, ids), request, ids)
    if token not in directory.tokens:
        again = f"{cloud.url}{ROOT}/groups/delta?$deltatoken="
        return JSONResponse({"error": {"code": "syncStateNotFound"}}, 410, {"Location": again})
    since, ids = directory.tokens[token]
    return _delta_pages(cloud, _since(directory, since, ids), request, ids)


def refusal(status: int, code: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": "Not for people.", "innerError": {}}}, status)


def _wanted(request: Request, key: str) -> list[str]:
    """A filter that is not understood to its end is an error, as at Graph."""
    text = request.query_params.get("$filter", "")
    clauses = CLAUSE.findall(text)
    if " or ".join(f"{name} eq '{value}'" for name, value in clauses) != text:
        raise AssertionError(f"Graph would refuse the filter {text}")
    return [value.replace("''", "'").lower() for name, value in clauses if name == key]


def _described(directory: Directory, id_: str) -> dict[str, Any]:
    asked = {"mail": None, "userPrincipalName": None} if directory.hides_people else directory.users.get(id_, {})
    return {"@odata.type": directory.kind(id_), "id": id_, **asked}


def _member(directory: Directory, id_: str, left: bool = False) -> dict[str, Any]:
    removed = {"@removed": {"reason": "deleted"}} if left else {}
    return {"@odata.type": directory.kind(id_), "id": id_, **removed}


def _now(directory: Directory, ids: tuple[str, ...]) -> list[dict[str, Any]]:
    """One entry a member, so that the same group comes on many pages."""
    entries = []
    for id_ in (id_ for id_ in ids if id_ in directory.groups):
        named = {"id": id_, "displayName": directory.groups[id_]}
        members = [{**named, "members@delta": [_member(directory, m)]} for m in directory.members[id_]]
        entries += members or [named]
    return entries


def _since(directory: Directory, since: int, ids: tuple[str, ...]) -> list[dict[str, Any]]:
    told = directory.log[max(0, since - 1) if directory.replays else since :]
    return [_told(directory, change) for change in told if change.group in ids]


def _told(directory: Directory, change: Change) -> dict[str, Any]:
    if change.member:
        return {"id": change.group, "members@delta": [_member(directory, change.member, change.left)]}
    if change.left:
        return {"id": change.group, "@removed": {"reason": "changed"}}
    return {"id": change.group, "displayName": directory.groups.get(change.group)}


def _delta_pages(cloud: Any, entries: list[dict[str, Any]], request: Request, ids: tuple[str, ...]) -> Response:
    """An empty page with a link to the next comes first, as it may."""
    size = cloud.directory.page_size
    pages = [[], *(entries[i : i + size] for i in range(0, len(entries), size))]
    return _page(cloud, request, cloud.directory.keep(pages), 0, cloud.directory.begin(ids))


def _paged(cloud: Any, request: Request, entries: list[dict[str, Any]]) -> Response:
    if token := request.query_params.get("$skiptoken"):
        key, number, delta = token.split(".")
        return _page(cloud, request, key, int(number), delta)
    size = cloud.directory.page_size
    pages = [entries[i : i + size] for i in range(0, len(entries), size)] or [[]]
    return _page(cloud, request, cloud.directory.keep(pages), 0, "")


def _page(cloud: Any, request: Request, key: str, number: int, delta: str) -> Response:
    pages = cloud.directory.pages[key]
    page: dict[str, Any] = {"@odata.context": f"{cloud.url}{ROOT}/$metadata#groups", "value": pages[number]}
    here = f"{cloud.url}{request.url.path}"
    if number + 1 < len(pages):
        page["@odata.nextLink"] = f"{here}?$skiptoken={key}.{number + 1}.{delta}"
    elif delta:
        page["@odata.deltaLink"] = f"{here}?$deltatoken={delta}"
    return JSONResponse(page)
