"""`python -m jobs NAME`: the door for clocks. Exit 0 when the portal did its work, even if what it measured is red."""

from __future__ import annotations

import signal
import sys
import threading
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from data.errors import Invalid
from data.glossary.formats import FORMATS
from data.people.model import Actor
from data.portal import connect, open_portal
from data.status.fields import Duration
from jobs import logs
from jobs.apply import apply
from jobs.glossary import export_terms, import_terms
from jobs.ingest import ingest, run_forever
from jobs.maintain import maintain
from jobs.notify import notify
from jobs.rollup import rollup
from jobs.seed_demo import remove_demo, seed_demo
from jobs.sources import SOURCES
from jobs.sources.base import in_words
from jobs.sync_groups import sync_groups
from jobs.tend_tickets import tend_tickets

Lines = Sequence[str]


def _migrate(_: Namespace) -> Lines:
    done = connect().schema.migrate()
    return [f"{name} applied." for name in done] or ["The store is up to date."]


def _ingest(given: Namespace) -> Lines:
    portal = open_portal()
    if given.once:
        return ingest(portal, given.due, only=given.source, every=given.every).lines()
    run_forever(portal, _told_to_stop())
    return ["Stopped."]


def _rollup(given: Namespace) -> Lines:
    return rollup(open_portal(), given.days)


def _maintain(_: Namespace) -> Lines:
    return maintain(open_portal())


def _sync_groups(_: Namespace) -> Lines:
    return sync_groups(open_portal())


def _tend_tickets(_: Namespace) -> Lines:
    return tend_tickets(open_portal())


def _notify(_: Namespace) -> Lines:
    return notify(open_portal())


def _apply(given: Namespace) -> Lines:
    return apply(open_portal(), given.file, given.yes, given.prune)


def _export(_: Namespace) -> Lines:
    return open_portal().status.editor.export(Actor.job("export")).splitlines()


def _glossary(given: Namespace) -> Lines:
    if given.deed == "import":
        return import_terms(open_portal(), given.file, given.format, given.yes)
    return export_terms(open_portal(), given.file, given.format or "portal")


def _seed_demo(given: Namespace) -> Lines:
    portal = open_portal()
    return remove_demo(portal) if given.remove else seed_demo(portal).lines()


def _list(_: Namespace) -> Lines:
    return [f"{name:12}  {job.purpose}" for name, job in JOBS.items()]


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 3650:
        raise ArgumentTypeError(f"'{text}' is not a number of days between 1 and 3650")
    return int(text)


def _duration(text: str) -> timedelta:
    try:
        return TypeAdapter(Duration).validate_python(text)
    except ValidationError as error:
        raise ArgumentTypeError(error.errors()[0]["msg"]) from error


@dataclass(frozen=True)
class Job:
    purpose: str
    run: Callable[[Namespace], Lines]
    options: Mapping[str, Mapping[str, Any]]


FLAG = {"action": "store_true"}
JOBS: Mapping[str, Job] = {
    "migrate": Job("create the tables, or bring them up to date", _migrate, {}),
    "ingest": Job(
        "look at what is due, at every tick until stopped",
        _ingest,
        {
            "--once": FLAG | {"help": "one round of all checks, then end"},
            "--due": FLAG | {"help": "with --once: only the checks that are due"},
            "--source": {
                "nargs": "+",
                "choices": tuple(SOURCES),
                "default": (),
                "metavar": "NAME",
                "help": "with --once: only these sources",
            },
            "--every": {
                "type": _duration,
                "default": timedelta(0),
                "help": "with --due: how often this is called, so that what falls due in between is not missed",
            },
        },
    ),
    "rollup": Job(
        "bring daily figures and what is usual up to date", _rollup, {"--days": {"type": _days, "default": 2}}
    ),
    "maintain": Job("drop what is past its retention, compact, check references", _maintain, {}),
    "sync-groups": Job("who is in the groups that grants name, from the directory", _sync_groups, {}),
    "tend-tickets": Job(
        "incidents of critical checks, reminders, approvals and what falls due by itself", _tend_tickets, {}
    ),
    "notify": Job("tell people and channels what has happened", _notify, {}),
    "apply": Job(
        "platforms and checks from a YAML file",
        _apply,
        {
            "file": {"type": Path},
            "--yes": FLAG | {"help": "change it; without, only the plan is shown"},
            "--prune": FLAG | {"help": "retire what the file does not mention"},
        },
    ),
    "export": Job("platforms and checks as the YAML file that apply reads", _export, {}),
    "glossary": Job(
        "terms from a file, or into one",
        _glossary,
        {
            "deed": {"choices": ("import", "export")},
            "file": {"type": Path, "nargs": "?"},
            "--format": {"choices": tuple(FORMATS), "help": "of the file; an import finds it out by itself"},
            "--yes": FLAG | {"help": "with import: change it; without, only the plan is shown"},
        },
    ),
    "seed-demo": Job(
        "example platforms with 90 days of history",
        _seed_demo,
        {"--remove": FLAG | {"help": "retire the example platforms and checks"}},
    ),
    "list": Job("the jobs there are", _list, {}),
}


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    logs.configure()
    try:
        lines = JOBS[given.job].run(given)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        sys.stderr.write(f"{given.job}: {_one_line(error)}\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _one_line(error: Exception) -> str:
    """Several problems of an input stay below each other; all else is one line."""
    if isinstance(error, Invalid) and len(error.problems) > 1:
        return str(error)
    return " ".join(in_words(error).split())


def _told_to_stop() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def parser() -> ArgumentParser:
    door = ArgumentParser(prog="python -m jobs", description="The jobs of the portal.")
    jobs = door.add_subparsers(dest="job", required=True, metavar="NAME")
    for name, job in JOBS.items():
        entry = jobs.add_parser(name, help=job.purpose, description=job.purpose)
        for option, settings in job.options.items():
            entry.add_argument(option, **settings)
    return door


if __name__ == "__main__":
    sys.exit(main())
