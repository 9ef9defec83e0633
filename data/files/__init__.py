"""Where files live, those that people attach and others: a volume of the workspace, or a folder at home."""

from __future__ import annotations

from data.files.base import FOLDER, Files
from data.files.local import LocalFiles
from data.settings import Settings

__all__ = ["Files", "files_of"]


def files_of(settings: Settings, folder: str = FOLDER) -> Files:
    """The volume where the tables are in a workspace (see `engine_of`), else a folder in `home`."""
    if settings.warehouse_id or settings.in_databricks or settings.runtime_version:
        from data.files.volume import VolumeFiles  # the SDK takes seconds

        return VolumeFiles(settings, folder)
    return LocalFiles(settings.home / folder)
