"""Posts to addresses that admins chose: only public ones, never onward to another, and no longer than a moment.

Nothing here tells an address: it is a secret, so errors name the channel's environment variable only, and requests go
straight to the transport, because the client of httpx logs every address.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import perf_counter

import httpx

from data.errors import PortalError
from data.notifications.model import Channel
from data.settings import secret
from jobs.channels.base import Failed, Office, Postponed, Refused

STANDARD = {"Content-Type": "application/json", "User-Agent": "status-portal"}
TIMEOUT_S = 10.0
BODY_MOST = 64 * 1024
PRIVATE = "The address leads into the network of the portal. It is not used; PORTAL_PRIVATE_RECEIVERS=1 would allow it."


class Receivers:
    """A connection pool for each channel: two that share a host share nothing else."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._transports: dict[str, httpx.HTTPTransport] = {}
        self._asked_to_wait: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def channel(self, target: str) -> Channel:
        if channel := self._office.channels.get(target):
            return channel
        raise Refused("The channel was removed.")

    def post(self, channel: Channel, body: bytes, headers: Mapping[str, str]) -> None:
        now = self._office.clock()
        if (until := self._asked_to_wait.get(channel.id)) and until > now:
            raise Postponed("The receiver asked to wait.", until)
        try:
            status, asked = self._exchange(channel, body, headers)
        except PortalError:
            raise
        except httpx.TimeoutException:
            raise Failed(f"No answer within {TIMEOUT_S:g} s.") from None
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise Failed(f"No connection could be made ({type(_first(error)).__name__}).") from None
        self._judge(channel, status, wait_until(asked, now))

    def close(self) -> None:
        for transport in self._transports.values():
            transport.close()

    def _judge(self, channel: Channel, status: int, until: datetime | None) -> None:
        if 200 <= status < 300:
            return
        if status in (408, 425, 429) or status >= 500:
            if until:
                self._asked_to_wait[channel.id] = until
            raise Failed(f"The receiver answered {status}.", until)
        if 300 <= status < 400:
            raise Refused(f"The receiver answered {status}: it leads elsewhere, and the portal does not follow.")
        raise Refused(f"The receiver answered {status}, so it does not take this.")

    def _address(self, channel: Channel) -> httpx.URL:
        """Raises Refused naming the variable, never its value."""
        try:
            address = httpx.URL(secret(channel.url_variable))
        except PortalError as error:
            raise Refused(str(error)) from None
        except (httpx.InvalidURL, UnicodeError):
            raise Refused(f"{channel.url_variable} does not hold a web address.") from None
        if address.scheme not in ("http", "https") or not address.host:
            raise Refused(f"{channel.url_variable} does not hold a web address.")
        if address.scheme == "http" and not self._office.settings.private_receivers:
            raise Refused(f"{channel.url_variable} must begin with https://.")
        return address

    def _transport(self, channel: Channel) -> httpx.HTTPTransport:
        with self._lock:
            if channel.id not in self._transports:
                limits = httpx.Limits(max_connections=64)
                self._transports[channel.id] = httpx.HTTPTransport(verify=_trusted(self._office), limits=limits)
            return self._transports[channel.id]

    def _exchange(self, channel: Channel, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """Looks the host up once and connects to exactly what was judged, so that a second look-up cannot differ.

        The answer's text does not matter; what drips longer than the time limit is not waited for.
        """
        url, private = self._address(channel), self._office.settings.private_receivers
        request = httpx.Request("POST", url, content=body, headers=STANDARD | dict(headers))
        request.url = url.copy_with(host=look_up(url.host, url.port or 443, private))  # the Host header stays the name
        limits = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_S)
        request.extensions = {"timeout": limits, "sni_hostname": url.host}
        began, read = perf_counter(), 0
        with closing(self._transport(channel).handle_request(request)) as response:
            for chunk in response.iter_raw():
                read += len(chunk)
                if read > BODY_MOST or perf_counter() - began > TIMEOUT_S:
                    break
            return response.status_code, response.headers.get("Retry-After", "")


def look_up(host: str, port: int, private: bool) -> str:
    """Raises Failed for an unknown name, Refused when any of its addresses is not a public one."""
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise Failed("The host name of the address is not known.") from None
    if not private and not all(map(is_public, found)):
        raise Refused(PRIVATE)
    return found[0]


def is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def wait_until(asked: str, now: datetime) -> datetime | None:
    """Retry-After, in seconds or as a date."""
    if asked.strip().isdecimal():
        return now + timedelta(seconds=min(int(asked), 86_400))
    try:
        told = parsedate_to_datetime(asked)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _trusted(office: Office) -> ssl.SSLContext:
    trusted = httpx.create_ssl_context()
    if office.settings.ca_file:
        trusted.load_verify_locations(office.settings.ca_file)
    return trusted


def _first(error: BaseException) -> BaseException:
    while error.__context__ is not None:
        error = error.__context__
    return error
