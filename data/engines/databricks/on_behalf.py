"""Engines that read with a person's own rights. Never shared: the token is theirs, and dies within the hour."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

from data.engines.databricks.engine import DatabricksEngine
from data.engines.databricks.warehouse import Address, Warehouse

MOST = 64
"""People whose connections are kept; the one not seen for longest goes first."""


class OnBehalf:
    def __init__(self, address: Address) -> None:
        self._address = address
        self._engines: OrderedDict[str, tuple[str, DatabricksEngine]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, email: str, token: str) -> DatabricksEngine:
        """`token`: the forwarded one of this very person. A new one replaces their connections."""
        with self._lock:
            known, engine = self._engines.pop(email, (None, None))
            if engine is None or known != token:
                if engine is not None:
                    engine.close()
                headers = {"Authorization": f"Bearer {token}"}
                theirs = replace(self._address, sign_in=lambda: lambda: headers)
                engine = DatabricksEngine(Warehouse(theirs, connections=1))
            self._engines[email] = token, engine
            if len(self._engines) > MOST:
                self._engines.popitem(last=False)[1][1].close()
            return engine

    def close(self) -> None:
        with self._lock:
            for _, engine in self._engines.values():
                engine.close()
            self._engines.clear()
