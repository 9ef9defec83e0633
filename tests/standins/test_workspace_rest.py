"""The stand-in's REST routes keep the limits of the real API, as the real SDK meets them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import AlreadyExists, BadRequest, NotFound, PermissionDenied

from tests.portals import NOW
from tests.standins.workspace import Workspace
from tests.standins.workspace.rest import Estate, routes

PATH = "/Volumes/main/portal/files/note.txt"


@pytest.fixture(scope="module")
def estate() -> Estate:
    return Estate()


@pytest.fixture(scope="module")
def sdk(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkspaceClient]:
    with (
        Workspace(tmp_path_factory.mktemp("workspace"), routes(estate)) as workspace,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("REQUESTS_CA_BUNDLE", str(workspace.ca_file))
        id_, secret = workspace.client_id, workspace.client_secret
        yield WorkspaceClient(config=Config(host=workspace.host, client_id=id_, client_secret=secret))


def test_runs_come_newest_first_in_pages_below_twenty_five(sdk: WorkspaceClient, estate: Estate) -> None:
    estate.clear()
    for n in range(60):
        estate.run(1 + n % 2, n, NOW + timedelta(minutes=n), timedelta(minutes=1) if n else None)
    assert [run.run_id for run in sdk.jobs.list_runs(limit=24)] == list(range(59, -1, -1))
    assert len(list(sdk.jobs.list_runs(limit=0))) == 60
    assert {run.job_id for run in sdk.jobs.list_runs(job_id=2)} == {2}
    assert [run.run_id for run in sdk.jobs.list_runs(active_only=True)] == [0]
    since = int((NOW + timedelta(minutes=58)).timestamp() * 1000)
    assert [run.run_id for run in sdk.jobs.list_runs(start_time_from=since, completed_only=True)] == [59, 58]
    with pytest.raises(BadRequest, match="less than 25"):
        list(sdk.jobs.list_runs(limit=25))


def test_what_is_hidden_or_absent_is_refused(sdk: WorkspaceClient, estate: Estate) -> None:
    estate.clear()
    estate.run(5, 50, NOW)
    estate.hidden.add(5)
    assert list(sdk.jobs.list()) == list(sdk.jobs.list_runs()) == []
    for ask in (lambda: sdk.jobs.get(5), lambda: sdk.jobs.get_run(50), lambda: list(sdk.jobs.list_runs(job_id=5))):
        with pytest.raises(PermissionDenied):
            ask()
    for ask in (lambda: sdk.jobs.get(6), lambda: sdk.jobs.get_run(60), lambda: sdk.warehouses.get("none")):
        with pytest.raises(NotFound):
            ask()


def test_files_are_not_overwritten_unasked(sdk: WorkspaceClient, estate: Estate) -> None:
    estate.clear()
    sdk.files.upload(PATH, io.BytesIO(b"one"))
    with pytest.raises(AlreadyExists):
        sdk.files.upload(PATH, io.BytesIO(b"two"))
    sdk.files.upload(PATH, io.BytesIO(b"three"), overwrite=True)
    assert sdk.files.get_metadata(PATH).content_length == 5
    contents = sdk.files.download(PATH).contents
    assert contents is not None
    assert contents.read() == b"three"
    sdk.files.delete(PATH)
    with pytest.raises(NotFound):
        sdk.files.download(PATH)


def test_the_caller_is_who_signed_in(sdk: WorkspaceClient, estate: Estate) -> None:
    estate.clear()
    assert sdk.current_user.me().user_name == sdk.config.client_id
