"""Tables appear once, change once, and a store from a newer portal is left alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from data.errors import Unavailable
from data.portal import Portal, connect, open_portal
from data.schema import Schema
from data.settings import Settings
from data.statements import SQL
from tests.portals import Clock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of sql/ with one change in it."""
    copy = tmp_path / "sql"
    shutil.copytree(SQL, copy)
    change = "-- purpose: where it lies\n-- writes: platforms\nALTER TABLE platforms ADD COLUMNS (region STRING)\n"
    (copy / "changes" / "20270101T0900_add_region.sql").write_text(change)
    return copy


def test_migrating_twice_changes_nothing(portal: Portal) -> None:
    assert portal.schema.migrate() == []


def test_a_store_without_tables_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="python -m jobs migrate"):
        open_portal(Settings(home=tmp_path))


def test_a_change_is_applied_once_and_remembered(portal: Portal, clock: Clock, folder: Path) -> None:
    newer = Schema(portal.statements, clock, folder)
    with pytest.raises(Unavailable, match="Bring them up to date"):
        newer.check()
    assert newer.migrate() == ["change 20270101T0900_add_region"]
    assert "region" in portal.engine.columns("platforms").names
    assert newer.migrate() == []
    newer.check()


def test_a_store_from_a_newer_portal_is_refused_and_left_alone(portal: Portal, clock: Clock, folder: Path) -> None:
    Schema(portal.statements, clock, folder).migrate()
    with pytest.raises(Unavailable, match="newer portal"):
        portal.schema.check()
    with pytest.raises(Unavailable, match="Nothing was changed"):
        portal.schema.migrate()


def test_a_new_store_starts_at_the_newest_version(tmp_path: Path, clock: Clock, folder: Path) -> None:
    portal = connect(Settings(home=tmp_path / "home"))
    schema = Schema(portal.statements, clock, folder)
    schema.migrate()
    assert schema.stored_version() == "20270101T0900"
