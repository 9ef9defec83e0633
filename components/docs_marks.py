"""What stands around a page of the documentation: who looks after it, what is so right now, where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from components.markup import chip, esc, icon, pill
from components.moments import Here
from components.theme import LOOKS
from components.ticket_marks import avatar, person_name
from data.docs.model import Page, Sync
from data.docs.terms import Card
from data.status.board import Board, Tile

SHORT = 8
"""Digits of a commit that people read."""


def day(at: date | datetime, here: Here) -> str:
    """'9 Nov', with the year when it is another."""
    local = at.astimezone(here.zone).date() if isinstance(at, datetime) else at
    return f"{local.day} {local:%b}" + ("" if local.year == here.now.astimezone(here.zone).year else f" {local.year}")


def meta_html(page: Page, here: Here) -> str:
    return f'<div class="docs-meta">{"".join(_meta(page, here))}</div>'


def _meta(page: Page, here: Here) -> Iterator[str]:
    if page.owner:
        yield f"<span>{avatar(_mail(page.owner))}{esc(person_name(_mail(page.owner)))}</span>"
    if page.change:
        when = f'<time datetime="{page.change.at.isoformat()}" title="{esc(here.exact(page.change.at))}">'
        yield f"<span>changed {when}{day(page.change.at, here)}</time> by {esc(page.change.by)}</span>"
    if page.review_by and not page.expired(here.now.date()):
        yield f'<span class="pill fact">{icon("event_available")}Review by {day(page.review_by, here)}</span>'
    if page.role:
        yield f'<span class="pill fact">{icon("lock")}From {esc(page.role.words)} up</span>'
    yield f"<span>{page.minutes} min read</span>"
    yield from (chip(tag) for tag in page.tags[:6])


def _mail(owner: str) -> str:
    """Authors write a name, a team or an address; marks of people take an address."""
    return owner if "@" in owner else f"{owner}@"


def stale_html(page: Page, here: Here) -> str:
    if not page.expired(here.now.date()) or page.review_by is None:
        return ""
    who = f"{esc(page.owner)} looks after it." if page.owner else "Nobody is named who looks after it."
    said = f"<b>This page may be out of date.</b> It was to be reviewed by {day(page.review_by, here)}. {who}"
    return f'<div class="accent yellow docs-stale" role="note"><p>{icon("warning", "yellow ink")} {said}</p></div>'


def right_now_html(page: Page, board: Board, here: Here) -> str:
    """Of the platforms and checks that the page names and the viewer sees; empty when there are none."""
    pairs = [*_platforms(page, board), *_checks(page, board, here)]
    if not pairs:
        return ""
    rows = "".join(f'<a href="{esc(href)}">{esc(name)}</a>{mark}' for name, href, mark in pairs)
    return f'<div class="docs-now"><span>Right now</span>{rows}</div>'


def _platforms(page: Page, board: Board) -> Iterator[tuple[str, str, str]]:
    for tile in named(page, board):
        yield tile.platform.name, f"platform?platform={tile.platform.id}", pill(tile.state)


def _checks(page: Page, board: Board, here: Here) -> Iterator[tuple[str, str, str]]:
    views = {view.check.id: view for tile in board.tiles for view in tile.checks}
    for view in (views[id_] for id_ in page.assets if id_ in views):
        data = f", data to {here.clock(view.source_event_at)}" if view.source_event_at else ""
        word = f"{LOOKS[view.state].word}{data}"
        yield view.check.name, f"platform?check={view.check.id}", pill(view.state, word)


def named(page: Page, board: Board) -> list[Tile]:
    tiles = {tile.platform.id: tile for tile in board.tiles}
    return [tiles[id_] for id_ in page.platforms if id_ in tiles]


def incidents_html(tiles: Sequence[Tile]) -> str:
    """Open ones of the platforms that a page names."""
    open_ = [incident for tile in tiles for incident in tile.incidents]
    rows = "".join(
        f'<li><a href="incidents?id={esc(one.key)}">{icon("radio_button_checked")}<span>{esc(one.title)}</span></a>'
        for one in open_[:5]
    )
    return f'<section class="docs-side"><h2>Open incidents</h2><ul>{rows}</ul></section>' if rows else ""


def terms_html(cards: Sequence[Card]) -> str:
    links = "".join(f'<a class="chip" href="{esc(card.address)}">{esc(card.name)}</a>' for card in cards[:20])
    return f'<section class="docs-side"><h2>Terms</h2><p class="chips">{links}</p></section>' if links else ""


def source_html(sync: Sync | None, page: Page, here: Here) -> str:
    """Where the text comes from, and how old that is."""
    lines = ["Comes with the portal"]
    if sync:
        lines = [f"Source at <code>{esc(sync.commit[:SHORT])}</code>, pulled {here.ago(sync.checked_at)}"]
    lines.append(f"<code>{esc(page.path)}</code>")
    rows = "".join(f"<p>{line}</p>" for line in lines)
    button = f'<button type="button" class="docs-print">{icon("print")}Print</button>'
    return f'<section class="docs-side docs-source">{rows}{button}</section>'


def sync_html(sync: Sync | None, here: Here) -> str:
    """When the last pull failed: what is shown is the last good one."""
    if sync is None or not sync.error:
        return ""
    old = f"Shown as of {here.clock(sync.checked_at)} (<code>{esc(sync.commit[:SHORT])}</code>)."
    return (
        f'<div class="banner orange" role="status">{icon("cloud_off", "ink")}'
        f"<span><b>{old}</b> The newest version could not be pulled: {esc(sync.error)}</span></div>"
    )
