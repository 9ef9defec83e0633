"""Who may know of an entry: each of its locks needs one key. The rule is that of `data.tickets.visibility`, as data.

`find_hits.sql` says the same in SQL; tests compare the three.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from data.people.model import Actor, Role
from data.tickets.visibility import Shown, Viewer, viewer_of

Locks = tuple[tuple[str, ...], ...]
Keys = frozenset[str]


def locks_of(shown: Shown) -> Locks:
    """Of a ticket, an item of the roadmap, a term."""
    platforms = [shown.platform_id] if shown.platform_id else []
    staff = ("staff:*", *(f"staff:{id_}" for id_ in platforms))
    readers = tuple(f"reader:{name}" for name in shown.readers) if shown.restricted and not shown.hidden else ()
    closed = shown.hidden or shown.restricted
    return (*members_lock(platforms if shown.members_only else None), *(((*readers, *staff),) if closed else ()))


def members_lock(platforms: Iterable[str] | None) -> Locks:
    """For the members of any of these; None: for everybody."""
    return () if platforms is None else (("member:*", *(f"member:{id_}" for id_ in platforms)),)


def role_lock(role: Role | None, platforms: Iterable[str]) -> Locks:
    """For who has this role everywhere or on any of these."""
    return () if role is None else ((f"role:{role:d}", *(f"role:{role:d}@{id_}" for id_ in platforms)),)


def keys_of(actor: Actor) -> Keys:
    roles = {f"role:{n}" for n in range(1, actor.everywhere + 1)}
    roles |= {f"role:{n}@{id_}" for id_, role in actor.per_platform.items() for n in range(1, role + 1)}
    return keys_of_viewer(viewer_of(actor)) | roles


def keys_of_viewer(viewer: Viewer) -> Keys:
    return frozenset(
        {
            *(["member:*"] if viewer.everything else []), *(f"member:{id_}" for id_ in viewer.members_of),
            *(["staff:*"] if viewer.staff_everywhere else []), *(f"staff:{id_}" for id_ in viewer.staff_on),
            *(f"reader:{name}" for name in viewer.principals),
        }
    )  # fmt: skip


def opens(keys: Collection[str], locks: Locks) -> bool:
    return all(not set(lock).isdisjoint(keys) for lock in locks)
