"""How fast the API answers over a socket, and what a burst of one person does to the others."""

from __future__ import annotations

import asyncio
import os
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlsplit

from benchmarks.load import CHECKS, PLATFORMS, build
from tests.end_to_end.server import running

RESULTS, RUNS = 100_000, 400
BURST, CONNECTIONS = 2_000, 40
TARGETS = {"status": 10, "304": 3}


@dataclass
class Asked:
    """What one connection was answered: milliseconds by status."""

    took: dict[int, list[float]] = field(default_factory=dict)
    bytes: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the last answer."""

    def add(self, other: Asked) -> None:
        for status, took in other.took.items():
            self.took.setdefault(status, []).extend(took)

    def p(self, status: int, percent: int) -> float:
        return quantiles(self.took[status], n=100)[percent - 1]


def run(arguments: Sequence[str]) -> None:
    ArgumentParser(prog="python -m benchmarks api", description=__doc__).parse_args(arguments)
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        build(home, RESULTS)
        settings = {"PORTAL_DEMO": "0", "PORTAL_SCHEDULER": "0", "PORTAL_TRUST_PROXY": "1"}
        with running(home, **settings, PORTAL_API_RATE="100000") as address:
            lines = asyncio.run(_alone(address))
        with running(home, **settings) as address:
            lines += asyncio.run(_burst(address))
    method = f"{CHECKS:,} checks on {PLATFORMS} platforms; over one socket, load {os.getloadavg()[0]:.1f} at the end"
    sys.stdout.write("\n".join(["|  | target | p50 | p95 |", "| --- | ---: | ---: | ---: |", *lines, "", method, ""]))


async def _alone(address: str) -> list[str]:
    """One after the other, warm, on a connection that stays."""
    await ask(address, "/api/v1/status", 20)
    whole = await ask(address, "/api/v1/status", RUNS)
    known = await ask(address, "/api/v1/status", RUNS, {"If-None-Match": whole.headers["etag"]})
    page = await ask(address, "/api/v1/checks?size=50", RUNS)
    return [
        _line(f"`GET /api/v1/status`, {whole.bytes / 1024:,.0f} kB", f"p95 ≤ {TARGETS['status']} ms", whole, 200),
        _line("The same, 304", f"p95 ≤ {TARGETS['304']} ms", known, 304),
        _line(f"`GET /api/v1/checks`, 50 of {CHECKS:,}, {page.bytes / 1024:,.0f} kB", "", page, 200),
    ]


async def _burst(address: str) -> list[str]:
    """`BURST` requests of one person within a second, while another one asks every 20 ms."""
    await ask(address, "/api/v1/status", 3)
    began = perf_counter()
    beside = asyncio.create_task(ask(address, "/api/v1/status", 40, person="alice", pause_s=0.02))
    pause_s = CONNECTIONS / BURST
    crowd = [ask(address, "/api/v1/status", BURST // CONNECTIONS, pause_s=pause_s) for _ in range(CONNECTIONS)]
    burst = Asked()
    for asked in await asyncio.gather(*crowd):
        burst.add(asked)
    took, other = perf_counter() - began, await beside
    counts = Counter({status: len(took) for status, took in burst.took.items()})
    told = ", ".join(f"{number:,} × {status}" for status, number in sorted(counts.items()))
    return [
        f"| {BURST:,} requests of one person: {told} | all answered | {took:.2f} s |  |",
        _line("– its 429s", "", burst, 429),
        _line("– `GET /api/v1/status` of somebody else meanwhile", "", other, 200),
    ]


def _line(what: str, target: str, asked: Asked, status: int) -> str:
    return f"| {what} | {target} | {asked.p(status, 50):.1f} ms | {asked.p(status, 95):.1f} ms |"


async def ask(
    address: str, path: str, times: int, headers: Mapping[str, str] | None = None, person: str = "bob",
    pause_s: float = 0,
) -> Asked:  # fmt: skip
    """On one connection. With a pause: that long from one request to the next, if the answer comes by then."""
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    sent = {"Host": place.netloc, "X-Forwarded-Email": f"{person}@example.org", **(headers or {})}
    head = f"GET {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sent.items()) + "\r\n"
    asked, began = Asked(), perf_counter()
    for number in range(times):
        if (early := began + number * pause_s - perf_counter()) > 0:
            await asyncio.sleep(early)
        start = perf_counter()
        writer.write(head.encode())
        status, asked.headers, asked.bytes = await _answer(reader)
        asked.took.setdefault(status, []).append((perf_counter() - start) * 1000)
    writer.close()
    return asked


async def _answer(reader: asyncio.StreamReader) -> tuple[int, Mapping[str, str], int]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    length = int(told.get("content-length", 0))
    await reader.readexactly(length)
    return int(head[0].split()[1]), told, length
