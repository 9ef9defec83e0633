"""Receivers of notifications on real sockets: a web server that answers as it is told, and a mail server."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP

FINE = (200, {})


@dataclass
class Posted:
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers`: status and headers of the next answers, then 200; status 0 never answers."""

    url: str = ""
    answers: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)
    posted: list[Posted] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def will_answer(self, *statuses: int, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.extend((status, named) for status in statuses)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(6, 1, 1)  # TCP_NODELAY: headers and body are two writes

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.posted.append(Posted(self.path, dict(self.headers), body))
        status, headers = self.receiver.answers.popleft() if self.receiver.answers else FINE
        if status == 0:
            self.receiver.closing.wait(30)
            return
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def receiver() -> Iterator[Receiver]:
    state = Receiver()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"receiver": state}))
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        state.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mailbox:
    """`answers`: what the server says to the next mails, then yes."""

    port: int = 0
    answers: deque[str] = field(default_factory=deque)
    mails: list[EmailMessage] = field(default_factory=list)

    async def take(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.answers:
            return self.answers.popleft()
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    handle_DATA = take  # as aiosmtpd calls it


@contextmanager
def mail_server(**options: Any) -> Iterator[Mailbox]:
    """`options`: of aiosmtpd's SMTP (tls_context, authenticator …)."""
    box, loop = Mailbox(), asyncio.new_event_loop()
    serving = loop.create_server(lambda: SMTP(box, loop=loop, **options), "127.0.0.1", 0)
    server = loop.run_until_complete(serving)
    box.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
