"""Files in a folder of this machine."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp

from data.errors import NotFound, Unavailable
from data.files.base import GONE, inside

log = logging.getLogger(__name__)

_WORDS = {
    errno.ENOSPC: "The portal's disk is full. Tell an admin; the file was not kept.",
    errno.EDQUOT: "The portal's disk is full. Tell an admin; the file was not kept.",
    errno.EACCES: "The portal may not use its folder of files. Tell an admin.",
    errno.EPERM: "The portal may not use its folder of files. Tell an admin.",
    errno.EROFS: "The portal's folder of files is read-only. Tell an admin.",
}


class LocalFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, path: str, content: bytes) -> None:
        """Written beside its place and moved there, so nobody ever reads half a file."""
        target = self._folder / inside(path)
        with _in_words(path):
            target.parent.mkdir(parents=True, exist_ok=True)
            number, name = mkstemp(prefix=".new-", dir=target.parent)
            try:
                with open(number, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(number)
                Path(name).replace(target)
            finally:
                Path(name).unlink(missing_ok=True)

    def get(self, path: str) -> bytes:
        with _in_words(path):
            try:
                return (self._folder / inside(path)).read_bytes()
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                raise NotFound(GONE) from None

    def remove(self, path: str) -> None:
        with _in_words(path):
            (self._folder / inside(path)).unlink(missing_ok=True)


@contextmanager
def _in_words(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.warning("The file %s cannot be kept, read or removed: %s", path, error)
        words = _WORDS.get(error.errno or 0, "The portal's folder of files cannot be used. Tell an admin.")
        raise Unavailable(words) from error
