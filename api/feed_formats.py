"""Bulletins as Atom, RSS and iCalendar. Pure: the same bulletins make the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from zoneinfo import ZoneInfo

from feedgen.feed import FeedGenerator
from icalendar import Calendar, Event

from data.bulletins.model import Bulletin, Update
from data.status import words

URN = "urn:support-status-portal"
MOST = 50
SAID = {
    "investigating": "Investigating", "identified": "Identified", "resolved": "Resolved", "scheduled": "Planned",
    "in_progress": "In progress", "completed": "Completed",
}  # fmt: skip
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Channel:
    """`root`: address of the portal, without a slash at its end."""

    name: str
    root: str
    zone: ZoneInfo


def atom(channel: Channel, bulletins: Sequence[Bulletin]) -> bytes:
    """One entry for each bulletin: its id stays, `updated` and the text follow what is said."""
    newest = sorted(bulletins, key=lambda b: (b.updated_at, b.id), reverse=True)[:MOST]
    feed = _feed(channel, newest)
    for bulletin in newest:
        entry = feed.add_entry(order="append")
        entry.id(f"{URN}:{bulletin.kind}:{bulletin.id}")
        entry.title(clean(bulletin.title))
        entry.link(href=f"{channel.root}/{bulletin.path}")
        entry.published(bulletin.created_at)
        entry.updated(bulletin.updated_at)
        entry.category(term=bulletin.kind)
        entry.category(term=bulletin.status)
        entry.content(_story(channel, bulletin), type="html")
    text: bytes = feed.atom_str(pretty=True)
    return text


def rss(channel: Channel, bulletins: Iterable[Bulletin]) -> bytes:
    """One item for each update. A text that was changed is another item: readers never show it otherwise."""
    told = [(bulletin, update) for bulletin in bulletins for update in bulletin.updates]
    newest = sorted(told, key=lambda pair: (pair[1].at, pair[1].id), reverse=True)[:MOST]
    feed = _feed(channel, [bulletin for bulletin, _ in newest])
    for bulletin, update in newest:
        entry = feed.add_entry(order="append")
        title = clean(f"{SAID[update.status]}: {bulletin.title}")
        entry.guid(f"{URN}:{update.id}:{sha256(f'{title}{update.body}'.encode()).hexdigest()[:8]}", permalink=False)
        entry.title(title)
        entry.link(href=f"{channel.root}/{bulletin.path}")
        entry.pubDate(update.at)
        entry.description(clean(update.body) or SAID[update.status])
    text: bytes = feed.rss_str(pretty=True)
    return text


def calendar(channel: Channel, bulletins: Iterable[Bulletin]) -> bytes:
    """Every maintenance, cancelled ones as such: a calendar that had them takes them out."""
    found = Calendar()
    for name, value in (
        ("prodid", f"-//{channel.name}//Maintenance//EN"), ("version", "2.0"), ("method", "PUBLISH"),
        ("x-wr-calname", f"{channel.name}: maintenance"), ("x-wr-timezone", str(channel.zone)),
    ):  # fmt: skip
        found.add(name, clean(value))
    for bulletin in bulletins:
        if bulletin.kind == "maintenance" and bulletin.planned_end:
            found.add_component(_event(channel, bulletin, bulletin.planned_end))
    found.add_missing_timezones()
    text: bytes = found.to_ical()
    return text


def _event(channel: Channel, bulletin: Bulletin, ends_at: datetime) -> Event:
    zone, event = ZoneInfo(bulletin.zone), Event()
    said = next((u for u in bulletin.updates if u.status == "scheduled"), bulletin.updates[-1])
    for name, value in (
        ("uid", f"{bulletin.id}@support-status-portal"), ("sequence", bulletin.version),
        ("summary", clean(bulletin.title)), ("dtstart", bulletin.started_at.astimezone(zone)),
        ("dtend", ends_at.astimezone(zone)), ("dtstamp", bulletin.updated_at), ("created", bulletin.created_at),
        ("last-modified", bulletin.updated_at), ("description", clean(said.body)),
        ("url", f"{channel.root}/{bulletin.path}"), ("status", "CANCELLED" if bulletin.cancelled else "CONFIRMED"),
        ("transp", "TRANSPARENT"),
    ):  # fmt: skip
        event.add(name, value)
    return event


def _feed(channel: Channel, bulletins: Iterable[Bulletin]) -> FeedGenerator:
    feed = FeedGenerator()
    feed.id(f"{URN}:history")
    feed.title(clean(f"{channel.name}: incidents and maintenance"))
    feed.description("What is wrong, what is planned, and what became of it.")
    feed.author(name=clean(channel.name))
    feed.link(href=f"{channel.root}/", rel="alternate")
    newest = max((bulletin.updated_at for bulletin in bulletins), default=BEGINNING)
    feed.updated(newest)
    feed.lastBuildDate(newest)
    feed.ttl(5)
    return feed


def _story(channel: Channel, bulletin: Bulletin) -> str:
    return "".join(_told(channel, update) for update in bulletin.updates)


def _told(channel: Channel, update: Update) -> str:
    body = escape(clean(update.body)).replace("\n", "<br/>")
    at = f"{words.stamp(update.at, channel.zone)} {update.at.astimezone(channel.zone):%Z}"
    return f"<p><b>{SAID[update.status]}</b>, {at}{'<br/>' if body else ''}{body}</p>"


def clean(text: str) -> str:
    """Without what no XML may hold."""
    return _NOT_XML.sub("", text)
