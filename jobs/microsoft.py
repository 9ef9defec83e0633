"""The one way to Microsoft's clouds: the portal's sign-in at Entra, and GET requests to Power BI, Fabric and Graph."""

from __future__ import annotations

import math
import re
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
from pydantic import BaseModel, Field, ValidationError

from data.errors import Invalid, NotFound, Unavailable
from data.portal import Portal
from data.settings import Settings
from data.status import words

ServiceName = Literal["powerbi", "fabric", "graph"]

RENEW_EARLY = timedelta(minutes=5)
YOUNG = timedelta(minutes=5)
"""A token as new as this was not withdrawn: what refuses it lacks a permission."""
SHORTEST_WAIT, LONGEST_WAIT, UNTOLD_WAIT = timedelta(seconds=1), timedelta(days=1), timedelta(minutes=1)
TIMEOUT = httpx.Timeout(20, connect=5)


@dataclass(frozen=True)
class Service:
    title: str
    scope: str
    refused: str
    """What to do about a 401 or 403."""
    patience: timedelta = timedelta(0)
    """As long a wait is slept through. None where requests are counted by the hour: what is refused counts as well."""


SERVICES: Mapping[ServiceName, Service] = {
    "powerbi": Service(
        "Power BI",
        "https://analysis.windows.net/powerbi/api/.default",
        "add the portal's app registration as a member of the workspace",
    ),
    "fabric": Service(
        "Fabric",
        "https://api.fabric.microsoft.com/.default",
        "switch on the tenant setting 'Service principals can call Fabric public APIs' for its security group, "
        "and make the portal's app registration a viewer of the workspace",
    ),
    "graph": Service(
        "Microsoft Graph",
        "https://graph.microsoft.com/.default",
        "grant the portal's app registration the application permissions GroupMember.Read.All and User.Read.All, "
        "with admin consent",
        patience=timedelta(seconds=5),
    ),
}
POWERBI_ADMIN = (
    "switch on the tenant setting 'Service principals can access read-only admin APIs' for its security group, "
    "and leave its app registration without Power BI permissions that need admin consent"
)
SIGN_IN_PROBLEMS = {
    90002: "there is no tenant of this id; correct PORTAL_AZURE_TENANT_ID",
    900023: "PORTAL_AZURE_TENANT_ID is not the id of a tenant",
    700016: "the tenant has no app registration of this id; correct PORTAL_AZURE_CLIENT_ID",
    7000215: "the secret is wrong; PORTAL_AZURE_CLIENT_SECRET must hold the secret's value, not its id",
    7000222: "the secret has expired; make a new one and set PORTAL_AZURE_CLIENT_SECRET",
    7000112: "the app registration is disabled; have it enabled in Entra",
}
"""By AADSTS number."""


class Throttled(Unavailable):
    """The service asks to be left alone until then."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class Refused(Unavailable):
    """The service does not let the portal in; the message says what to grant."""


class Gone(Unavailable):
    """What was asked for is no longer kept; `location`, when told, is where to begin anew."""

    def __init__(self, message: str, location: str | None) -> None:
        super().__init__(message)
        self.location = location


class _Granted(BaseModel):
    access_token: str
    expires_in: Annotated[float, Field(gt=0, allow_inf_nan=False)]


@dataclass(frozen=True)
class _Token:
    secret: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime


@dataclass
class Microsoft:
    """Thread-safe; lives as long as its tokens are of use."""

    settings: Settings
    clock: Callable[[], datetime]
    pause: Callable[[float], None] = time.sleep
    _tokens: dict[str, _Token] = field(default_factory=dict, repr=False)
    _signing_in: threading.Lock = field(default_factory=threading.Lock)

    def get(self, service: ServiceName, path: str, **params: Any) -> Any:
        """The JSON behind `path`, relative to the service or the link to a further page that the service itself gave.

        Raises Throttled, Refused, Gone, NotFound, Invalid (half-configured) and Unavailable, all in words.
        """
        url, patience = self._url(service, path), SERVICES[service].patience
        while True:
            try:
                return self._json(service, url, self._asked(service, url, params))
            except Throttled as throttled:
                wait = throttled.until - self.clock()
                if wait > patience:
                    raise
                patience -= max(wait, SHORTEST_WAIT)
                self.pause(max(0.0, wait.total_seconds()))

    @cached_property
    def _client(self) -> httpx.Client:
        trusted = ssl.create_default_context()
        if self.settings.ca_file:
            trusted.load_verify_locations(self.settings.ca_file)
        client = httpx.Client(verify=trusted, timeout=TIMEOUT, headers={"User-Agent": "status-portal"})
        weakref.finalize(self, client.close)
        return client

    def _url(self, service: ServiceName, path: str) -> httpx.URL:
        """A link to another host must never get the token."""
        base = httpx.URL(getattr(self.settings, f"{service}_url").rstrip("/") + "/")
        try:
            url = base.join(path.lstrip("/"))
        except httpx.InvalidURL:
            raise Unavailable(f"{SERVICES[service].title} pointed to something that is no web address") from None
        if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port):
            raise Unavailable(f"{SERVICES[service].title} pointed to a page on another host, which was not followed")
        return url

    def _asked(self, service: ServiceName, url: httpx.URL, params: Mapping[str, Any]) -> httpx.Response:
        """Refused with a token that worked for a while, it may have been withdrawn: a new one is tried once."""
        token = self._token(service)
        answer = self._with(token, service, url, params)
        if answer.status_code == HTTPStatus.UNAUTHORIZED and self.clock() - token.issued_at > YOUNG:
            answer = self._with(self._token(service, refused=token), service, url, params)
        return answer

    def _with(self, token: _Token, service: ServiceName, url: httpx.URL, params: Mapping[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token.secret}"}
        return self._send(SERVICES[service].title, "GET", url, params=params or None, headers=headers)

    def _json(self, service: ServiceName, url: httpx.URL, answer: httpx.Response) -> Any:
        title = SERVICES[service].title
        match answer.status_code:
            case 401 | 403 as status:
                raise Refused(f"{title} refused the portal's sign-in ({status}): {_remedy(service, url)}")
            case 404:
                raise NotFound(f"{title} does not know it, or the portal may not see it; check the ids in the target")
            case 410:
                raise Gone(f"{title} no longer keeps what was asked for", answer.headers.get("Location"))
            case 200:
                return _parsed(title, answer)
            case status:
                raise Unavailable(f"{title} answered with an error ({status})")

    def _token(self, service: ServiceName, refused: _Token | None = None) -> _Token:
        scope = SERVICES[service].scope
        with self._signing_in:
            token = self._tokens.get(scope)
            if token is None or token is refused or token.expires_at - RENEW_EARLY <= self.clock():
                token = self._tokens[scope] = self._sign_in(scope)
            return token

    def _sign_in(self, scope: str) -> _Token:
        tenant, client_id, secret = _credentials(self.settings)
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, "scope": scope}
        url = f"{self.settings.entra_url.rstrip('/')}/{quote(tenant, safe='')}/oauth2/v2.0/token"
        at, answer = self.clock(), self._send("Entra", "POST", url, data=form)
        if answer.status_code != HTTPStatus.OK:
            raise Unavailable(f"Entra refused the portal's sign-in: {_sign_in_problem(answer)}")
        try:
            granted = _Granted.model_validate(_parsed("Entra", answer))
        except ValidationError:
            raise Unavailable("Entra answered the portal's sign-in without a token") from None
        return _Token(granted.access_token, at, at + timedelta(seconds=granted.expires_in))

    def _send(self, title: str, method: str, url: httpx.URL | str, **parts: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, url, **parts)
        except httpx.TimeoutException:
            raise Unavailable(f"{title} did not answer in time") from None
        except httpx.HTTPError:
            raise Unavailable(f"{title} could not be reached") from None
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or (
            answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE and "Retry-After" in answer.headers
        ):
            raise self._throttled(title, answer)
        return answer

    def _throttled(self, title: str, answer: httpx.Response) -> Throttled:
        at, zone = self.clock(), ZoneInfo(self.settings.timezone)
        until = at + min(max(told_wait(answer, at), SHORTEST_WAIT), LONGEST_WAIT)
        return Throttled(f"{title} asks to wait until {words.clock(until, zone, at)}", until)


_clients: dict[Settings, Microsoft] = {}


def microsoft(portal: Portal) -> Microsoft:
    """The client of these settings, the same from round to round, so that it signs in once an hour."""
    return _clients.setdefault(portal.settings, Microsoft(portal.settings, portal.clock))


def told_wait(answer: httpx.Response, at: datetime) -> timedelta:
    """From Retry-After in seconds, also fractions, or as a date; else from the words of Power BI's answer."""
    told = answer.headers.get("Retry-After", "")
    if not told:
        said = re.search(r"Retry in (\d{1,6}) second", answer.text)
        told = said[1] if said else ""
    try:
        seconds = float(told)
        return timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds())) if math.isfinite(seconds) else UNTOLD_WAIT
    except ValueError:
        return _date_wait(told, at)


def _date_wait(told: str, at: datetime) -> timedelta:
    try:
        date = parsedate_to_datetime(told)
    except ValueError:
        return UNTOLD_WAIT
    return (date if date.tzinfo else date.replace(tzinfo=UTC)) - at


def _credentials(settings: Settings) -> tuple[str, str, str]:
    """Raises Invalid naming each variable that is missing."""
    secret = settings.azure_client_secret.get_secret_value() if settings.azure_client_secret else ""
    wanted = {
        "PORTAL_AZURE_TENANT_ID": settings.azure_tenant_id or "",
        "PORTAL_AZURE_CLIENT_ID": settings.azure_client_id or "",
        "PORTAL_AZURE_CLIENT_SECRET": secret,
    }
    if missing := [name for name, value in wanted.items() if not value]:
        raise Invalid(f"The portal cannot sign in at Microsoft: set {', '.join(missing)}")
    tenant, client_id, secret = wanted.values()
    return tenant, client_id, secret


def _sign_in_problem(answer: httpx.Response) -> str:
    said = re.search(r"AADSTS(\d{3,9})", answer.text)
    if said is None:
        return f"it answered with an error ({answer.status_code})"
    return SIGN_IN_PROBLEMS.get(int(said[1]), f"AADSTS{said[1]}; Microsoft's documentation explains the number")


def _remedy(service: ServiceName, url: httpx.URL) -> str:
    return POWERBI_ADMIN if service == "powerbi" and "/admin/" in url.path else SERVICES[service].refused


def _parsed(title: str, answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        raise Unavailable(f"{title} answered with something that is not JSON") from None
