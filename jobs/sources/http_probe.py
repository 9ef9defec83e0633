"""Asks a web address and compares the answer with what was expected."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Annotated, Literal, Self

import httpx
from pydantic import AfterValidator, ConfigDict, Field, model_validator

from data.errors import PortalError
from data.settings import SECRET_NAME, secret
from data.status.model import Check, Mode, Model, Outcome, Reading
from jobs.sources.base import TO_LOOK, Context, blind, longest_unseen_first
from jobs.sources.targets import read_target

log = logging.getLogger(__name__)

BODY_LIMIT = 64 * 1024
AT_ONCE = 32
SECRET_HEADER = re.compile("(authorization|cookie|token|secret|password|key)$", re.IGNORECASE)


def _web_address(value: str) -> str:
    try:
        url = httpx.URL(value)
    except (httpx.InvalidURL, UnicodeError):
        raise ValueError(f"'{value}' is not a web address") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("must start with http:// or https:// and name a host")
    return value


def _harmless(headers: dict[str, str]) -> dict[str, str]:
    if named := [name for name in headers if SECRET_HEADER.search(name)]:
        raise ValueError(
            f"{', '.join(named)} may be a secret, and checks are stored and shown; "
            "use headers_env with the name of an environment variable"
        )
    return headers


def _variable(name: str) -> str:
    if not re.fullmatch(SECRET_NAME, name):
        raise ValueError("must name an environment variable that begins with PORTAL_SECRET_, in capitals")
    return name


class HttpTarget(Model):
    model_config = ConfigDict(hide_input_in_errors=True)

    url: Annotated[str, AfterValidator(_web_address)]
    method: Literal["GET", "HEAD"] = "GET"
    headers: Annotated[dict[str, str], AfterValidator(_harmless)] = Field(default_factory=dict)
    headers_env: dict[str, Annotated[str, AfterValidator(_variable)]] = Field(default_factory=dict)
    """Secrets by header: the environment variable that holds the value."""
    expect_status: Annotated[int, Field(ge=100, le=599)] = 200
    expect_text: str | None = None
    """Must occur in the first 64 kB of the answer."""
    timeout_s: Annotated[float, Field(gt=0, le=20)] = 5
    """For the whole exchange, from looking up the host to the last byte."""
    follow_redirects: bool = False

    @model_validator(mode="after")
    def _has_a_body(self) -> Self:
        if self.expect_text and self.method == "HEAD":
            raise ValueError("expect_text needs method GET, a HEAD answer has no text")
        return self

    @model_validator(mode="after")
    def _keeps_its_secrets(self) -> Self:
        if self.headers_env and self.follow_redirects:
            raise ValueError("headers_env needs follow_redirects: false, a secret must not go to another address")
        return self

    def with_secrets(self) -> Self:
        """To be sent, never to be stored or shown. Raises PortalError naming the variable without a usable value."""
        secrets = {header: secret(variable) for header, variable in self.headers_env.items()}
        return self.model_copy(update={"headers": self.headers | secrets})


@dataclass(frozen=True, slots=True)
class Answer:
    seconds: float
    status: int | None = None
    found: bool = True
    problem: str | None = None
    """Why there was no answer."""


Answers = Mapping[str, Answer | PortalError]


class HttpProbe:
    name = "http_probe"
    title = "Web addresses: do they answer"
    target = HttpTarget
    modes = frozenset({Mode.success, Mode.assertion, Mode.threshold})
    timeout = timedelta(minutes=1)

    def fetch(self, checks: Sequence[Check], context: Context) -> Answers:
        return asyncio.run(_ask_all(longest_unseen_first(checks, context), self.timeout * TO_LOOK))

    def readings(self, checks: Sequence[Check], payload: Answers, at: datetime) -> list[Reading]:
        return [_reading(check, payload[check.id], at) for check in checks if check.id in payload]


async def _ask_all(checks: Sequence[Check], limit: timedelta) -> Answers:
    """What was not answered within `limit` had not the time its target is owed, so nothing is said of it."""
    gate, trusted = asyncio.Semaphore(AT_ONCE), httpx.create_ssl_context()

    async def ask(check: Check) -> Answer | PortalError:
        try:
            target = read_target(HttpTarget, check.target).with_secrets()
        except PortalError as error:
            return error
        async with gate:
            return await _ask(target, trusted)

    asked = {asyncio.create_task(ask(check)): check.id for check in checks}
    answered, unanswered = await asyncio.wait(asked, timeout=limit.total_seconds())
    if unanswered:
        log.warning("%s of %s web addresses could not be asked in time", len(unanswered), len(asked))
    return {asked[task]: task.result() for task in answered}


async def _ask(target: HttpTarget, trusted: ssl.SSLContext) -> Answer:
    """httpx limits each read on its own; only `asyncio.timeout` ends an exchange that drips for ever."""
    async with httpx.AsyncClient(verify=trusted, timeout=None) as client:
        began = perf_counter()
        try:
            async with asyncio.timeout(target.timeout_s):
                status, text = await _exchange(client, target)
        except TimeoutError:
            return Answer(perf_counter() - began, problem=f"No answer within {target.timeout_s:g} s")
        except (httpx.HTTPError, OSError, ValueError) as error:
            return Answer(perf_counter() - began, problem=f"No answer: {_why(error)}")
        return Answer(perf_counter() - began, status, target.expect_text is None or target.expect_text in text)


async def _exchange(client: httpx.AsyncClient, target: HttpTarget) -> tuple[int, str]:
    headers = {"User-Agent": "status-portal", "Accept-Encoding": "identity", **target.headers}
    async with client.stream(
        target.method, target.url, headers=headers, follow_redirects=target.follow_redirects
    ) as response:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) >= BODY_LIMIT:
                break
        return response.status_code, bytes(body[:BODY_LIMIT]).decode(response.encoding or "utf-8", "replace")


def _causes(error: BaseException) -> Iterator[BaseException]:
    yield error
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else (error.__cause__, error.__context__)
    for cause in inner:
        if cause is not None:
            yield from _causes(cause)


def _why(error: Exception) -> str:
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                return "the host name is not known"
            case ConnectionRefusedError():
                return "connection refused"
            case ssl.SSLCertVerificationError():
                return f"its certificate is not accepted ({cause.verify_message})"
            case ssl.SSLError():
                return "no secure connection could be made"
            case httpx.TooManyRedirects():
                return "it redirects in a circle"
            case httpx.RemoteProtocolError() | httpx.ReadError():
                return "the connection broke off or it does not speak HTTP"
    return "no connection could be made"


def _reading(check: Check, answer: Answer | PortalError, at: datetime) -> Reading:
    if isinstance(answer, PortalError):
        return blind(check, answer, at)
    target = read_target(HttpTarget, check.target)
    fine = answer.status == target.expect_status and answer.found
    return Reading(
        check_id=check.id,
        observed_at=at,
        outcome=Outcome.ok if fine else Outcome.fail,
        value=round(answer.seconds, 4) if answer.status else None,
        message=_message(target, answer),
        evidence={"status": answer.status, "ms": round(answer.seconds * 1000), "url": _public(target.url)},
    )


def _message(target: HttpTarget, answer: Answer) -> str:
    if answer.problem:
        return answer.problem
    if answer.status != target.expect_status:
        return f"Answered {answer.status}, expected {target.expect_status}"
    if not answer.found:
        return f"Answered {answer.status}, but without the text '{target.expect_text}'"
    return f"Answered {answer.status} in {answer.seconds * 1000:.0f} ms"


def _public(address: str) -> str:
    """The address without what may be secret: user, password, query."""
    return str(httpx.URL(address).copy_with(userinfo=b"", query=None, fragment=None))
