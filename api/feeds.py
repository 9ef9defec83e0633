"""What people and programs subscribe to: incidents and maintenance as Atom, RSS and a calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Response

from api import feed_formats
from api.calls import Call, Caller
from api.feed_formats import Channel
from api.statuspage_v2 import FOR_A_MOMENT, root_of
from data.bulletins.model import Bulletin
from data.cached.bulletins import bulletins

router = APIRouter(prefix="/feeds", tags=["feeds"])


@router.get("/history.atom", response_class=Response)
def atom(call: Caller) -> Response:
    """One entry for each incident and maintenance; its id stays, its text grows."""
    return _answer(call, feed_formats.atom, "application/atom+xml")


@router.get("/history.rss", response_class=Response)
def rss(call: Caller) -> Response:
    """One item for each update."""
    return _answer(call, feed_formats.rss, "application/rss+xml")


@router.get("/maintenance.ics", response_class=Response)
def calendar(call: Caller) -> Response:
    """To be subscribed to by a calendar; what is cancelled is told as such."""
    return _answer(call, feed_formats.calendar, "text/calendar; charset=utf-8")


def _answer(call: Call, render: Callable[[Channel, Sequence[Bulletin]], bytes], media_type: str) -> Response:
    settings = call.portal.settings
    channel = Channel(settings.name, root_of(call), ZoneInfo(settings.timezone))
    return call.reply(render(channel, bulletins(call.portal, call.actor).get()), FOR_A_MOMENT, media_type)
