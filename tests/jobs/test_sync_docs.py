"""Documentation pulled from real repositories, and what readers see when a push or the remote is broken."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from data.docs.model import Library
from data.errors import Invalid, NotFound, Unavailable
from data.people.model import Actor, Role
from data.portal import Portal
from data.settings import Settings, read_settings
from jobs.__main__ import main
from jobs.git import Repository
from jobs.sync_docs import sync_docs
from tests.portals import NOW, Clock

CHARLIE = Actor(email="charlie@example.org", name="charlie", everywhere=Role.contributor)
WHO = {"GIT_AUTHOR_NAME": "Bob", "GIT_AUTHOR_EMAIL": "bob@example.org", "GIT_COMMITTER_NAME": "Bob"} | {
    "GIT_COMMITTER_EMAIL": "bob@example.org", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip
Push = Callable[..., None]
Serve = Callable[..., Portal]


def git(folder: Path, *words: str, at: str = "2026-11-09T08:00:00Z") -> None:
    env = {**os.environ, **WHO, "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    subprocess.run(["git", "-C", str(folder), *words], env=env, check=True, capture_output=True)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A working copy; its remote is `tmp_path / "remote"`, bare."""
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote")
    git(tmp_path, "clone", "-q", str(tmp_path / "remote"), "work")
    return tmp_path / "work"


@pytest.fixture
def push(work: Path) -> Push:
    def pushed(at: str = "2026-11-09T08:00:00Z", **files: str | bytes | None) -> None:
        for name, content in files.items():
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        git(work, "add", "-A")
        git(work, "commit", "-q", "-m", "x", at=at)
        git(work, "push", "-q", "origin", "HEAD:main")

    return pushed


@pytest.fixture
def serve(portal: Portal, work: Path, tmp_path: Path) -> Serve:
    def served(**settings: object) -> Portal:
        given = {"docs_repository": str(tmp_path / "remote"), **settings}
        return portal.replace(settings=Settings(home=portal.settings.home, **given))

    return served


def looked(portal: Portal, clock: Clock) -> Library:
    clock.advance(minutes=5)
    return portal.docs.library()


def last_run(portal: Portal) -> tuple[str, str | None]:
    table = portal.engine.query("SELECT state, error FROM ingestion_runs ORDER BY started_at DESC LIMIT 1")
    [row] = table.to_pylist()
    return row["state"], row["error"]


def test_a_push_appears_after_the_next_sync_with_who_changed_each_file_when(
    serve: Serve, push: Push, clock: Clock
) -> None:
    portal = serve()
    push(**{"mkdocs.yml": "nav: [b.md, a.md]", "docs/a.md": "# A", "docs/b.md": "# B"})
    push(at="2026-11-20T08:00:00Z", **{"docs/a.md": "# A, changed", "docs/img/x y.png": b"\x89PNG", "other.txt": "x"})
    assert "2 pages of main" in sync_docs(portal)[0]
    found = looked(portal, clock)
    assert found.order == ("b.md", "a.md")
    assert found.images == {"img/x y.png"}
    assert found.pages["a.md"].title == "A, changed"
    assert {path: (page.change.at, page.change.by) for path, page in found.pages.items() if page.change} == {
        "a.md": (datetime(2026, 11, 20, 8, tzinfo=UTC), "Bob"), "b.md": (datetime(2026, 11, 9, 8, tzinfo=UTC), "Bob"),
    }  # fmt: skip
    push(**{"docs/c.md": "# C"})
    sync_docs(portal)
    assert "c.md" in looked(portal, clock).pages
    assert "Nothing new" in sync_docs(portal)[0]


def test_a_broken_push_keeps_the_last_good_version_and_says_so(serve: Serve, push: Push, clock: Clock) -> None:
    portal = serve()
    push(**{"docs/a.md": "# A"})
    sync_docs(portal)
    good = looked(portal, clock)
    assert last_run(portal) == ("succeeded", None)
    push(**{"docs/a.md": b"\x00\xff", "docs/b.txt": "no page"})
    with pytest.raises(Unavailable, match="no page that can be read"):
        sync_docs(portal)
    after = looked(portal, clock)
    assert after.pages["a.md"].text == "# A"
    assert after.sync is not None
    assert "no page that can be read" in (after.sync.error or "")
    assert after.sync.commit == good.sync.commit
    clock.advance(seconds=1)
    assert last_run(portal)[0] == "failed"
    push(**{"docs/a.md": "# Well again"})
    sync_docs(portal)
    healed = looked(portal, clock)
    assert (healed.pages["a.md"].text, healed.sync.error) == ("# Well again", None)


def test_a_remote_that_is_gone_keeps_the_last_good_version(
    serve: Serve, push: Push, clock: Clock, tmp_path: Path
) -> None:
    portal = serve()
    push(**{"docs/a.md": "# A"})
    sync_docs(portal)
    (tmp_path / "remote").rename(tmp_path / "elsewhere")
    with pytest.raises(Unavailable, match="Git says"):
        sync_docs(portal)
    found = looked(portal, clock)
    assert (list(found.pages), bool(found.sync.error)) == (["a.md"], True)
    assert str(tmp_path) not in found.sync.error
    (tmp_path / "elsewhere").rename(tmp_path / "remote")
    sync_docs(portal)
    assert looked(portal, clock).sync.error is None


def test_an_archive_that_got_lost_leaves_what_was_served(serve: Serve, push: Push, clock: Clock) -> None:
    portal = serve()
    push(**{"docs/a.md": "# A"})
    sync_docs(portal)
    looked(portal, clock)
    push(**{"docs/a.md": "# B"})
    sync_docs(portal)
    for archive in (portal.settings.home / "docs").glob("*.zip"):
        archive.write_bytes(b"damaged")
    assert looked(portal, clock).pages["a.md"].text == "# A"


def test_before_the_first_pull_it_is_said_what_is_missing(serve: Serve, push: Push, clock: Clock) -> None:
    portal = serve(docs_branch="nothing")
    with pytest.raises(NotFound, match="sync-docs"):
        portal.docs.library()
    push(**{"docs/a.md": "# A"})
    with pytest.raises(Unavailable, match="no branch nothing"):
        sync_docs(portal)
    clock.advance(minutes=1)
    with pytest.raises(NotFound, match="no branch nothing"):
        portal.docs.library()


def test_links_and_modules_of_the_repository_are_not_followed_and_hooks_do_not_run(
    serve: Serve, push: Push, clock: Clock, work: Path, tmp_path: Path
) -> None:
    portal = serve()
    (work / "docs").mkdir()
    (work / "docs" / "passwd.md").symlink_to("/etc/passwd")
    (work / ".gitattributes").write_text("*.md filter=evil\n")
    push(**{"docs/a.md": "# A"})
    sync_docs(portal)
    found = looked(portal, clock)
    assert list(found.pages) == ["a.md"]
    assert [problem.path for problem in found.problems if problem.topic == "unreadable"] == ["passwd.md"]


@pytest.mark.parametrize(
    ("settings", "paths"),
    [
        ({}, {"index.md"}), ({"docs_path": "guides"}, {"g.md"}), ({"docs_path": "site"}, {"s.md"}),
        ({"docs_path": "nothing"}, None), ({"docs_branch": "next"}, {"n.md"}),
    ],
)  # fmt: skip
def test_which_folder_and_branch_are_served(
    serve: Serve, push: Push, work: Path, clock: Clock, settings: dict[str, str], paths: set[str] | None
) -> None:
    push(**{"docs/index.md": "# I", "guides/g.md": "# G", "site/mkdocs.yml": "docs_dir: src", "site/src/s.md": "# S"})
    git(work, "checkout", "-q", "-b", "next")
    git(work, "rm", "-q", "-r", "docs")
    (work / "docs").mkdir()
    (work / "docs" / "n.md").write_text("# N")
    git(work, "add", "-A")
    git(work, "commit", "-q", "-m", "x")
    git(work, "push", "-q", "origin", "next")
    portal = serve(**settings)
    if paths is None:
        with pytest.raises(Unavailable):
            sync_docs(portal)
    else:
        sync_docs(portal)
        assert set(looked(portal, clock).pages) == paths


@pytest.mark.parametrize("address", ["--upload-pack=touch x", "ext::sh -c touch% x", "-x", "a b", "fd::17"])
def test_addresses_that_are_commands_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DOCS_REPOSITORY", address)
    with pytest.raises(Invalid, match="docs_repository"):
        read_settings()


def test_a_token_stands_in_no_argument_and_in_no_complaint(tmp_path: Path) -> None:
    repository = Repository(f"https://bob:hunter2@127.0.0.1:9/{tmp_path.name}", tmp_path, SecretStr("s3cr3t"))
    with pytest.raises(Unavailable) as told:
        repository.head("main")
    assert not {word for word in ("hunter2", "s3cr3t", "bob") if word in str(told.value)}
    assert "s3cr3t" not in repr(repository)


def test_without_a_repository_the_job_says_so(portal: Portal) -> None:
    assert "PORTAL_DOCS_REPOSITORY" in sync_docs(portal)[0]


def test_the_job_can_be_called(
    portal: Portal, push: Push, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    push(**{"docs/a.md": "# A"})
    monkeypatch.setenv("PORTAL_HOME", str(portal.settings.home))
    monkeypatch.setenv("PORTAL_DOCS_REPOSITORY", f"file://{tmp_path / 'remote'}")
    assert main(["sync-docs"]) == 0
    assert "1 pages of main" in capsys.readouterr().out


def test_two_archives_are_kept_and_no_more(serve: Serve, push: Push, clock: Clock) -> None:
    portal = serve()
    for number in range(4):
        push(**{"docs/a.md": f"# {number}"})
        sync_docs(portal)
        looked(portal, clock)
    assert len(list((portal.settings.home / "docs").glob("*.zip"))) == 2
    assert portal.docs.page(CHARLIE, "a.md").title == "3"
    assert portal.docs.library().sync.checked_at > NOW
