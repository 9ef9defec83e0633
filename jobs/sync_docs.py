"""Pulls the documentation from its repository. Whatever goes wrong, the last good version stays."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from data.docs.contents import CONFIG, settings
from data.docs.library import build
from data.docs.model import Problem
from data.docs.tree import FILES_MOST, archive_tree, pack, read_log
from data.errors import PortalError, Unavailable
from data.portal import Portal
from data.status.model import IngestionRun
from jobs.git import Blob, Repository
from jobs.sources.base import in_words

NAME = "sync_docs"
EVERY = timedelta(minutes=5)
SKIPPED = "It is a link or a module of the repository; neither is followed."


def sync_docs(portal: Portal) -> list[str]:
    """Raises what kept it from pulling, after it was written to the runs and beside what is served."""
    if not portal.settings.docs_repository:
        return ["No repository of documentation is named (PORTAL_DOCS_REPOSITORY); the portal's own folder is served."]
    at = portal.clock()
    try:
        words, pages = _pull(portal, at)
    except Exception as error:
        told = str(error) if isinstance(error, PortalError) else in_words(error)
        portal.docs.store.failed(told, portal.clock())
        portal.status.log_run(_run(portal, at, "failed", 0, told))
        raise
    portal.status.log_run(_run(portal, at, "succeeded", pages, None))
    return [words]


def _pull(portal: Portal, at: datetime) -> tuple[str, int]:
    chosen, store = portal.settings, portal.docs.store
    with TemporaryDirectory(prefix="docs-", ignore_cleanup_errors=True) as place:
        repository = Repository(chosen.docs_repository, Path(place), chosen.docs_token)
        commit, branch = repository.head(chosen.docs_branch)
        if commit == store.note().commit:
            store.confirm(at)
            return f"Nothing new: {branch} is at {commit[:8]}.", 0
        repository.fetch(branch)
        packed, pages = _packed(repository, commit, chosen.docs_path)
    store.publish(packed, commit, branch, at)
    return f"{pages} pages of {branch} at {commit[:8]} are served.", pages


def _packed(repository: Repository, commit: str, chosen: str) -> tuple[bytes, int]:
    """What a reader would be served, read once to see that it can be. Raises Unavailable."""
    blobs = repository.blobs(commit)
    config, folder = _config(repository, blobs, chosen.strip("/"))
    inside = {path.removeprefix(f"{folder}/") if folder else path: blob for path, blob in blobs.items()
              if not folder or path.startswith(f"{folder}/")}  # fmt: skip
    if len(inside) > FILES_MOST:
        raise Unavailable(f"The documentation has more than {FILES_MOST:,} files.")
    lost = tuple(Problem("unreadable", path, SKIPPED) for path, blob in inside.items() if not blob.is_file)
    files = repository.contents({path: blob for path, blob in inside.items() if blob.is_file and _shown(path)})
    packed = pack(files, config, read_log(repository.log(commit, folder)), lost)
    pages = len(build(archive_tree(packed)).pages)
    if not pages:
        raise Unavailable(f"The commit {commit[:8]} has no page that can be read in {folder or 'the repository'}.")
    return packed, pages


def _config(repository: Repository, blobs: Mapping[str, Blob], chosen: str) -> tuple[str, str]:
    """Text of mkdocs.yml and the folder of the pages: the one chosen, or in a whole project its `docs_dir`."""
    places = dict.fromkeys((chosen, chosen.rpartition("/")[0], ""))
    named = (f"{place}/{CONFIG}".lstrip("/") for place in places)
    path = next((path for path in named if path in blobs and blobs[path].is_file), "")
    config = repository.contents({path: blobs[path]})[path].decode("utf-8", "replace") if path else ""
    docs_dir = str(settings(config)[0].get("docs_dir") or "docs")
    inside = f"{chosen}/{docs_dir}".strip("/")
    whole = path == f"{chosen}/{CONFIG}".lstrip("/") or not chosen
    return config, inside if whole and any(name.startswith(f"{inside}/") for name in blobs) else chosen


def _shown(path: str) -> bool:
    return not any(part.startswith(".") and part != ".meta.yml" for part in path.split("/"))


def _run(
    portal: Portal, at: datetime, state: Literal["succeeded", "failed"], rows: int, error: str | None
) -> IngestionRun:
    return IngestionRun(
        id=uuid.uuid4().hex, source=NAME, started_at=at, finished_at=portal.clock(), state=state, rows=rows,
        error=error, next_due_at=at + EVERY,
    )  # fmt: skip
