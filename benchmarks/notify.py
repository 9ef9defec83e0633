"""How fast the outbox is delivered: to a webhook and by mail, to receivers in this very process."""

from __future__ import annotations

import os
import resource
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.load import AT
from data.engines.recording import RecordingEngine
from data.notifications.model import Channel, Notice
from data.people.model import Actor
from data.portal import Portal, connect
from data.settings import Settings, put_in_environment
from jobs.notify import notify
from tests.standins.receivers import mail_server, receiver

ROWS, MAILS = 10_000, 2_000


def run(arguments: Sequence[str]) -> None:
    parser = ArgumentParser(prog="python -m benchmarks notify", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="notices for a webhook")
    parser.add_argument("--mails", type=int, default=MAILS, help="notices for one person each")
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as folder, ExitStack() as stack:
        box, hook = stack.enter_context(mail_server()), stack.enter_context(receiver())
        url, key = "PORTAL_SECRET_BENCH_URL", "PORTAL_SECRET_BENCH_KEY"
        put_in_environment({url: hook.url, key: "signing"})
        settings = Settings(
            home=Path(folder), smtp_host="127.0.0.1", smtp_port=box.port, smtp_security="none", private_receivers=True
        )
        portal = connect(settings).replace(clock=lambda: AT)
        portal.schema.migrate()
        channel = Channel(
            id="", name="Bench", type="webhook", platform_id=None, kinds=("messages",), url_variable=url,
            secret_variable=key,
        )  # fmt: skip
        portal.notifications.channels.save(Actor.job(), channel)
        _tell("posts", portal, [_notice(n, "messages", ()) for n in range(given.rows)], hook.posted)
        people = [_notice(n, "incidents", (f"person-{n}@example.org",)) for n in range(given.mails)]
        _tell("mails", portal, people, box.mails)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak memory with the receivers {peak:,.0f} MB, {os.cpu_count()} cores\n")


def _tell(what: str, portal: Portal, notices: Sequence[Notice], arrived: Sequence[object]) -> None:
    portal.outbox.add(notices)
    engine = RecordingEngine(portal.engine)
    began = perf_counter()
    planned = portal.notifications.post.plan()
    planning = perf_counter() - began
    notify(portal.replace(engine=engine))
    took = perf_counter() - began
    sys.stdout.write(
        f"{len(arrived):,} of {planned:,} {what} arrived in {took:,.1f} s, {len(arrived) / took:,.0f} a second, "
        f"{planning:,.1f} s of it planning; {len(engine.calls)} statements to deliver\n"
    )


def _notice(number: int, kind: str, recipients: tuple[str, ...]) -> Notice:
    return Notice(
        id=f"{kind}-{number:06}", at=AT - timedelta(seconds=1), topic="message:publish", object_type="message",
        object_id=f"{kind}-{number:06}", platform_id=None, actor="alice@example.org", audience="everybody",
        recipients=recipients,
        payload={"title": f"Sales are late, {number}", "text": "Since five o'clock. " * 10, "kind": kind},
    )  # fmt: skip
