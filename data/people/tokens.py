"""Confirms the proxy's word by the person's own token, where the app is given one (user authorization)."""

from __future__ import annotations

import hashlib
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping

import httpx

from data.errors import Forbidden
from data.people.identity import header_values, identify
from data.people.model import Identity
from data.settings import Settings

TOKEN_HEADER = "X-Forwarded-Access-Token"
KEPT_S = 300.0
MOST = 4096
ASK_S = 10.0
_known: OrderedDict[str, tuple[frozenset[str], float]] = OrderedDict()
_lock = threading.Lock()


def signed_in(headers: Mapping[str, str], settings: Settings) -> Identity:
    """Who is there, by the headers and, if there is a token, by its owner as well. Raises Forbidden.

    Asks the workspace once in five minutes for each token, so it may block: not for an event loop.
    """
    identity = identify(headers, settings)
    tokens = set(header_values(headers, TOKEN_HEADER)) if settings.in_databricks else set()
    for token in tokens:
        if identity.email not in _owner(token, settings):
            raise Forbidden("Your sign-in names two different people. Sign out, sign in again, and tell an admin.")
    return identity


def _owner(token: str, settings: Settings) -> frozenset[str]:
    """The addresses of the token's owner."""
    key = hashlib.sha256(token.encode()).hexdigest()
    with _lock:
        names, until = _known.get(key, (frozenset[str](), 0.0))
    if time.monotonic() < until:
        return names
    names = _ask(token, settings)
    with _lock:
        _known[key] = names, time.monotonic() + KEPT_S
        if len(_known) > MOST:
            _known.popitem(last=False)
    return names


def _ask(token: str, settings: Settings) -> frozenset[str]:
    host = settings.databricks_host or ""
    url = f"{host if '://' in host else f'https://{host}'}/api/2.0/preview/scim/v2/Me"
    try:
        answer = httpx.get(
            url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=ASK_S,
            verify=ssl.create_default_context(cafile=settings.ca_file),
        )
        me = answer.raise_for_status().json()
        names = [me["userName"], *(address["value"] for address in me.get("emails") or ())]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
        raise Forbidden("Databricks could not confirm your sign-in. Reload the page in a minute.") from error
    return frozenset(str(name).strip().lower() for name in names)
