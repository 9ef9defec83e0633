"""Reads a branch of a repository without putting its files on the disk: no hook, filter, link or module runs.

Git asks nobody anything and reads no settings of this machine; its words are shown without addresses.
"""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from data.docs.tree import LOG
from data.errors import Unavailable
from data.settings import for_programs

TIMEOUT_S = 120
DEEP = 500
"""Commits that are looked through for the last change of a file."""
BYTES_MOST = 100 * 2**20
LINK, MODULE = "120000", "160000"
NEVER_ASK = ("-c", "core.hooksPath=/dev/null", "-c", "credential.helper=", "-c", "protocol.ext.allow=never",
             "-c", "submodule.recurse=false", "-c", "core.fsmonitor=false", "-c", "gc.auto=0")  # fmt: skip
ADDRESS = re.compile(r"[\w+.-]+://\S+|[\w.-]+@[\w.-]+:\S+")


@dataclass(frozen=True, slots=True)
class Blob:
    mode: str
    sha: str
    size: int

    @property
    def is_file(self) -> bool:
        return self.mode not in {LINK, MODULE}


@dataclass(frozen=True)
class Repository:
    url: str
    folder: Path
    """An empty one, for what Git keeps."""
    token: SecretStr | None = None

    def head(self, branch: str | None) -> tuple[str, str]:
        """Commit and name of the branch. Raises Unavailable."""
        told = self._git("ls-remote", "--symref", "--", self.url, f"refs/heads/{branch}" if branch else "HEAD")
        lines = [line.split("\t") for line in told.decode("utf-8", "replace").splitlines() if "\t" in line]
        named = next((left.removeprefix("ref: refs/heads/") for left, _ in lines if left.startswith("ref: ")), "HEAD")
        commit = next((left for left, _ in lines if re.fullmatch(r"[0-9a-f]{40,64}", left)), "")
        if not commit:
            raise Unavailable(f"The repository has no branch {branch}." if branch else "The repository is empty.")
        return commit, branch or named

    def fetch(self, branch: str) -> None:
        where = ("clone", "--bare", "--quiet", "--no-tags", "--single-branch", f"--depth={DEEP}", f"--branch={branch}")
        self._git(*where, "--", self.url, str(self.folder / "bare"))

    def blobs(self, commit: str) -> Mapping[str, Blob]:
        told = self._inside("ls-tree", "-r", "-z", "--long", "--full-tree", commit).decode("utf-8", "surrogateescape")
        found = {}
        for line in filter(None, told.split("\0")):
            about, _, path = line.partition("\t")
            mode, _, sha, size = about.split()
            found[path] = Blob(mode, sha, int(size) if size.isdigit() else 0)
        return found

    def contents(self, blobs: Mapping[str, Blob]) -> dict[str, bytes]:
        """Raises Unavailable when they are too much for one documentation."""
        if (size := sum(blob.size for blob in blobs.values())) > BYTES_MOST:
            raise Unavailable(f"The documentation has {size / 2**20:,.0f} MB; {BYTES_MOST // 2**20} are the limit.")
        asked = "".join(f"{blob.sha}\n" for blob in blobs.values()).encode()
        return dict(zip(blobs, _batch(self._inside("cat-file", "--batch", given=asked)), strict=True))

    def log(self, commit: str, folder: str) -> str:
        """What `read_log` reads, with paths from `folder`; the oldest commit of a shallow copy tells of no change."""
        roots = self._inside("rev-list", "--max-parents=0", commit).decode().split()
        shallow = (self.folder / "bare" / "shallow").exists()
        until = [f"^{root}" for root in roots] if shallow else []
        within = [f"--relative={folder}/"] if folder else []
        told = self._inside(*LOG, *within, commit, *until, "--", folder or ".")
        return told.decode("utf-8", "replace")

    def _inside(self, *words: str, given: bytes = b"") -> bytes:
        return self._git("-C", str(self.folder / "bare"), *words, given=given)

    def _git(self, *words: str, given: bytes = b"") -> bytes:
        command = ["git", *NEVER_ASK, *words]
        try:
            done = subprocess.run(
                command, input=given, capture_output=True, timeout=TIMEOUT_S, check=False, env=self._environment()
            )
        except FileNotFoundError as error:
            raise Unavailable("There is no Git on this machine.") from error
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"Git did not end within {TIMEOUT_S} s.") from error
        if done.returncode:
            raise Unavailable(self._said(done.stderr))
        return done.stdout

    def _said(self, stderr: bytes) -> str:
        """The last line of its complaint, without addresses: they may hold a password."""
        lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        fatal = next((line for line in lines if line.startswith("fatal: ")), lines[-1] if lines else "no reason")
        words = ADDRESS.sub("the repository", fatal.replace(self.url, "the repository")).removeprefix("fatal: ")
        return f"Git says: {words[:300]}"

    def _environment(self) -> dict[str, str]:
        own = for_programs()
        own |= {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
        own |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=20"}
        if self.token:
            basic = base64.b64encode(f"x-access-token:{self.token.get_secret_value()}".encode()).decode()
            own |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader"}
            own["GIT_CONFIG_VALUE_0"] = f"Authorization: Basic {basic}"
        return own


def _batch(told: bytes) -> Iterator[bytes]:
    """What `git cat-file --batch` prints: a line with the size, the content, a line feed, and so on."""
    at = 0
    while at < len(told):
        end = told.index(b"\n", at)
        size = int(told[at:end].split()[-1])
        yield told[end + 1 : end + 1 + size]
        at = end + size + 2
