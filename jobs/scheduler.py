"""Runs the jobs inside the app, where nothing else does. Of several processes on one store only one runs them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from filelock import FileLock, Timeout

from data.portal import Portal
from jobs.ingest import run_forever
from jobs.maintain import maintain
from jobs.notify import EVERY as NOTIFY_EVERY
from jobs.notify import notify
from jobs.rollup import rollup
from jobs.sources.base import in_words
from jobs.sync_docs import EVERY as SYNC_DOCS_EVERY
from jobs.sync_docs import sync_docs
from jobs.sync_groups import EVERY as SYNC_GROUPS_EVERY
from jobs.sync_groups import sync_groups
from jobs.tend_tickets import EVERY as TEND_TICKETS_EVERY
from jobs.tend_tickets import tend_tickets

log = logging.getLogger(__name__)

ROLLUP_EVERY = timedelta(hours=1)
MAINTAIN_EVERY = timedelta(days=1)
MAINTAIN_AFTER = timedelta(hours=1)
"""Not at start, but soon enough for an app that is restarted every day."""
LEAD_AGAIN = timedelta(seconds=15)
"""How soon a waiting process takes over after the leading one has ended."""


class Scheduler:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._wait_to_lead, name="scheduler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        self._stop.set()
        self._thread.join(timeout)

    def _wait_to_lead(self) -> None:
        lock = FileLock(self._portal.settings.home / "scheduler.lock")
        while not self._stop.is_set():
            try:
                with lock.acquire(timeout=0):
                    self._lead()
            except Timeout:
                self._stop.wait(LEAD_AGAIN.total_seconds())
            except OSError as error:
                log.error("The jobs cannot run, the folder of the portal is not writable: %s", error.strerror)
                self._stop.wait(LEAD_AGAIN.total_seconds())

    def _lead(self) -> None:
        log.info("This process runs the jobs")
        portal, stop = self._portal, self._stop
        loops = (
            partial(run_forever, portal, stop),
            partial(repeat, "rollup", partial(rollup, portal), timedelta(0), ROLLUP_EVERY, stop),
            partial(repeat, "sync-groups", partial(sync_groups, portal), timedelta(0), SYNC_GROUPS_EVERY, stop),
            partial(repeat, "sync-docs", partial(sync_docs, portal), timedelta(0), SYNC_DOCS_EVERY, stop),
            partial(repeat, "tend-tickets", partial(tend_tickets, portal), timedelta(0), TEND_TICKETS_EVERY, stop),
            partial(repeat, "notify", partial(notify, portal), timedelta(0), NOTIFY_EVERY, stop),
            partial(repeat, "maintain", partial(maintain, portal), MAINTAIN_AFTER, MAINTAIN_EVERY, stop),
        )
        threads = [threading.Thread(target=loop, daemon=True) for loop in loops]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def repeat(name: str, job: Callable[[], object], after: timedelta, every: timedelta, stop: threading.Event) -> None:
    """A job that fails says so and gets its next turn; it never ends the loop."""
    pause = after
    while not stop.wait(pause.total_seconds()):
        pause = every
        try:
            job()
        except Exception as error:
            log.error("Job %s failed and is tried again in %s: %s", name, every, in_words(error))
