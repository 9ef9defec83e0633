"""Ends the process in time after SIGTERM, whatever still waits: Databricks Apps kills after 15 seconds."""

from __future__ import annotations

import os
import signal
import threading
from functools import partial
from types import FrameType

ENDS_WITHIN_S = 12.0
"""More than a round needs to be written (jobs.scheduler waits 10 s for it), less than the platform grants."""


def end_in_time(within_s: float = ENDS_WITHIN_S) -> None:
    """The server ends only after its last request, and a statement in flight may hold one for a minute.

    Nothing is lost by not waiting for it: a statement takes effect as a whole or not at all. To be called when the
    server has set its own handler, which goes on doing its work.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    server = signal.getsignal(signal.SIGTERM)

    def told(number: int, frame: FrameType | None) -> None:
        limit = threading.Timer(within_s, partial(os._exit, 128 + number))
        limit.daemon = True
        limit.start()
        if callable(server):
            server(number, frame)

    signal.signal(signal.SIGTERM, told)
