"""A web server on a real socket that behaves as badly as its path says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

DRIP_PAUSE = 0.05


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    closing: ClassVar[threading.Event]
    seen: ClassVar[list[str]]

    def do_GET(self) -> None:
        self.seen.append(f"{self.command} {self.path}")
        {
            "/slow": self._slow,
            "/drip-head": self._drip_head,
            "/drip-body": self._drip_body,
            "/endless": self._endless,
            "/breaks-off": self._break_off,
            "/moved": self._moved,
            "/503": lambda: self._answer(503, b"down for maintenance"),
        }.get(self.path.partition("?")[0], lambda: self._answer(200, b"all is well"))()

    do_HEAD = do_GET

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _slow(self) -> None:
        self.closing.wait(30)

    def _drip_head(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        self._write_until_closed(b"x", DRIP_PAUSE)

    def _drip_body(self) -> None:
        self._start_without_length()
        self._write_until_closed(b"x", DRIP_PAUSE)

    def _endless(self) -> None:
        self._start_without_length()
        self._write_until_closed(b"x" * 16_384, 0)

    def _break_off(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        self.close_connection = True

    def _moved(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/ok")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _start_without_length(self) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()

    def _write_until_closed(self, piece: bytes, pause: float) -> None:
        try:
            while not self.closing.wait(pause):
                self.wfile.write(piece)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests quiet."""


class HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        self.closing = threading.Event()
        self.seen: list[str] = []
        handler = type("Handler", (_Handler,), {"closing": self.closing, "seen": self.seen})
        super().__init__(("127.0.0.1", 0), handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def http_server() -> Iterator[HttpServer]:
    server = HttpServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
