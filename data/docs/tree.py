"""Where the documentation lies: a folder, or an archive that a pull has packed. Names lead nowhere but into it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from data.docs.contents import CONFIG, settings
from data.docs.model import Change, Problem
from data.errors import Invalid, Unavailable

MANIFEST, CONTENT = "manifest.json", "docs/"
FILES_MOST = 20_000
GIT_S = 10
LOG = ("log", "--no-merges", "--name-only", "--no-renames", "--format=%x00%ct%x00%an", "-z")


@dataclass(frozen=True)
class Tree:
    sizes: Mapping[str, int]
    """Bytes of each file, by path from the folder of the documentation."""
    read: Callable[[str], bytes]
    stamp: str
    config: str = ""
    """Text of mkdocs.yml."""
    changes: Mapping[str, Change] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def folder_tree(folder: Path) -> Tree:
    """Raises Unavailable when it cannot be read. Links that lead out of it are left out and told."""
    root, config = _root(folder)
    problems: list[Problem] = []
    found = dict(sorted(_walk(root, problems)))
    seen = [f"{name}:{stat.st_size}:{stat.st_mtime_ns}" for name, stat in found.items()]
    stamp = hashlib.sha256("\n".join([config, *seen]).encode("utf-8", "surrogateescape")).hexdigest()
    return Tree(
        {name: stat.st_size for name, stat in found.items()}, lambda name: _bytes(root / name), stamp, config,
        problems=tuple(problems),
    )  # fmt: skip


def _root(folder: Path) -> tuple[Path, str]:
    """The folder of the pages and the text of mkdocs.yml, which lies in it, beside it, or above `docs_dir`."""
    if not folder.is_dir():
        raise Unavailable(f"There is no folder {folder.name} with documentation. An admin sets PORTAL_DOCS.")
    for place in (folder, folder.parent):
        if (place / CONFIG).is_file():
            config = _bytes(place / CONFIG).decode("utf-8", "replace")
            named = place / str(settings(config)[0].get("docs_dir") or "docs")
            if place == folder:
                inside = named.is_dir() and named.resolve().is_relative_to(folder.resolve())
                return (named if inside else folder), config
            if named.resolve() == folder.resolve():
                return folder, config
    return folder, ""


def _walk(root: Path, problems: list[Problem]) -> Iterator[tuple[str, os.stat_result]]:
    home, number = root.resolve(), 0
    for place, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted([*files, *(f for f in folders if (Path(place) / f).is_symlink())]):
            path = Path(place) / name
            shown = path.relative_to(root).as_posix()
            if path.is_symlink() and (path.is_dir() or not path.resolve().is_relative_to(home)):
                problems.append(Problem("unreadable", shown, "The link leads out of the folder; it is not followed."))
            elif path.is_file() and (not name.startswith(".") or name == ".meta.yml"):
                number += 1
                if number > FILES_MOST:
                    raise Unavailable(f"The documentation has more than {FILES_MOST:,} files.")
                yield shown, path.stat()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(f"{path.name} cannot be read ({error.strerror}).") from error


def git_changes(folder: Path) -> Mapping[str, Change]:
    """The last change of each file of a folder that lies in a repository; nothing where there is none, or no Git."""
    command = ["git", "-C", str(folder), *LOG, "--relative", "--", "."]
    try:
        done = subprocess.run(command, capture_output=True, timeout=GIT_S, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return {}
    return read_log(done.stdout.decode("utf-8", "replace"))


def read_log(log: str) -> Mapping[str, Change]:
    """What `git LOG` prints: newest first, so the first mention of a file is its last change."""
    changes: dict[str, Change] = {}
    for commit in log.split("\0\0"):
        when, _, rest = commit.strip("\0\n").partition("\0")
        who, *names = rest.replace("\n", "").split("\0")
        if when.isdigit():
            change = Change(datetime.fromtimestamp(int(when), UTC), who)
            for name in filter(None, names):
                changes.setdefault(name, change)
    return changes


def pack(
    files: Mapping[str, bytes], config: str, changes: Mapping[str, Change], problems: tuple[Problem, ...]
) -> bytes:
    """All of it in one file, so that it is replaced as a whole or not at all."""
    told = {
        "config": config,
        "changes": {name: [change.at.isoformat(), change.by] for name, change in changes.items() if name in files},
        "problems": [[p.topic, p.path, p.words] for p in problems],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(told))
        for name, content in files.items():
            archive.writestr(CONTENT + name, content)
    return packed.getvalue()


def archive_tree(packed: bytes) -> Tree:
    """Raises Invalid for what `pack` has not made."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(packed))
        told = json.loads(archive.read(MANIFEST))
        changes = {name: Change(datetime.fromisoformat(at), by) for name, (at, by) in told["changes"].items()}
        problems = tuple(Problem(*parts) for parts in told["problems"])
        config = str(told["config"])
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise Invalid("The packed documentation is damaged.") from error
    files = {info.filename.removeprefix(CONTENT): info for info in archive.infolist() if info.filename != MANIFEST}
    stamp = hashlib.sha256(packed).hexdigest()
    sizes = {name: info.file_size for name, info in files.items() if not PurePosixPath(name).is_absolute()}
    return Tree(sizes, lambda name: archive.read(files[name]), stamp, config, changes, problems)
