"""Against a real workspace (make test-live): its variables, what was executed there, and what was not."""

from __future__ import annotations

import os
import socket

import pytest

from data import statements
from data.statements import SQL

NEEDED = ("DATABRICKS_HOST", "DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET", "DATABRICKS_WAREHOUSE_ID")
SCHEMA = "PORTAL_TEST_SCHEMA"
"""`catalog.schema`. The tests make schemas that begin with this name, and drop them."""
GIVEN = {name: os.environ.get(name, "") for name in (*NEEDED, SCHEMA, "PORTAL_CA_FILE")}
"""Read here, before tests/conftest.py takes them from all other tests."""
MISSING = [name for name in (*NEEDED, SCHEMA) if not GIVEN[name]]
connect = socket.socket.connect
"""As it was before the other tests were kept on this machine."""
executed: set[str] = set()
"""Statements that a warehouse has carried out, as the portal's code wrote them."""


def refuse_half_configured(config: pytest.Config) -> None:
    """Without this, pytest would say that no test was selected."""
    if config.option.markexpr != "live":
        return
    if MISSING:
        pytest.exit(f"The live tests need a workspace: set {', '.join(MISSING)}.", 2)
    if GIVEN[SCHEMA].count(".") != 1:
        pytest.exit(f"{SCHEMA} must name a catalog and a schema: main.portal_test", 2)


def report(terminal: pytest.TerminalReporter) -> None:
    if MISSING or terminal.config.option.markexpr != "live":
        return
    left = [name for name, sql in _files().items() if sql not in executed]
    terminal.section("statements of sql/ that were not executed live")
    terminal.write_line("\n".join(left) or "none")


def _files() -> dict[str, str]:
    """The text that reaches the engine, by file."""
    whole = {f"{f.parent.name}/{f.stem}": f.read_text() for f in sorted(SQL.glob("*/*.sql"))}
    return whole | {name: statement.sql for name, statement in statements.load().items()}
