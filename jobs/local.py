"""A laptop's start: make the tables, the demo estate on first start, then run the jobs inside the app."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial

from data import doorway
from data.portal import Portal, connect
from data.search.index import require_fts5
from data.settings import Settings
from jobs import logs
from jobs.apply import refuse_unknown_targets
from jobs.scheduler import Scheduler
from jobs.seed_demo import seed_demo
from jobs.sources.base import in_words

log = logging.getLogger(__name__)


def start(settings: Settings) -> Callable[[], None]:
    """What to call at the end. In Databricks the bundle migrates and schedules, so nothing happens here.

    Nothing that fails here stops the app: the pages say what is missing, and so does the log.
    """
    logs.configure()
    doorway.know_sources(refuse_unknown_targets)
    if settings.in_databricks:
        return _nothing
    try:
        portal = connect(settings)
        portal.schema.migrate()
    except Exception as error:
        log.error("The portal starts without its store: %s", in_words(error))
        return _nothing
    if settings.demo and not settings.warehouse_id:
        _attempt(partial(seed_demo, portal), "without its example data")
    _attempt(partial(_warm_up, portal), "cold")
    doorway.enter(portal, example=partial(seed_demo, portal))
    _beside(partial(_attempt, partial(_index, portal), "without a search"))
    if not settings.scheduler:
        return _nothing
    scheduler = Scheduler(portal)
    scheduler.start()
    return scheduler.stop


def _attempt(step: Callable[[], object], otherwise: str) -> None:
    try:
        step()
    except Exception as error:
        log.error("The portal starts %s: %s", otherwise, in_words(error))


def _warm_up(portal: Portal) -> None:
    """The first viewer shall find statements parsed and tables open."""
    portal.people.access()
    portal.status.snapshot()


def _index(portal: Portal) -> None:
    """The first search shall find everything read; the start does not wait for it."""
    require_fts5()
    portal.search.refreshed()


def _beside(step: Callable[[], None]) -> None:
    threading.Thread(target=step, name="first-index", daemon=True).start()


def _nothing() -> None:
    return None
