"""Files in the portal's Unity Catalog volume, over the Files API of the workspace.

Not through the SDK's `files`: that asks for addresses in the cloud's own storage, which the app may not be allowed to
reach, and sleeps between attempts for as long as it is told to.
"""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from data.engines.databricks.sign_in import config
from data.errors import NotFound, Unavailable
from data.files.base import FOLDER, GONE, inside
from data.settings import Settings

if TYPE_CHECKING:
    from databricks.sdk.core import Config

log = logging.getLogger(__name__)

ABSENT = 404


@dataclass(frozen=True)
class VolumeFiles:
    settings: Settings
    folder: str = FOLDER
    timeout_s: float = 20
    """For connecting, and for each piece of an answer."""

    def put(self, path: str, content: bytes) -> None:
        answer = self._ask("PUT", path, params={"overwrite": "true"}, content=content)
        if answer.status_code == ABSENT:
            raise Unavailable(f"There is no volume {self._volume}; an admin sets PORTAL_VOLUME or deploys the bundle.")

    def get(self, path: str) -> bytes:
        answer = self._ask("GET", path)
        if answer.status_code == ABSENT:
            raise NotFound(GONE)
        return answer.content

    def remove(self, path: str) -> None:
        self._ask("DELETE", path)

    @property
    def _names(self) -> tuple[str, str, str]:
        return str(self.settings.catalog), str(self.settings.schema_name), self.settings.volume

    @property
    def _volume(self) -> str:
        return ".".join(self._names)

    @cached_property
    def _config(self) -> Config:
        """Keeps its token until that expires."""
        return config(self.settings)

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        trusted = ssl.create_default_context()
        if self.settings.ca_file:
            trusted.load_verify_locations(self.settings.ca_file)
        return trusted

    def _ask(self, method: str, path: str, **parts: Any) -> httpx.Response:
        """The answer of success, or ABSENT. Each call connects anew: they are rare, and nothing needs closing."""
        place = quote("/".join(("/Volumes", *self._names, self.folder, inside(path))))
        try:
            headers = self._config.authenticate()
            url = f"{self._config.host}/api/2.0/fs/files{place}"
            answer = httpx.request(method, url, headers=headers, timeout=self.timeout_s, verify=self._trusted, **parts)
        except httpx.TimeoutException as error:
            raise Unavailable("Databricks did not answer in time. Try again in a minute.") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:  # OSError: also those of the SDK
            log.warning("%s of %s in the volume %s: %s", method, path, self._volume, error)
            raise Unavailable("Databricks cannot be reached or refuses the portal's sign-in. Tell an admin.") from error
        if answer.is_success or answer.status_code == ABSENT:
            return answer
        log.warning("%s of %s in the volume %s: %s", method, path, self._volume, answer.status_code)
        raise Unavailable(self._refusal(method, answer.status_code))

    def _refusal(self, method: str, status: int) -> str:
        if status in {401, 403}:
            grant = "READ VOLUME" if method == "GET" else "READ VOLUME and WRITE VOLUME"
            return f"The portal needs a grant: an admin gives its service principal {grant} on {self._volume}."
        return f"Databricks cannot keep or give files just now ({status}). Try again in a minute."
