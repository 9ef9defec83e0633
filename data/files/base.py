"""What every store of files does."""

from __future__ import annotations

import re
from typing import Protocol

from data.errors import Invalid

FOLDER = "attachments"
GONE = "The file is not there any more."
_PATH = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)*", re.ASCII)


class Files(Protocol):
    """A path is relative, `ticket/name`. Every method may be repeated, and raises Unavailable in words."""

    def put(self, path: str, content: bytes) -> None:
        """All of it or nothing; what was there is replaced."""
        ...

    def get(self, path: str) -> bytes:
        """Raises NotFound."""
        ...

    def remove(self, path: str) -> None: ...


def inside(path: str) -> str:
    """The path, if it cannot lead out of the store: no part is empty or begins with a dot. Raises Invalid."""
    if not _PATH.fullmatch(path):
        raise Invalid("This is no path of a file in the portal.")
    return path
