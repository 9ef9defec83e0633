"""Who may read which page; what is served when the folder changes or goes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from data.docs.service import DocsService
from data.errors import Forbidden, NotFound, Unavailable
from data.people.model import Actor, Role
from data.portal import Portal
from data.settings import Settings
from tests.portals import Clock, clock, portal

__all__ = ["clock", "portal"]

ALICE = Actor(email="alice@example.org", name="alice", everywhere=Role.service_owner)
BOB = Actor(email="bob@example.org", name="bob", everywhere=Role.viewer, per_platform={"sales": Role.triager})
CHARLIE = Actor(email="charlie@example.org", name="charlie", everywhere=Role.contributor)
NAV = "nav:\n - a.md\n - Team:\n    - one.md\n    - Deep: [two.md]\n - Site: https://example.org\n - b.md\n"
PAGES = {
    "a.md": "# A", "b.md": "# B",
    "one.md": "---\nrole: triager\nplatforms: [sales]\n---\n# One", "two.md": "---\nrole: service_owner\n---\n# Two",
}  # fmt: skip


@pytest.fixture
def docs(tmp_path: Path, portal: Portal) -> DocsService:
    folder = tmp_path / "docs"
    folder.mkdir()
    (tmp_path / "mkdocs.yml").write_text(NAV)
    for name, text in PAGES.items():
        (folder / name).write_text(text)
    return serving(portal, folder)


def serving(portal: Portal, folder: Path) -> DocsService:
    return portal.replace(settings=Settings(home=portal.settings.home, docs=folder)).docs


@pytest.mark.parametrize(
    ("actor", "pages"), [(ALICE, "a.md b.md one.md two.md"), (BOB, "a.md b.md one.md"), (CHARLIE, "a.md b.md")]
)
def test_everybody_sees_the_pages_of_their_role_and_no_trace_of_the_others(
    docs: DocsService, actor: Actor, pages: str
) -> None:
    shown = docs.shown(actor)
    assert sorted(shown.pages) == pages.split()
    assert sorted(path for entry in shown.contents for path in entry.paths()) == pages.split()
    assert shown.hidden == docs.library().pages.keys() - set(pages.split())


def test_charlie_is_answered_the_same_for_a_hidden_page_and_for_none(docs: DocsService) -> None:
    answers = set()
    for path in ("one.md", "nothing.md", "../docs/a.md", ""):
        with pytest.raises(NotFound) as told:
            docs.page(CHARLIE, path)
        answers.add(str(told.value))
    assert len(answers) == 1


def test_groups_without_a_visible_page_and_neighbours_that_are_hidden_do_not_exist(docs: DocsService) -> None:
    shown = docs.shown(CHARLIE)
    assert [entry.title for entry in shown.contents] == ["A", "Site", "B"]
    before, after = shown.neighbours("a.md")
    assert (before, after) == (None, docs.library().pages["b.md"])
    assert docs.shown(ALICE).trail("two.md") == ("Team", "Deep")


def test_a_changed_folder_is_seen_at_the_next_look(docs: DocsService, tmp_path: Path, clock: Clock) -> None:
    before = docs.stamp
    (tmp_path / "docs" / "c.md").write_text("# C")
    assert docs.stamp == before
    clock.advance(seconds=11)
    assert docs.stamp != before
    assert docs.page(CHARLIE, "c.md").title == "C"


def test_a_folder_that_goes_away_is_served_as_it_was(docs: DocsService, tmp_path: Path, clock: Clock) -> None:
    before = docs.library()
    shutil.rmtree(tmp_path / "docs")
    clock.advance(minutes=1)
    assert docs.library() is before


def test_a_folder_that_was_never_there_is_told(tmp_path: Path, portal: Portal) -> None:
    with pytest.raises(Unavailable):
        serving(portal, tmp_path / "nothing").library()


def test_a_list_of_groups_that_is_too_old_opens_nothing(docs: DocsService) -> None:
    assert not docs.visible(replace(CHARLIE, snapshot_old=True), docs.library().pages["two.md"])


def test_a_page_helps_a_reader_once_however_often_they_say_so(docs: DocsService) -> None:
    for actor in (BOB, BOB, CHARLIE):
        docs.helped(actor, "a.md")
    assert docs.report(ALICE).helped == {"a.md": 2}
    with pytest.raises(NotFound):
        docs.helped(CHARLIE, "two.md")


def test_the_report_is_not_for_charlie(docs: DocsService) -> None:
    with pytest.raises(Forbidden):
        docs.report(CHARLIE)


def test_a_link_to_a_hidden_page_is_plain_words_for_charlie(docs: DocsService, tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "docs" / "a.md").write_text("# A\n\nSee [the second](two.md#x) and [B](b.md).")
    clock.advance(minutes=1)
    assert "docs?page=two.md#x" in docs.finished(ALICE, "a.md").parts[0].html
    html = docs.finished(CHARLIE, "a.md").parts[0].html
    assert "two.md" not in html
    assert "the second" in html
    assert "docs?page=b.md" in html
