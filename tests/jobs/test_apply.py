"""Checks from a file: what only the sources can tell about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import Invalid, NotFound
from data.portal import Portal
from jobs.__main__ import main
from jobs.apply import apply

GOOD = """
platforms:
  - {id: shop, name: Shop, kind: service}
checks:
  - {id: api, platform: shop, name: API answers, source: http_probe, mode: success, target: {url: "http://127.0.0.1:9/"}}
"""


def file(folder: Path, text: str) -> Path:
    path = folder / "checks.yaml"
    path.write_text(text)
    return path


def test_a_plan_is_shown_and_nothing_changed_until_yes(portal: Portal, tmp_path: Path) -> None:
    path = file(tmp_path, GOOD)
    assert apply(portal, path)[-1] == "Nothing was changed yet. Apply it with --yes."
    assert portal.status.checks() == []
    assert apply(portal, path, yes=True)[-1] == "2 entries changed."
    assert [check.id for check in portal.status.checks()] == ["api"]


def test_applying_a_file_twice_changes_nothing(portal: Portal, tmp_path: Path) -> None:
    path = file(tmp_path, GOOD)
    apply(portal, path, yes=True)
    assert apply(portal, path, yes=True) == ["0 to add, 0 to change, 0 to retire, 2 unchanged."]


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ("http://127", "ftp://127", "checks[0] api: target.url: must start with http:// or https:// and name a host"),
        ("url:", "address:", "checks[0] api: target.url: is missing"),
        ("http_probe", "http_prob", "checks[0] api: source: 'http_prob' is not known; did you mean http_probe?"),
        (
            "success",
            "age, warn_after: 2h",
            "checks[0] api: mode: http_probe serves assertion, success, threshold, not age",
        ),
    ],
)
def test_problems_name_entry_and_key(portal: Portal, tmp_path: Path, was: str, becomes: str, problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        apply(portal, file(tmp_path, GOOD.replace(was, becomes)), yes=True)
    assert problem in refused.value.problems
    assert portal.status.checks() == []


def test_what_is_exported_can_be_applied_and_changes_nothing(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(portal, file(tmp_path, GOOD), yes=True)
    monkeypatch.setenv("PORTAL_HOME", str(portal.settings.home))
    assert main(["export"]) == 0
    exported = capsys.readouterr().out
    assert 'url: "http://127.0.0.1:9/"' in exported
    assert apply(portal, file(tmp_path, exported), prune=True) == ["0 to add, 0 to change, 0 to retire, 2 unchanged."]


def test_a_missing_or_unreadable_file_is_named(portal: Portal, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file"):
        apply(portal, tmp_path / "nothing.yaml")
    (tmp_path / "picture.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Invalid, match="cannot be read as text"):
        apply(portal, tmp_path / "picture.yaml")
