"""From a folder to pages: what is read, what is told, and that nothing leads out of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from data.docs import front_matter
from data.docs.library import build
from data.docs.model import TEXT_MOST, Change, Library, Problem
from data.docs.tree import Tree, archive_tree, folder_tree, pack, read_log
from data.errors import Invalid, Unavailable
from data.people.model import Role

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Files of a documentation, by name; `/` makes folders."""

    def written(**files: str | bytes) -> Path:
        for name, content in files.items():
            path = tmp_path / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / "docs"

    return written


def library(folder: Path) -> Library:
    return build(folder_tree(folder))


def told(found: Library, topic: str) -> list[tuple[str, str]]:
    return [(problem.path, problem.words) for problem in found.problems if problem.topic == topic]


HEAD = """---
title: When data arrives
owner: bob
review-by: 2027-02-01
roles: [triager, admin]
platforms: sales, gateway
assets: [orders]
tags: [sales]
---
# Sales
"""


def test_a_page_tells_about_itself_in_its_front_matter(write: Write) -> None:
    page = library(write(**{"sales.md": HEAD})).pages["sales.md"]
    assert (page.title, page.owner, page.review_by, page.role) == (
        "When data arrives", "bob", date(2027, 2, 1), Role.triager,
    )  # fmt: skip
    assert (page.platforms, page.assets, page.tags) == (("sales", "gateway"), ("orders",), ("sales",))
    assert page.text == "# Sales\n"
    assert not page.expired(date(2027, 2, 1))
    assert page.expired(date(2027, 2, 2))


def test_a_title_is_that_of_the_head_then_of_the_text_then_of_the_file(write: Write) -> None:
    pages = library(
        write(**{"a.md": "---\ntitle: A\n---\n# B", "b.md": "Text\n\n# The *B* page", "c-d.md": "Text"})
    ).pages
    assert [page.title for page in pages.values()] == ["A", "The B page", "C d"]


@pytest.mark.parametrize(
    ("head", "role"),
    [
        ("role: [", Role.admin), ("role: emperor", Role.admin), ("roles: []", Role.admin), ("title: [", None),
        ("role: Service Owner", Role.service_owner), ("roles: [admin, emperor]", Role.admin),
        ("role: {a: b}", Role.admin),
    ],
)  # fmt: skip
def test_who_may_read_is_never_guessed_to_be_more_people(write: Write, head: str, role: Role | None) -> None:
    assert library(write(**{"a.md": f"---\n{head}\n---\n# A"})).pages["a.md"].role is role


def test_broken_front_matter_is_told_and_the_text_is_shown(write: Write) -> None:
    found = library(write(**{"a.md": "---\ntitle: [\n---\n# A", "b.md": "---\nreview_by: soon\nowner: [x]\n---\n# B"}))
    assert found.pages["a.md"].text == "# A"
    assert told(found, "head") == [
        ("a.md", "The front matter is no YAML (line 3)."),
        ("b.md", "'owner' is one line of text."),
        ("b.md", "'review_by' is a day such as 2027-02-01."),
    ]


def test_yaml_that_refers_to_itself_a_billion_times_is_read_in_no_time() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{c}: &{c} [{','.join([f'*{b}'] * 9)}]\n" for b, c in pairwise("abcdefghi")
    )
    head, _ = front_matter.split(f"---\n{bomb}tags: *i\ntitle: *i\n---\n")
    assert (head.tags, head.title) == ((), None)


def test_a_folder_may_say_who_reads_it(write: Write) -> None:
    files = {
        "ops/.meta.yml": "role: admin",
        "ops/a.md": "# A",
        "ops/deep/b.md": "---\nrole: triager\n---\n# B",
        "c.md": "# C",
    }
    pages = library(write(**files)).pages
    assert {path: page.role for path, page in pages.items()} == {
        "c.md": None, "ops/a.md": Role.admin, "ops/deep/b.md": Role.triager,
    }  # fmt: skip


def test_broken_defaults_of_a_folder_leave_it_to_admins(write: Write) -> None:
    found = library(write(**{"ops/.meta.yml": "role: [", "ops/a.md": "# A"}))
    assert found.pages["ops/a.md"].role is Role.admin
    assert told(found, "head")[0][0] == "ops/.meta.yml"


def test_what_is_no_text_is_no_page_and_what_is_too_long_is_told(write: Write) -> None:
    found = library(write(**{
        "a.md": b"\x89PNG\r\n\x1a\n\x00\x00", "b.md": b"\xff\xfe\xff", "long.md": "# Long\n" + "x" * TEXT_MOST,
        "huge.md": "---\ntitle: Five megabytes\n---\n" + "word " * 2**20,
    }))  # fmt: skip
    assert [(page.title, page.text) for page in found.pages.values()] == [("Five megabytes", ""), ("Long", "")]
    assert [path for path, _ in told(found, "unreadable")] == ["a.md", "b.md", "huge.md", "long.md"]


def test_links_in_the_file_system_lead_nowhere_outside(write: Write, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.md").write_text("# Secret")
    folder = write(**{"a.md": "# A"})
    (folder / "b.md").symlink_to(tmp_path / "secret" / "key.md")
    (folder / "c.png").symlink_to("/etc/hostname")
    (folder / "d").symlink_to(tmp_path / "secret")
    (folder / "e.md").symlink_to(folder / "a.md")
    (folder / "f.md").symlink_to(folder / "nothing.md")
    found = library(folder)
    assert list(found.pages) == ["a.md", "e.md"]
    assert found.images == frozenset()
    assert [path for path, _ in told(found, "unreadable")] == ["b.md", "c.png", "d"]


def test_names_of_any_kind_are_names(write: Write) -> None:
    names = ["100 % sure.md", "größe/ü & b.md", "a#b?.md"]
    assert sorted(library(write(**dict.fromkeys(names, "# X"))).pages) == sorted(names)


@pytest.mark.parametrize(
    ("place", "docs_dir"), [("docs/mkdocs.yml", "docs"), ("mkdocs.yml", "docs"), ("mkdocs.yml", None)]
)
def test_settings_of_mkdocs_are_found_in_the_folder_or_beside_it(
    write: Write, tmp_path: Path, place: str, docs_dir: str | None
) -> None:
    folder = write(**{"a.md": "# A", "b.md": "# B"})
    (tmp_path / place).write_text("nav: [b.md, a.md]\n" + (f"docs_dir: {docs_dir}\n" if docs_dir else ""))
    assert library(folder).order == ("b.md", "a.md")


def test_a_whole_project_is_read_from_its_docs_dir_and_from_nowhere_else(write: Write, tmp_path: Path) -> None:
    write(**{"a.md": "# A"})
    (tmp_path / "mkdocs.yml").write_text("site_name: X")
    assert list(library(tmp_path).pages) == ["a.md"]
    (tmp_path / "docs" / "mkdocs.yml").write_text("docs_dir: ../..")
    assert list(library(tmp_path / "docs").pages) == ["a.md"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no folder nothing"):
        folder_tree(tmp_path / "nothing")


def test_what_is_packed_is_the_same_documentation(write: Write) -> None:
    folder = write(**{"a.md": HEAD, "b/c d.png": b"\x89PNG"})
    tree = folder_tree(folder)
    changes = {
        "a.md": Change(datetime(2026, 11, 9, tzinfo=UTC), "Bob"),
        "gone.md": Change(datetime(2026, 1, 1, tzinfo=UTC), "X"),
    }
    lost = (Problem("unreadable", "x.md", "The link leads out of the folder; it is not followed."),)
    packed = archive_tree(pack({name: tree.read(name) for name in tree.sizes}, "nav: [a.md]", changes, lost))
    found, plain = build(packed), build(tree)
    assert found.pages["a.md"].change == changes["a.md"]
    assert [(p.path, p.text) for p in found.pages.values()] == [(p.path, p.text) for p in plain.pages.values()]
    assert (found.images, found.problems) == (plain.images, lost)
    assert packed.read("b/c d.png") == b"\x89PNG"


@pytest.mark.parametrize("damaged", [b"", b"PK", b"x" * 100, pack({}, "", {}, ())[:-10]])
def test_a_damaged_archive_is_refused(damaged: bytes) -> None:
    with pytest.raises(Invalid):
        archive_tree(damaged)


def test_the_last_change_of_a_file_is_its_first_mention_in_the_log() -> None:
    log = "\0001790000000\0alice\0\na.md\0b.md\0\0001780000000\0bob\0\na.md\0c d.md\0"
    assert {name: change.by for name, change in read_log(log).items()} == {
        "a.md": "alice",
        "b.md": "alice",
        "c d.md": "bob",
    }


def test_another_content_has_another_stamp(write: Write) -> None:
    before: Tree = folder_tree(write(**{"a.md": "# A"}))
    assert folder_tree(write()).stamp == before.stamp
    assert folder_tree(write(**{"a.md": "# AB"})).stamp != before.stamp
