"""A laptop's start: make the tables, the demo estate on first start, then run the jobs inside the app."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from data import doorway
from data.errors import PortalError
from data.portal import connect
from data.settings import Settings
from jobs import logs
from jobs.scheduler import Scheduler
from jobs.seed_demo import seed_demo

log = logging.getLogger(__name__)


def start(settings: Settings) -> Callable[[], None]:
    """What to call at the end. In Databricks the bundle migrates and schedules, so nothing happens here.

    A store that cannot be used stops nothing: the pages say so, and so does the log.
    """
    logs.configure()
    if settings.in_databricks:
        return _nothing
    try:
        portal = connect(settings)
        portal.schema.migrate()
        if settings.demo:
            seed_demo(portal)
    except PortalError as error:
        log.error("The portal starts without its store: %s", error)
        return _nothing
    doorway.enter(portal, example=partial(seed_demo, portal))
    if not settings.scheduler:
        return _nothing
    scheduler = Scheduler(portal)
    scheduler.start()
    return scheduler.stop


def _nothing() -> None:
    return None
