"""Try the rules out: which team would get this ticket, and by which rule."""

from __future__ import annotations

import streamlit as st

from components.admin_setting import Sheet
from components.markup import esc, icon, plain, section
from components.routing_words import conditions, label, platform_names
from data import cached
from data.tickets.model import Ticket
from data.tickets.routing import Rule, team_of


def draw_try(sheet: Sheet[tuple[Rule, ...]]) -> None:
    names = platform_names(sheet.portal, sheet.actor)
    with st.container(key="try_rules", border=True, gap="small"):
        st.html(section("Try it"))
        title = st.text_input("Title", key="try_title", placeholder="SAP orders are missing", live="400ms")
        with st.grid(columns=2, min_column_width=150, gap="small", key="try_fields"):
            chosen = {
                name: st.selectbox(
                    words, list(options), index=0 if name == "kind" else None, key=f"try_{name}", placeholder="None",
                    format_func=lambda code, name=name: plain(label(name, code, names)),
                )
                for name, words, options in conditions(names)
            }  # fmt: skip
        at = sheet.here.now
        ticket = Ticket(
            id="", key="", kind=chosen["kind"] or "", state="", title=title or "", platform_id=chosen["platform"],
            template=chosen["template"], requester="", created_at=at, created_by="", updated_at=at, updated_by="",
        )  # fmt: skip
        st.html(outcome(sheet, ticket))


def outcome(sheet: Sheet[tuple[Rule, ...]], ticket: Ticket) -> str:
    place = next((n for n, rule in enumerate(sheet.value) if rule.fits(ticket)), None)
    team = team_of(ticket, sheet.value, owner_of(sheet, ticket.platform_id))
    why = "No rule fits, so the owner of the platform, else triage." if place is None else f"By rule {place + 1}."
    return f'<p class="goes-to">{icon("arrow_forward")} <b>{esc(team)}</b> <span class="faint">{why}</span></p>'


def owner_of(sheet: Sheet[tuple[Rule, ...]], platform_id: str | None) -> str | None:
    board = cached.board(sheet.portal, sheet.actor).value
    tiles = board.tiles if board else ()
    return next((tile.platform.owner for tile in tiles if tile.platform.id == platform_id), None)
