"""Results pushed over HTTP at a steady rate while somebody works on the front page: how many are stored, how fast.

Each request holds one result of another of 1,000 checks. The client does not wait for an answer before it sends the
next; requests are sent when they are due, whatever became of the others. Afterwards the acknowledged ids are counted
in the table. Meanwhile, in Chromium, a filter of the front page is clicked again and again; a click is done when the
tiles that it asks for are there.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

import httpx
from playwright.sync_api import Page, sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.load import CHECKS, PLATFORMS, build
from data.portal import connect
from data.settings import Settings
from tests.end_to_end.server import running

RESULTS = 100_000
RATE, SECONDS, CONNECTIONS = 200, 60, 400
AT_ONCE = 5_000
TIMEOUT_S = 60.0
IDLE_S = 2.0
"""An idle connection is left before the server closes it, which takes five seconds: a result could be on its way."""


@dataclass
class Told:
    took: list[float] = field(default_factory=list)
    """Milliseconds until each answer."""
    ids: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


def run(arguments: Sequence[str]) -> None:
    parser = ArgumentParser(prog="python -m benchmarks push", description=__doc__)
    parser.add_argument("--rate", type=int, default=RATE, help="results a second")
    parser.add_argument("--seconds", type=int, default=SECONDS)
    chosen = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        build(home, RESULTS)
        with running(home, PORTAL_DEMO="0", PORTAL_PUSH_RATE="100000") as address:
            asyncio.run(_push(address, CHECKS, CHECKS))  # every check was silent until now: once it turns
            before = asyncio.run(_watched(address, 5))
            told, clicks = asyncio.run(_both(address, chosen.rate, chosen.seconds))
        missing = len(set(told.ids)) - _stored(home, told.ids)
    sys.stdout.write(_report(chosen.rate, chosen.seconds, told, missing, before, clicks))


async def _both(address: str, rate: int, seconds: int) -> tuple[Told, list[Click]]:
    pushed, clicks = await asyncio.gather(_push(address, rate, rate * seconds), _watched(address, seconds))
    return pushed, clicks


async def _push(address: str, rate: int, number: int) -> Told:
    """`number` results, `rate` a second."""
    told = Told()
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=IDLE_S)
    async with (
        httpx.AsyncClient(base_url=address, limits=limits, timeout=TIMEOUT_S) as client,
        asyncio.TaskGroup() as all_,
    ):
        began = perf_counter()
        for n in range(number):
            await asyncio.sleep(max(0.0, began + n / rate - perf_counter()))
            all_.create_task(_send(client, n, told))
    return told


async def _send(client: httpx.AsyncClient, n: int, told: Told) -> None:
    path = f"/api/v1/checks/check-{n % CHECKS:04}/results"
    began = perf_counter()
    try:
        answer = await client.post(path, json={"value": n % 70, "key": f"{began}-{n}"})
    except httpx.HTTPError as error:
        told.refused[type(error).__name__] += 1
        return
    told.took.append((perf_counter() - began) * 1000)
    if answer.status_code == 201:
        told.ids += [result["id"] for result in answer.json()["results"]]
    else:
        told.refused[str(answer.status_code)] += 1


class Click(NamedTuple):
    """Milliseconds until the server had told all of the new page, and until the browser had drawn it."""

    told: float
    drawn: float


async def _watched(address: str, seconds: int) -> list[Click]:
    return await asyncio.to_thread(_clicks, address, seconds)


def _clicks(address: str, seconds: int) -> list[Click]:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page, finished = browser.new_page(), list[float]()
        page.on("websocket", lambda socket: socket.on("framereceived", partial(_note_end, finished)))
        page.goto(address)
        page.get_by_text("Platform 1", exact=False).first.wait_for()
        page.wait_for_timeout(3_000)
        until, took = perf_counter() + seconds, []
        while perf_counter() < until:
            took += [_searched(page, finished, *asked) for asked in (("999", 1), ("", PLATFORMS))]
            page.wait_for_timeout(500)
        browser.close()
    return took


def _note_end(finished: list[float], frame: str | bytes) -> None:
    if isinstance(frame, bytes) and ForwardMsg.FromString(frame).WhichOneof("type") == "script_finished":
        finished.append(perf_counter())


def _searched(page: Page, finished: list[float], words: str, tiles: int) -> Click:
    box = page.get_by_label("Find a platform or check")
    box.fill(words)
    began = perf_counter()
    box.press("Enter")
    page.wait_for_function("n => document.querySelectorAll('[class*=\"st-key-tile_\"]').length === n", arg=tiles)
    drawn = perf_counter()
    told = next((at for at in finished if at > began), drawn)
    return Click((told - began) * 1000, (drawn - began) * 1000)


def _stored(home: Path, ids: Sequence[str]) -> int:
    portal = connect(Settings(home=home))
    since = (portal.clock() - timedelta(days=1)).date()
    parts = (ids[n : n + AT_ONCE] for n in range(0, len(ids), AT_ONCE))
    return sum(
        len(portal.statements.rows("status/list_known_results", ids=part, since_day=since, limit=AT_ONCE))
        for part in parts
    )


def _report(rate: int, seconds: int, told: Told, missing: int, before: list[Click], clicks: list[Click]) -> str:
    lines = [
        "|  | target | measured |",
        "| --- | ---: | ---: |",
        f"| results a second, sent for {seconds} s | 200 | {rate} |",
        f"| acknowledged, of {rate * seconds:,} | all | {len(told.ids):,} |",
        f"| acknowledged but not in the table | 0 | {missing} |",
        f"| until acknowledged, p50 / p95, ms | | {_spread(told.took)} |",
        f"| front page, search until it is answered, p50 / p95, ms | 300 | {_spread([c.told for c in clicks])} |",
        f"| the same before anything was pushed | | {_spread([c.told for c in before])} |",
        f"| until Chromium has drawn its tiles | | {_spread([c.drawn for c in clicks])} |",
        f"| the same before anything was pushed | | {_spread([c.drawn for c in before])} |",
    ]
    refused = ", ".join(f"{number} times {what}" for what, number in told.refused.items()) or "nothing"
    return "\n".join(
        [*lines, "", f"Refused: {refused}. {CHECKS:,} checks; load {os.getloadavg()[0]:.1f} at the end.", ""]
    )


def _spread(took: Sequence[float]) -> str:
    parts = quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return f"{parts[49]:,.0f} / {parts[94]:,.0f}"
