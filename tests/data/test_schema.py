"""Tables appear once, change once, and a store from a newer portal is left alone."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
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


def in_full_shape(folder: Path) -> None:
    """`sql/tables` shows what the change adds, as it must."""
    file = folder / "tables" / "platforms.sql"
    file.write_text(file.read_text().replace("kind STRING NOT NULL,", "kind STRING NOT NULL,\n  region STRING,", 1))


def test_a_change_that_was_made_but_not_remembered_is_no_obstacle(portal: Portal, clock: Clock, folder: Path) -> None:
    newer = Schema(portal.statements, clock, folder)
    portal.engine.execute("ALTER TABLE platforms ADD COLUMNS (region STRING)")
    assert newer.migrate() == ["change 20270101T0900_add_region"]
    newer.check()


def test_a_table_born_in_full_shape_takes_its_older_change(portal: Portal, clock: Clock, folder: Path) -> None:
    in_full_shape(folder)
    shutil.rmtree(portal.settings.tables / "platforms")
    newer = Schema(portal.statements, clock, folder)
    assert newer.migrate() == ["table platforms", "change 20270101T0900_add_region"]
    newer.check()


def test_a_first_start_that_was_killed_is_finished_by_a_newer_portal(
    tmp_path: Path, clock: Clock, folder: Path
) -> None:
    portal = connect(Settings(home=tmp_path / "home"))
    portal.engine.execute((SQL / "tables" / "platforms.sql").read_text())
    in_full_shape(folder)
    schema = Schema(portal.statements, clock, folder)
    schema.migrate()
    assert "region" in portal.engine.columns("platforms").names
    assert schema.stored_version() == "20270101T0900"


def test_views_are_made_again_when_the_text_of_one_changes(portal: Portal, clock: Clock, folder: Path) -> None:
    views = [f"view {file.stem}" for file in sorted((folder / "views").glob("*.sql"))]
    file = folder / "views" / "incidents.sql"
    file.write_text(file.read_text().replace("t.breached", "t.breached AS late"))
    newer = Schema(portal.statements, clock, folder)
    assert newer.migrate() == ["change 20270101T0900_add_region", *views]
    assert newer.migrate() == []
    assert portal.engine.query("SELECT late FROM incidents").column_names == ["late"]


@pytest.mark.parametrize("fresh", [True, False])
def test_several_may_migrate_at_once(tmp_path: Path, clock: Clock, folder: Path, fresh: bool) -> None:
    settings = Settings(home=tmp_path / "home")
    if not fresh:
        connect(settings).replace(clock=clock).schema.migrate()
    in_full_shape(folder)
    schemas = [Schema(connect(settings).statements, clock, folder) for _ in range(3)]
    with ThreadPoolExecutor(len(schemas)) as pool:
        list(pool.map(Schema.migrate, schemas))
    for schema in schemas:
        schema.check()
    assert "region" in connect(settings).engine.columns("platforms").names
