"""Groups of Entra, through Microsoft Graph. Permissions: GroupMember.Read.All and User.Read.All, nothing more.

Delta tells *which* groups changed, for one request per 50 groups. *Who* is in those is read whole from
`transitiveMembers`, because only there are groups within groups expanded (circles too) and the addresses in the same
answer. So nothing is merged here that could drift away from the directory: the same group on many pages, replays and
removals all mean "read it again". What is remembered is small, ids and links, never members.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from data.errors import NotFound, Unavailable
from data.portal import Portal
from jobs.groups.answer import NOT_ONE, NOT_THERE, Answer
from jobs.microsoft import Gone, Microsoft, microsoft

RESYNC = timedelta(hours=24)
"""All is read anew this often: an address may change without its groups, and links live for 7 days only."""
WATCHED_AT_ONCE = 50
"""Ids that one delta may name."""
NAMES_AT_ONCE = 10
PAGE = 999
GROUP, USER = "#microsoft.graph.group", "#microsoft.graph.user"
ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Memory(BaseModel):
    model_config = ConfigDict(extra="ignore")

    read_at: AwareDatetime
    """When all was read anew."""
    ids: dict[str, str] = {}
    """By name as the portal spells it."""
    inner: dict[str, list[str]] = {}
    """By name: the ids of the groups within, at any depth."""
    links: dict[str, str] = {}
    """Where the next delta begins, by the ids that it watches."""
    again: list[str] = []
    """Names to read once more: the list of members may lag behind the delta."""

    def tree(self, name: str) -> set[str]:
        return {self.ids[name], *self.inner.get(name, ())}


def read(portal: Portal, names: Sequence[str], memory: Mapping[str, Any], cloud: Microsoft | None = None) -> Answer:
    """Raises Throttled and Unavailable; then nothing was learned and the memory given stays the one to use."""
    graph, at = cloud or microsoft(portal), portal.clock()
    known = _remembered(memory, at)
    try:
        changes = _changes(graph, known)
    except Gone:
        known, changes = Memory(read_at=at), {}
    kept = {name: id_ for name, id_ in known.ids.items() if name in names and not _is_other(name, changes.get(id_))}
    found, problems = _ids(graph, [name for name in names if name not in kept])
    now = Memory(read_at=known.read_at, ids=kept | found, inner=known.inner, links=known.links)
    changed = {name for name in now.ids if name in found or not changes.keys().isdisjoint(now.tree(name))}
    members: dict[str, frozenset[str]] = {}
    for name in sorted(changed.union(known.again).intersection(now.ids)):
        try:
            members[name], now.inner[name] = _members(graph, now.ids[name])
        except NotFound:
            problems[name] = NOT_THERE
            del now.ids[name]
    begun = _watch(graph, now)
    now.again = sorted(name for name in now.ids if name in changed or not begun.isdisjoint(now.tree(name)))
    now.inner = {name: ids for name, ids in now.inner.items() if name in now.ids}
    unchanged = frozenset(now.ids) - members.keys()
    return Answer(members, unchanged, problems, now.model_dump(mode="json"))


def _remembered(memory: Mapping[str, Any], at: datetime) -> Memory:
    try:
        known = Memory.model_validate(memory)
    except ValidationError:
        return Memory(read_at=at)
    return known if known.read_at <= at < known.read_at + RESYNC else Memory(read_at=at)


def _changes(graph: Microsoft, known: Memory) -> dict[str, dict[str, Any]]:
    """What the deltas say of each group that changed, the pages laid over each other; moves the links on."""
    changes: dict[str, dict[str, Any]] = {}
    for watched, link in known.links.items():
        last: dict[str, Any] = {}
        for page in _pages(graph, link):
            last = page
            for group in page["value"]:
                changes.setdefault(str(group.get("id")), {}).update(group)
        known.links[watched] = _delta_link(last)
    return changes


def _is_other(name: str, change: Mapping[str, Any] | None) -> bool:
    """Whether the group was deleted, or is no longer the one of this name."""
    if change is None:
        return False
    renamed = str(change.get("displayName", name)).casefold() != name.casefold() and not ID.fullmatch(name)
    return "@removed" in change or renamed


def _ids(graph: Microsoft, names: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Ids by name, and what is wrong with the other names. A name may be shared, an id never."""
    ids = {name: name.lower() for name in names if ID.fullmatch(name)}
    problems: dict[str, str] = {}
    for some in _portions([name for name in names if name not in ids], NAMES_AT_ONCE):
        wanted = " or ".join("displayName eq '{}'".format(name.replace("'", "''")) for name in some)
        pages = _pages(graph, "/groups", **{"$filter": wanted, "$select": "id,displayName", "$top": PAGE})
        groups = [group for page in pages for group in page["value"]]
        for name in some:
            those = {str(g.get("id")) for g in groups if str(g.get("displayName")).casefold() == name.casefold()}
            if len(those) == 1:
                ids[name] = those.pop()
            else:
                problems[name] = NOT_ONE if those else NOT_THERE
    return ids, problems


def _members(graph: Microsoft, id_: str) -> tuple[frozenset[str], list[str]]:
    """Addresses of everybody within, and the ids of the groups within."""
    query = {"$select": "id,mail,userPrincipalName", "$top": PAGE}
    every = [m for page in _pages(graph, f"/groups/{id_}/transitiveMembers", **query) for m in page["value"]]
    people = (address for member in every if member.get("@odata.type") == USER for address in _addresses(member))
    return frozenset(people), sorted(str(m.get("id")) for m in every if m.get("@odata.type") == GROUP)


def _addresses(user: Mapping[str, Any]) -> Iterator[str]:
    """People sign in with either: the principal name, or (guests always) the mail address."""
    name, mail = user.get("userPrincipalName"), user.get("mail")
    if not name:
        raise Unavailable(
            "Microsoft Graph hides who the members are: grant the portal's app registration the application "
            "permission User.Read.All, with admin consent"
        )
    yield str(name).strip().lower()
    if mail:
        yield str(mail).strip().lower()


def _watch(graph: Microsoft, now: Memory) -> set[str]:
    """Begin the deltas that are not there yet; the ids that they watch."""
    ids = sorted({id_ for name in now.ids for id_ in now.tree(name)})
    wanted = {",".join(some): some for some in _portions(ids, WATCHED_AT_ONCE)}
    begun: set[str] = set()
    links = {}
    for watched, some in wanted.items():
        if watched not in now.links:
            begun.update(some)
            clauses = " or ".join(f"id eq '{id_}'" for id_ in some)
            *_, last = _pages(graph, "/groups/delta", **{"$select": "displayName,members", "$filter": clauses})
            now.links[watched] = _delta_link(last)
        links[watched] = now.links[watched]
    now.links = links
    return begun


def _delta_link(page: Mapping[str, Any]) -> str:
    link = page.get("@odata.deltaLink")
    if not isinstance(link, str):
        raise Unavailable("Microsoft Graph did not say where its list of changes goes on; the next run asks again")
    return link


def _pages(graph: Microsoft, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    while True:
        page = graph.get("graph", path, **query)
        value = page.get("value") if isinstance(page, dict) else None
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise Unavailable("Microsoft Graph answered in a form that the portal does not know")
        yield page
        path, query = page.get("@odata.nextLink"), {}
        if not path:
            return
        if path in seen:
            raise Unavailable("Microsoft Graph sends the portal in a circle")
        seen.add(path)


def _portions(listed: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (listed[start : start + size] for start in range(0, len(listed), size))
