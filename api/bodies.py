"""What comes in is read whole before anything looks at it: bounded in size, time and depth."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

from starlette.types import Message, Receive

MOST_BYTES = 2 * 2**20
READ_S = 30.0
DEEPEST = 32
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_BRACKETS = b"[]{}"
_OTHERS = bytes(set(range(256)) - set(_BRACKETS))
_PAIRS = re.compile(rb"\[\]|\{\}")
_CONSTANTS = re.compile(rb"NaN|Infinity")
_ESCAPED = re.compile(rb"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..")
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


class Unreadable(Exception):
    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


async def read_body(receive: Receive, headers: Mapping[str, str], patience_s: float = READ_S) -> bytes:
    """Raises Unreadable: too large (by its header, or while it comes), too slow, no JSON, too deep."""
    told = headers.get("content-length", "0")
    if told.isascii() and told.isdecimal() and int(told) > MOST_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(patience_s):
            body = await _read(receive)
    except TimeoutError:
        raise Unreadable(408, f"The body did not arrive within {patience_s:.0f} seconds.") from None
    if body:
        _must_be_json(body, headers.get("content-type", ""))
    return body


async def _read(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Unreadable(400, "The body ended too early.")
        chunks.append(message.get("body", b""))
        size, more = size + len(chunks[-1]), message.get("more_body", False)
        if size > MOST_BYTES:
            raise _too_large()
    return b"".join(chunks)


def _too_large() -> Unreadable:
    return Unreadable(413, f"Bodies have at most {MOST_BYTES // 2**20} MB; send less at once.")


def _must_be_json(body: bytes, content_type: str) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if not re.fullmatch(r"application/([\w.+-]+\+)?json", kind):
        raise Unreadable(415, "Bodies are JSON; send Content-Type: application/json.")
    try:
        body.decode()
    except UnicodeDecodeError:
        raise Unreadable(400, "JSON is written in UTF-8; this body is not.") from None
    if _HALF.search(_ESCAPED.sub(b"", body)):
        raise Unreadable(400, "This holds one half of a character (a lone surrogate).")
    plain = _STRINGS.sub(b"", body)
    if b"\0" in body or _CONSTANTS.search(plain):
        raise Unreadable(400, "This is not JSON: it holds NaN, Infinity or a NUL.")
    if _is_deep(plain):
        raise Unreadable(400, f"This is nested more than {DEEPEST} levels deep, or its brackets do not match.")


def _is_deep(plain: bytes) -> bool:
    """Each step takes the innermost brackets away."""
    left = plain.translate(None, _OTHERS)
    for _ in range(DEEPEST):
        if not left:
            return False
        left = _PAIRS.sub(b"", left)
    return bool(left)


def again(body: bytes, receive: Receive) -> Receive:
    """What has been read, for whoever reads next."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return left.pop() if left else await receive()

    return receive_again
