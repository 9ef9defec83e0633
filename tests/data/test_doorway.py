"""The process opens its portal once; a store in trouble is asked again, but not by everybody who comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data import doorway
from data.errors import Unavailable
from data.portal import connect
from data.settings import Settings


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    doorway.enter(None)
    yield
    doorway.enter(None)


@pytest.mark.parametrize("again_s", [3600.0, 0.0])
def test_a_refusal_holds_for_a_moment_and_then_the_store_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again_s: float
) -> None:
    monkeypatch.setattr(doorway, "AGAIN_S", again_s)
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path))
    with pytest.raises(Unavailable, match="not there yet"):
        doorway.portal()
    connect(Settings(home=tmp_path)).schema.migrate()
    if again_s:
        with pytest.raises(Unavailable, match="not there yet"):
            doorway.portal()
    else:
        assert doorway.portal() is doorway.portal()
