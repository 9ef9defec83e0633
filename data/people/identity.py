"""From request headers to an identity. The only place that believes, or does not believe, a header."""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.errors import Forbidden
from data.people.model import Identity
from data.settings import Settings

EMAIL_HEADER = "X-Forwarded-Email"
NAME_HEADER = "X-Forwarded-Preferred-Username"
_ADDRESS = re.compile(r"[^\s,;@]+@[^\s,;@]+")


def identify(headers: Mapping[str, str], settings: Settings) -> Identity:
    """Behind the proxy: whom the proxy names. Elsewhere headers prove nothing, so the local persona.

    Raises Forbidden when the proxy names nobody, or more than one person (a header of the client's own beside it).
    """
    if not settings.believes_headers:
        return Identity(settings.dev_user.lower(), settings.dev_user.partition("@")[0], local=True)
    emails = {value.strip().lower() for value in header_values(headers, EMAIL_HEADER)}
    if len(emails) != 1 or not _ADDRESS.fullmatch(email := emails.pop()):
        raise Forbidden(
            f"The portal cannot tell who you are: the sign-in did not pass on one e-mail address ({EMAIL_HEADER}). "
            "Open the portal through its own address and sign in; if you did, tell an admin of this portal."
        )
    names = [name for value in header_values(headers, NAME_HEADER) if (name := value.strip())]
    return Identity(email, names[0] if names else email)


def header_values(headers: Mapping[str, str], name: str) -> list[str]:
    return [_decoded(value) for key, value in headers.items() if key.lower() == name.lower()]


def _decoded(value: str) -> str:
    """Servers hand over header bytes as Latin-1; proxies send UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
