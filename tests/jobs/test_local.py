"""A laptop's start: whatever fails, the app lives and the jobs run if they can."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data import doorway
from data.errors import Unavailable
from data.portal import Portal
from data.settings import Settings
from jobs import local
from jobs.scheduler import Scheduler
from jobs.seed_demo import seed_demo


@pytest.fixture(autouse=True)
def closed_doors() -> Iterator[None]:
    yield
    doorway.enter(None)


def blocked(home: Path) -> Path:
    """No file can be opened where a folder is."""
    (home / "seed-demo.lock").mkdir(parents=True)
    return home


def runs_jobs(stop: Callable[[], None]) -> bool:
    return isinstance(getattr(stop, "__self__", None), Scheduler)


def test_the_jobs_run_without_the_example(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stop = local.start(Settings(home=blocked(tmp_path / "home")))
    try:
        assert runs_jobs(stop)
        assert doorway.portal().status.checks() == []
    finally:
        stop()


def test_a_lock_that_cannot_be_taken_is_told_in_words(portal: Portal) -> None:
    blocked(portal.settings.home)
    with pytest.raises(Unavailable, match=r"^Cannot write to .*home: Is a directory"):
        seed_demo(portal)


def test_a_home_that_cannot_be_used_does_not_stop_the_app(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where a folder must be")
    stop = local.start(Settings(home=tmp_path / "home"))
    assert not runs_jobs(stop)
    stop()
