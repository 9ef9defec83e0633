"""Groups of the Databricks workspace, through its SCIM API: all groups and users, read whole and expanded here.

SCIM gives no e-mail with a member and does not expand groups within groups, so one listing of each is the fewest
requests. Groups of the account whose members the workspace does not show have none here: they grant nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from data.errors import Unavailable
from data.portal import Portal
from jobs.groups.answer import NOT_ONE, NOT_THERE, Answer
from jobs.workspace import Json, Workspace

ROOT = "/api/2.0/preview/scim/v2"
NEEDS = "the admin role of the workspace"
PAGE = 100
HIDDEN = "holds a group that Databricks does not show to the portal, whose members are left out"


def read(portal: Portal, names: Sequence[str], memory: Mapping[str, Any]) -> Answer:
    """Raises Unavailable when a listing is not complete: nobody must lose a right because a page was lost."""
    space = Workspace(portal, "sync_groups")
    groups = {str(group.get("id")): group for group in _all(space, "Groups", "id,displayName,members")}
    by_name: dict[str, list[str]] = defaultdict(list)
    for id_, group in groups.items():
        by_name[str(group.get("displayName")).casefold()].append(id_)
    ids = {name: by_name.get(name.casefold(), []) for name in names}
    found = {name: list(_within(those[0], groups)) for name, those in ids.items() if len(those) == 1}
    emails = _emails(space) if any(found.values()) else {}
    return Answer(
        members={
            name: frozenset(emails[m["value"]] for m in members if m.get("value") in emails)
            for name, members in found.items()
        },
        problems={name: NOT_ONE if those else NOT_THERE for name, those in ids.items() if len(those) != 1}
        | {name: HIDDEN for name, members in found.items() if any(_is_group(m) for m in members)},
    )


def _within(id_: str, groups: Mapping[str, Json]) -> Iterator[Json]:
    """Members who are no group that can be opened; each group is opened once, so that circles end."""
    waiting, opened = [id_], {id_}
    while waiting:
        members = groups[waiting.pop()].get("members") or ()
        for member in (m for m in members if isinstance(m, dict)):
            inner = str(member.get("value"))
            if not _is_group(member) or inner not in groups:
                yield member
            elif inner not in opened:
                opened.add(inner)
                waiting.append(inner)


def _is_group(member: Json) -> bool:
    return "Groups/" in str(member.get("$ref")) or member.get("type") == "Group"


def _emails(space: Workspace) -> dict[str, str]:
    """By id. The user name of a person in Databricks is their e-mail address; those who were deactivated are nobody."""
    users = _all(space, "Users", "id,userName,active")
    return {str(u.get("id")): str(u.get("userName")).strip().lower() for u in users if u.get("active") is not False}


def _all(space: Workspace, things: str, attributes: str) -> list[Json]:
    found: dict[str, Json] = {}
    start = 1
    while True:
        query = {"attributes": attributes, "startIndex": start, "count": PAGE}
        answer = space.get(f"{ROOT}/{things}", f"the workspace's {things.lower()}", NEEDS, **query)
        total, page = answer.get("totalResults"), answer.get("Resources") or []
        if not isinstance(total, int) or not isinstance(page, list) or not all(isinstance(one, dict) for one in page):
            raise Unavailable(f"Databricks listed the workspace's {things.lower()} in a form the portal does not know")
        found |= {str(one.get("id")): one for one in page}
        start += len(page)
        if not page or start > total:
            break
    if len(found) < total:
        raise Unavailable(f"Databricks listed {len(found)} of {total} {things.lower()}; the next run asks again")
    return list(found.values())
