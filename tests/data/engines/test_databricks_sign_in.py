"""As whom the Databricks engine comes: a person's own connections, and what half a configuration says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.engines.databricks import address
from data.engines.databricks.on_behalf import OnBehalf
from data.errors import Invalid, Unavailable
from data.portal import connect
from data.settings import Settings
from jobs.__main__ import main
from tests.standins.workspace import Workspace


@pytest.fixture
def on_behalf(workspace: Workspace, tmp_path: Path) -> Iterator[OnBehalf]:
    workspace.user_tokens |= {f"token-of-{name}": f"{name}@example.org" for name in ("ana", "bob", "cleo")}
    kept = OnBehalf(address(workspace.settings(tmp_path)))
    workspace.log.clear()
    yield kept
    kept.close()
    workspace.user_tokens.clear()


def opened_and_closed(workspace: Workspace) -> tuple[int, int]:
    kinds = [call.kind for call in workspace.log]
    return kinds.count("OpenSession"), kinds.count("CloseSession")


def look(on_behalf: OnBehalf, name: str, token: str = "") -> None:
    on_behalf.of(f"{name}@example.org", token or f"token-of-{name}").query("SELECT 1 AS one")


def test_people_never_share_a_connection_nor_borrow_the_portal_s(workspace: Workspace, on_behalf: OnBehalf) -> None:
    for name in ("ana", "bob", "ana", "bob"):
        look(on_behalf, name)
    assert opened_and_closed(workspace) == (2, 0)
    assert "token" not in {call.kind for call in workspace.log}
    del workspace.user_tokens["token-of-ana"]
    with pytest.raises(Unavailable):
        look(on_behalf, "ana")
    look(on_behalf, "bob")


def test_a_new_token_takes_the_place_of_the_old_connection(workspace: Workspace, on_behalf: OnBehalf) -> None:
    look(on_behalf, "ana")
    workspace.user_tokens["newer"] = "ana@example.org"
    look(on_behalf, "ana", "newer")
    look(on_behalf, "ana", "newer")
    assert opened_and_closed(workspace) == (2, 1)


def test_whoever_was_not_seen_for_longest_is_let_go(
    workspace: Workspace, on_behalf: OnBehalf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.engines.databricks.on_behalf.MOST", 2)
    for name in ("ana", "bob", "ana", "cleo"):
        look(on_behalf, name)
    assert opened_and_closed(workspace) == (3, 1)
    look(on_behalf, "ana")
    assert opened_and_closed(workspace) == (3, 1)


# Half a configuration

WHOLE = {
    "DATABRICKS_WAREHOUSE_ID": "abc",
    "DATABRICKS_HOST": "adb-1.azuredatabricks.net",
    "PORTAL_CATALOG": "main",
    "PORTAL_SCHEMA": "portal",
    "DATABRICKS_CLIENT_ID": "id",
    "DATABRICKS_CLIENT_SECRET": "dose-secret",
}


@pytest.mark.parametrize("missing", [name for name in WHOLE if name != "DATABRICKS_WAREHOUSE_ID"])
def test_half_a_configuration_names_what_is_missing(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, "" if name == missing else value)
    words = f"The portal is half configured for Databricks: {missing} is not set."
    with pytest.raises(Invalid) as half:
        connect()
    assert str(half.value) == words
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err.splitlines() == [f"migrate: {words}"]


def test_an_app_without_a_warehouse_does_not_start_on_tables_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="DATABRICKS_WAREHOUSE_ID"):
        connect(Settings(home=tmp_path, app_name="portal"))
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_without_its_settings_says_which(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="Databricks: PORTAL_SCHEMA is not set"):
        connect(Settings(home=tmp_path, runtime_version="16.4", catalog="main"))
