"""The one way to the Databricks workspace: its signed-in SDK client, and GET requests that stop when asked to wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from data.errors import Unavailable
from data.portal import Portal
from data.settings import Settings
from data.status import words

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

NOT_BEFORE = "not_before"
Json = Mapping[str, Any]


@lru_cache(4)
def workspace(settings: Settings) -> WorkspaceClient:
    """The client of these settings, the same from round to round, so that it signs in once an hour."""
    from jobs.databricks_client import sign_in

    return sign_in(settings)


@dataclass
class Workspace:
    """What one source asks in one round. After Databricks told it to wait, nothing more is sent until then.

    Answers stay plain JSON: the SDK's classes lose words they do not know, and fail over one odd item.
    """

    portal: Portal
    source: str
    _told: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, path: str, what: str, needs: str, **query: Any) -> Json:
        """`what` is asked for, `needs` is the right for it, both for messages: "job 7", "CAN VIEW on the job".

        Raises NotFound, Invalid and Unavailable, all in words.
        """
        from jobs.databricks_client import AskedToWait, in_words

        self._keep_waiting()
        try:
            client = workspace(self.portal.settings)
            with in_words(what, needs):
                answer: Any = client.api_client.do("GET", path, query=query)
        except AskedToWait as asked:
            raise self._must_wait(asked.length) from None
        if not isinstance(answer, dict):
            raise _strange(what)
        return answer

    def pages(self, path: str, key: str, what: str, needs: str, **query: Any) -> Iterator[list[Json]]:
        """The items, page by page; what is not an object is left out."""
        while True:
            answer = self.get(path, what, needs, **query)
            items = answer.get(key)
            if not isinstance(items, list | None):
                raise _strange(what)
            yield [item for item in items or () if isinstance(item, dict)]
            if not answer.get("next_page_token"):
                return
            query["page_token"] = answer["next_page_token"]

    @cached_property
    def _remembered(self) -> datetime | None:
        told = self.portal.status.checkpoint(self.source).get(NOT_BEFORE)
        return datetime.fromisoformat(told) if told else None

    def _keep_waiting(self) -> None:
        with self._lock:
            until = self._told or self._remembered
        if until and self.portal.clock() < until:
            raise self._waits(until)

    def _must_wait(self, length: timedelta) -> Unavailable:
        with self._lock:
            if self._told is None:
                self._told = self.portal.clock() + length
                memory = self.portal.status.checkpoint(self.source) | {NOT_BEFORE: self._told.isoformat()}
                self.portal.status.save_checkpoint(self.source, memory)
            return self._waits(self._told)

    def _waits(self, until: datetime) -> Unavailable:
        zone = ZoneInfo(self.portal.settings.timezone)
        return Unavailable(f"Databricks asks to wait until {words.clock(until, zone, self.portal.clock())}")


def _strange(what: str) -> Unavailable:
    return Unavailable(f"Databricks answered the question for {what} in a form the portal does not know")
