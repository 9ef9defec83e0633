"""Both stores of files keep one contract: the folder at home, and the volume behind the stand-in's Files API."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from data.errors import Invalid, NotFound, Unavailable
from data.files import Files, files_of
from data.files.local import LocalFiles
from data.files.volume import VolumeFiles
from data.settings import Settings
from tests.standins.workspace import Workspace
from tests.standins.workspace.rest import Estate, routes

PATH = "01KAXB/8f2c"
ALL_BYTES = bytes(range(256))
FILES_API = "/api/2.0/fs/files"


@pytest.fixture(scope="module")
def estate() -> Estate:
    return Estate()


@pytest.fixture(scope="module")
def running(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with (
        Workspace(tmp_path_factory.mktemp("workspace"), routes(estate)) as workspace,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("REQUESTS_CA_BUNDLE", str(workspace.ca_file))
        yield workspace


@pytest.fixture
def workspace(running: Workspace, estate: Estate) -> Workspace:
    """Without files, and well."""
    estate.clear()
    running.faults.clear()
    return running


@pytest.fixture(scope="module")
def signed_in(running: Workspace) -> VolumeFiles:
    return VolumeFiles(running.settings(Path("unused")))


@pytest.fixture
def volume(workspace: Workspace, signed_in: VolumeFiles) -> VolumeFiles:
    return signed_in


@pytest.fixture(params=["local", "volume"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return LocalFiles(tmp_path / "files") if request.param == "local" else request.getfixturevalue("volume")


@pytest.mark.parametrize("content", [ALL_BYTES, b"", ALL_BYTES * 40 * 1024], ids=["all bytes", "none", "10 MB"])
def test_what_was_put_is_got(files: Files, content: bytes) -> None:
    files.put(PATH, content)
    assert files.get(PATH) == content


def test_putting_again_changes_nothing_and_other_content_replaces(files: Files) -> None:
    for content in (b"one", b"one", b"other"):
        files.put(PATH, content)
        assert files.get(PATH) == content


def test_a_missing_file_is_not_found_and_may_be_removed(files: Files) -> None:
    with pytest.raises(NotFound, match="not there any more"):
        files.get(PATH)
    files.remove(PATH)


def test_a_removed_file_is_gone_and_its_neighbour_stays(files: Files) -> None:
    files.put(PATH, b"one")
    files.put(PATH + "-2", b"two")
    files.remove(PATH)
    with pytest.raises(NotFound):
        files.get(PATH)
    assert files.get(PATH + "-2") == b"two"


ESCAPES = [
    *("../secret", "01K/../../secret", "/etc/passwd", "01K//x", "01K/", "", ".", "..", "01K/.hidden", "01K/x\0y"),
    *(r"..\secret", "01K/a b", "01K/%2e%2e/x", "01K/ä", "01K/x\n", "C:/x", "01K/x?overwrite=false", "01K/x#y"),
]


@pytest.mark.parametrize("path", ESCAPES)
def test_no_path_leads_out(files: Files, path: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"kept")
    for ask in (lambda: files.get(path), lambda: files.put(path, b"x"), lambda: files.remove(path)):
        with pytest.raises(Invalid):
            ask()
    assert (tmp_path / "secret").read_bytes() == b"kept"


def test_many_at_once_lose_and_mix_nothing(files: Files) -> None:
    contents = [bytes([n]) * 50_000 for n in range(16)]

    def put(n: int) -> None:
        files.put(f"01K/{n}", contents[n])
        files.put("01K/same", contents[n])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(put, range(16)))
    assert [files.get(f"01K/{n}") for n in range(16)] == contents
    assert files.get("01K/same") in contents


# the folder

DISK_FAULTS = [
    (errno.ENOSPC, "disk is full"),
    (errno.EDQUOT, "disk is full"),
    (errno.EACCES, "may not use its folder"),
    (errno.EROFS, "read-only"),
    (errno.EIO, "cannot be used"),
]


@pytest.mark.parametrize(("number", "words"), DISK_FAULTS)
def test_a_disk_that_fails_keeps_what_was_there(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = LocalFiles(tmp_path)
    files.put(PATH, b"whole")

    def fail(_: Any) -> None:
        raise OSError(number, "the engine room's words")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(Unavailable, match=words) as told:
            files.put(PATH, b"half")
    assert "engine room" not in str(told.value)
    assert files.get(PATH) == b"whole"
    assert [path.name for path in (tmp_path / PATH).parent.iterdir()] == ["8f2c"]


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")
    files = LocalFiles(tmp_path / "files")
    with pytest.raises(Unavailable, match="Tell an admin"):
        files.put(PATH, b"x")
    with pytest.raises(NotFound):
        files.get(PATH)


def test_nobody_else_on_the_machine_may_read_the_files(tmp_path: Path) -> None:
    LocalFiles(tmp_path).put(PATH, b"x")
    assert stat.S_IMODE((tmp_path / PATH).stat().st_mode) == 0o600


# the volume


def test_the_volume_is_the_one_of_the_settings(workspace: Workspace, estate: Estate) -> None:
    VolumeFiles(workspace.settings(Path("unused"), volume="other")).put(PATH, b"x")
    assert estate.files == {f"/Volumes/main/portal/other/attachments/{PATH}": b"x"}


REFUSALS = [
    (403, "put", r"gives its service principal READ VOLUME and WRITE VOLUME on main\.portal\.files\.$"),
    (403, "get", r"gives its service principal READ VOLUME on main\.portal\.files\.$"),
    (403, "remove", "READ VOLUME and WRITE VOLUME"),
    (401, "get", "needs a grant"),
    (404, "put", r"no volume main\.portal\.files; an admin sets PORTAL_VOLUME"),
    (429, "put", r"just now \(429\)"),
    (500, "put", r"just now \(500\)\. Try again"),
    (500, "get", r"just now \(500\)"),
    (503, "remove", r"just now \(503\)"),
]


@pytest.mark.parametrize(("status", "verb", "words"), REFUSALS)
def test_a_refusal_of_the_workspace_is_told_in_words_at_once(
    status: int, verb: str, words: str, workspace: Workspace, volume: VolumeFiles, estate: Estate
) -> None:
    volume.put(PATH, b"whole")
    before = len(workspace.log)
    workspace.faults.fail(status, retry_after=3600, on=FILES_API)
    ask = {
        "put": lambda: volume.put(PATH, b"new"),
        "get": lambda: volume.get(PATH),
        "remove": lambda: volume.remove(PATH),
    }
    with pytest.raises(Unavailable, match=words) as told:
        ask[verb]()
    assert "told to fail" not in str(told.value)
    assert len(workspace.log) == before + 1
    assert volume.get(PATH) == b"whole"


def test_it_signs_in_once_for_many_files(workspace: Workspace) -> None:
    volume = VolumeFiles(workspace.settings(Path("unused")))
    workspace.log.clear()
    for n in range(5):
        volume.put(f"01K/{n}", b"x")
    assert [call.kind for call in workspace.log].count("token") == 1


def test_a_workspace_that_stops_answering_or_goes_away_is_told(workspace: Workspace) -> None:
    volume = VolumeFiles(workspace.settings(Path("unused")), timeout_s=0.2)
    volume.put(PATH, b"x")
    begun = monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        volume._config.host = f"https://localhost:{silent.getsockname()[1]}"
        for ask in (lambda: volume.put(PATH, b"x"), lambda: volume.get(PATH), lambda: volume.remove(PATH)):
            with pytest.raises(Unavailable, match="did not answer in time"):
                ask()
    with pytest.raises(Unavailable, match="cannot be reached"):
        volume.get(PATH)
    assert monotonic() - begun < 5


def test_trouble_with_a_new_token_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    volume = VolumeFiles(workspace.settings(Path("unused")))
    assert volume._config.host == workspace.host
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", os.devnull + "/no-certificates")
    with pytest.raises(Unavailable, match="refuses the portal's sign-in"):
        volume.get(PATH)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"databricks_client_secret": "wrong"}, "refuses the portal's sign-in"),
    ({"ca_file": None}, "cannot be reached"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG, ids=[next(iter(parts)) for parts, _ in WRONG])
def test_a_sign_in_or_certificate_that_is_wrong_is_told(
    wrong: dict[str, Any], words: str, workspace: Workspace
) -> None:
    with pytest.raises(Unavailable, match=words):
        VolumeFiles(workspace.settings(Path("unused"), **wrong)).get(PATH)


# which of them

CHOICES: list[tuple[dict[str, Any], type]] = [
    ({}, LocalFiles),
    ({"warehouse_id": "abc"}, VolumeFiles),
    ({"app_name": "portal"}, VolumeFiles),
    ({"runtime_version": "16.4"}, VolumeFiles),
]


@pytest.mark.parametrize(("told", "store"), CHOICES, ids=["at home", "warehouse", "app", "notebook"])
def test_files_are_where_the_tables_are(told: dict[str, Any], store: type, tmp_path: Path) -> None:
    assert isinstance(files_of(Settings(home=tmp_path, **told)), store)


def test_at_home_they_are_beside_the_tables(tmp_path: Path) -> None:
    files_of(Settings(home=tmp_path)).put(PATH, b"x")
    assert (tmp_path / "attachments" / PATH).read_bytes() == b"x"


@pytest.mark.parametrize("name", ["", "a/b", "../x", "a.b", "x\n"])
def test_a_volume_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="volume"):
        Settings(volume=name)
