"""Statements through databricks-sql-connector: a small pool of connections to one SQL warehouse."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
from databricks import sql
from databricks.sdk.errors.base import DatabricksError
from databricks.sql import exc
from databricks.sql.client import Connection
from databricks.sql.parameters import native
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from data.engines.base import Params
from data.engines.databricks.engine import Answer
from data.engines.databricks.failures import LostRace, SessionGone, translated
from data.errors import PortalError, Unavailable

log = logging.getLogger(__name__)

IDLE_S = 600.0
"""A connection unused for longer is not trusted any more."""
TROUBLE = (exc.Error, HTTPError, OSError, RequestException, DatabricksError, ValueError)
"""What the connector lets through when it cannot do its work: its own errors and those of the libraries below it."""


@dataclass(frozen=True)
class Address:
    """Where the warehouse is, and how to sign in. `authenticate` makes the headers of each request."""

    host: str
    warehouse_id: str
    catalog: str
    schema: str
    statement_timeout: timedelta
    sign_in: Callable[[], Callable[[], dict[str, str]]]
    """Called once for a connection; what it returns makes the headers of each request."""
    ca_file: str | None = None

    def options(self) -> dict[str, Any]:
        """The reasons are measured: see docs/decisions/0011."""
        url = urlsplit(self.host)
        timeout_s = int(self.statement_timeout.total_seconds())
        options = {
            "server_hostname": url.hostname,
            "_port": url.port or 443,
            "http_path": f"/sql/1.0/warehouses/{self.warehouse_id}",
            "catalog": self.catalog,
            "schema": self.schema,
            "session_configuration": {"STATEMENT_TIMEOUT": str(timeout_s), "TIMEZONE": "UTC", "ANSI_MODE": "true"},
            "user_agent_entry": "support-status-portal",
            "enable_telemetry": False,
            "use_cloud_fetch": False,
            "_socket_timeout": timeout_s + 30,
            "_retry_stop_after_attempts_count": 5,
            "_retry_stop_after_attempts_duration": 120,
            "_retry_delay_min": 1,
            "_retry_delay_max": 5,
        }
        return options | ({"_tls_trusted_ca_file": self.ca_file} if self.ca_file else {})


class Warehouse:
    """A connection serves one statement at a time; at most `connections` statements run at once, others wait."""

    def __init__(self, address: Address, connections: int = 4, options: Mapping[str, Any] | None = None) -> None:
        self._address = address
        self._options = options or {}
        self._free: list[tuple[Connection, float]] = []
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(connections)

    def run(self, text: str, params: Params) -> Answer:
        """A statement is sent once. Only when the server says that it never ran is it sent again, by a new session."""
        native_params = [_native(name, value) for name, value in params.items()]
        try:
            return self._run(text, native_params)
        except SessionGone:
            self.close()  # the idle ones are as old as this one was
        try:
            return self._run(text, native_params)
        except SessionGone as error:
            raise Unavailable(str(error)) from error

    def close(self) -> None:
        with self._lock:
            free, self._free = self._free, []
        for connection, _ in free:
            _close(connection)

    def _run(self, text: str, params: list[Any]) -> Answer:
        with self._borrowed() as connection, connection.cursor() as cursor:
            cursor.execute(text, params)
            rows = cursor.fetchall_arrow() if cursor.description else pa.table({})
            return Answer.of(rows, cursor.rowcount)

    @contextmanager
    def _borrowed(self) -> Iterator[Connection]:
        """After any trouble the connection is dropped: nobody knows what it still has to say."""
        with self._places, _in_the_portals_words():
            connection = self._idle() or self._connected()
            try:
                yield connection
            except BaseException:
                # saying goodbye to a warehouse in trouble takes as long as everything else there
                threading.Thread(target=_close, args=(connection,), name="close-session", daemon=True).start()
                raise
            with self._lock:
                self._free.append((connection, time.monotonic()))

    def _idle(self) -> Connection | None:
        while True:
            with self._lock:
                if not self._free:
                    return None
                connection, since = self._free.pop()
            if time.monotonic() - since < IDLE_S:
                return connection
            _close(connection)

    def _connected(self) -> Connection:
        headers = self._address.sign_in()
        headers()  # not left to the connector, which stumbles over its own half-made connection
        provider = {"credentials_provider": lambda: headers}
        connection = sql.connect(**{**self._address.options(), **provider, **self._options})
        _never_send_again(connection)
        return connection


def _never_send_again(connection: Connection) -> None:
    """When an answer is late, the connector would send the statement once more, and the write would happen twice.

    The switch is private, so a test counts what arrives (tests/data/engines/test_databricks.py).
    """
    policy = getattr(getattr(connection.session.backend, "_transport", None), "retry_policy", None)
    if policy is None:
        log.warning("The connector has changed: a write whose answer is late may be sent twice.")
    else:
        policy.read = 0


@contextmanager
def _in_the_portals_words() -> Iterator[None]:
    try:
        yield
    except (PortalError, LostRace, SessionGone):
        raise
    except exc.ServerOperationError as error:
        raise translated(str(error)) from error
    except TROUBLE as error:
        raise _unreachable(error) from error


def _unreachable(error: Exception) -> Exception:
    told = str(error)
    if isinstance(found := translated(told), SessionGone):
        return found
    if "invalid_client" in told or getattr(error, "context", {}).get("http-code") in {401, 403}:
        return SessionGone(
            "Databricks refused the portal's sign-in. Check its client id and secret, "
            "and that its service principal has CAN USE on the SQL warehouse."
        )
    if isinstance(getattr(error, "reason", None), ReadTimeoutError | ProtocolError):
        return Unavailable(
            "The SQL warehouse did not answer in time. A change may have been made: look before repeating."
        )
    return Unavailable("The SQL warehouse cannot be reached.")


def _native(name: str, value: Any) -> native.DbsqlParameterBase:
    """Typed by us: the connector would guess INT for a small number and TIMESTAMP for a naive time."""
    match value:
        case bool():
            return native.BooleanParameter(value, name)
        case int():
            return native.BigIntegerParameter(value, name)
        case float():
            return native.DoubleParameter(value, name)
        case datetime():
            return native.TimestampParameter(value.astimezone(UTC), name)
        case date():
            return native.DateParameter(value, name)
        case list():
            return native.ArrayParameter(value, name)
        case None:
            return native.VoidParameter(None, name)
    return native.StringParameter(str(value), name)


def _close(connection: Connection) -> None:
    with suppress(*TROUBLE):
        connection.close()
