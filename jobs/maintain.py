"""Keeps the store small and sound: retention, compaction, vacuum, and a report of rows that point nowhere."""

from __future__ import annotations

import logging

from data.engines.base import Upkeep
from data.errors import PortalError, Unavailable
from data.portal import Portal

log = logging.getLogger(__name__)

MAX_ORPHANS = 200


def maintain(portal: Portal) -> list[str]:
    """What was done, in words. A table that cannot be kept is named and the others go on; then it raises."""
    keep = portal.retention.by_table()
    portal.notifications.post.forget()
    lines, broken = [], []
    for table in portal.schema.tables:
        try:
            report = portal.engine.maintain(table, Upkeep(keep.get(table)), portal.clock())
        except PortalError as error:
            broken.append(f"{table}: {error}")
            continue
        lines.append(
            f"{table}: {report.rows_deleted} rows dropped, {report.files_before} files became {report.files_after}, "
            f"{report.files_vacuumed} removed from disk"
        )
    if broken:
        raise Unavailable(f"{len(broken)} of {len(portal.schema.tables)} tables could not be kept. {'; '.join(broken)}")
    return [*lines, *orphans(portal)]


def orphans(portal: Portal) -> list[str]:
    found = portal.statements.rows("status/list_orphans", limit=MAX_ORPHANS)
    for row in found:
        log.warning("Integrity: %(number)s rows of %(held_by)s name %(missing)s, which does not exist", row)
    return [
        f"Integrity: {row['number']} rows of {row['held_by']} name {row['missing']}, which does not exist"
        for row in found
    ] or ["Integrity: every reference is sound."]
