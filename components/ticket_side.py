"""The right column: what can be done, the facts, links, who is affected and who watches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import streamlit as st

from components.markup import counted, esc, facts, icon, plain
from components.ticket_answers import answers, platform_name
from components.ticket_events import arrivals
from components.ticket_links import block_head, draw_links
from components.ticket_marks import (
    avatar,
    code_word,
    day_word,
    person_html,
    person_name,
    priority_mark,
    ring,
    way,
)
from components.ticket_moves import draw_moves
from components.ticket_roadmap import draw_on_roadmap
from components.ticket_shown import ShownTicket, act
from components.vote_button import cast
from data.cached import tickets as cached_tickets
from data.tickets.request_types import TEMPLATES
from data.tickets.workflow import State

FACES = 4
NAMED = 6


def draw_side(shown: ShownTicket) -> None:
    draw_moves(shown)
    _draw_mine(shown)
    draw_on_roadmap(shown)
    st.html(f'<div class="rail-facts">{facts(list(_facts(shown)))}</div>')
    _draw_checklist(shown)
    draw_links(shown)
    _draw_voters(shown)
    if not shown.kind.prioritised:
        st.html(f"{block_head('Progress')}{progress_html(shown)}")
    _draw_watchers(shown)
    keys = " ".join(f"<span><kbd>{key}</kbd> {esc(word)}</span>" for key, word in _keys(shown))
    st.html(f'<p class="keys">Keys {keys}</p>')


def _keys(shown: ShownTicket) -> Iterator[tuple[str, str]]:
    """Those that do something here. `C` and `R` are Streamlit's."""
    if shown.kind.votes:
        yield "V", shown.kind.votes.cast.lower()
    if _may_take(shown):
        yield "A", "assign to me"
    if step := next(iter(shown.moves), None):
        yield "E", next((move for move in shown.moves if move.main), step).label.lower()
    if shown.is_staff:
        yield "I", "note"
    yield "J K", "next, previous"


def _may_take(shown: ShownTicket) -> bool:
    return shown.ticket.assignee != shown.actor.email and any(move.name == "assign" for move in shown.moves)


def _draw_mine(shown: ShownTicket) -> None:
    """Taking it is one click."""
    if _may_take(shown):
        st.button(
            "Assign to me", key=shown.key("mine"), icon=":material/person_add:", type="tertiary", on_click=_take,
            args=(shown,), shortcut="A",
        )  # fmt: skip


def _take(shown: ShownTicket) -> None:
    ticket, answers = shown.ticket, {"assignee": shown.actor.email}
    act(lambda tickets, actor: tickets.move(actor, ticket.id, ticket.version, "assign", answers))


def _facts(shown: ShownTicket) -> Iterator[tuple[str, str]]:
    ticket, here = shown.ticket, shown.here
    yield "Assignee", person_html(ticket.assignee)
    if ticket.team:
        yield "Team", esc(ticket.team)
    if ticket.priority:
        impact, urgency = _asked(shown, "impact"), _asked(shown, "urgency")
        why = f"{impact}, {urgency[0].lower()}{urgency[1:]}" if impact and urgency else impact or urgency
        yield "Priority", f'{priority_mark(ticket.priority)} P{ticket.priority} <span class="faint">{esc(why)}</span>'
    if ticket.platform_id:
        yield "Platform", esc(platform_name(shown, ticket.platform_id))
    yield from answers(shown, shown.kind.questions)
    if ticket.hold_until:
        yield "Waits until", here.time(ticket.hold_until)
    if ticket.next_update_at:
        yield "Next update", here.time(ticket.next_update_at)
    if ticket.cost:
        yield "Cost", f"{esc(_money(shown, ticket.cost))} a month"
    if ticket.reason:
        yield "Ended as", esc(code_word(shown.kind, "reason", ticket.reason))
    if ticket.work_item:
        yield "Work item", f'<a href="{esc(ticket.work_item)}" rel="noopener">{esc(_host(ticket.work_item))}</a>'


def _host(address: str) -> str:
    return address.partition("://")[2].rstrip("/")[-40:]


def _money(shown: ShownTicket, cost: float) -> str:
    knobs = cached_tickets.knobs(shown.portal).value
    return knobs.requests.money(cost) if knobs else f"{cost:,.0f}"


def _asked(shown: ShownTicket, name: str) -> str:
    code = getattr(shown.ticket, name)
    return code_word(shown.kind, name, code) if code else ""


def _draw_checklist(shown: ShownTicket) -> None:
    template = TEMPLATES.get(shown.ticket.template or "")
    if template is None or not template.checklist:
        return
    done = set(shown.ticket.fields.get("done", ()))
    may = any(move.name == "tick" for move in shown.moves)
    st.html(block_head("Checklist", f"{len(done)} of {len(template.checklist)}"))
    with st.container(key="checklist", gap=None):
        for place, item in enumerate(template.checklist):
            key = shown.key("item", place)
            st.session_state[key] = item in done
            st.checkbox(plain(item), key=key, disabled=not may, on_change=_tick, args=(shown, item, key))


def _tick(shown: ShownTicket, item: str, key: str) -> None:
    ticket = shown.ticket
    kept = [one for one in ticket.fields.get("done", ()) if one != item]
    done = [*kept, item] if st.session_state[key] else kept
    act(lambda tickets, actor: tickets.move(actor, ticket.id, ticket.version, "tick", {"done": done}))


def _draw_voters(shown: ShownTicket) -> None:
    votes, words = shown.detail.votes, shown.kind.votes
    if words is None or not votes:
        return
    mine = next((vote for vote in votes if vote.person == shown.actor.email), None)
    noted = [vote for vote in votes if vote.note][:NAMED]
    st.html(block_head(words.noun.capitalize(), f"{len(votes):,}"))
    st.html(f'<div class="faces">{_faces([vote.person for vote in votes])}</div>')
    if noted:
        rows = (f"<li><b>{esc(person_name(v.person))}</b> <span>{esc(v.note or '')}</span></li>" for v in noted)
        st.html(f'<ul class="impacts">{"".join(rows)}</ul>')
    if mine and words.asks_impact and not mine.note and shown.state.phase != "closed":
        key = shown.key("impact")
        st.text_input(
            "What it means for you", key=key, placeholder="What it means for you, in a line", max_chars=200,
            label_visibility="collapsed", on_change=_say_impact, args=(shown, key),
        )  # fmt: skip


def _say_impact(shown: ShownTicket, key: str) -> None:
    if note := st.session_state[key].strip():
        cast(shown.ticket.id, True, note)


def _draw_watchers(shown: ShownTicket) -> None:
    people = [watcher.person for watcher in shown.detail.watchers]
    if people:
        listed = ", ".join(person_name(person) for person in people)
        st.html(f'<hr class="rule"><div class="watchers" title="{esc(listed)}"><b>Watchers</b>{_faces(people)}</div>')


def _faces(people: Sequence[str]) -> str:
    shown = "".join(avatar(person) for person in people[:FACES])
    more = f'<span class="avatar more">+{len(people) - FACES}</span>' if len(people) > FACES else ""
    names = counted(len(people), "person").replace("persons", "people")
    return f'<span class="faces" role="img" aria-label="{names}">{shown}{more}</span>'


def progress_html(shown: ShownTicket) -> str:
    """The way as it should go, with the day of each state that was reached; an end elsewhere comes last."""
    reached = {state: event.at for event in shown.detail.events if (state := arrivals(event))}
    reached.setdefault(shown.kind.workflow.first, shown.ticket.created_at)
    steps = list(way(shown.kind))
    if shown.state not in steps:
        steps = [*(state for state in steps if state.name in reached), shown.state]
    at = steps.index(shown.state)
    rows = (_step(shown, state, place - at, reached.get(state.name)) for place, state in enumerate(steps))
    return f'<ol class="progress">{"".join(rows)}</ol>'


def _step(shown: ShownTicket, state: State, ahead: int, at: datetime | None) -> str:
    """`ahead`: how many steps after the present one; negative before it."""
    css = "now" if ahead == 0 else "later" if ahead > 0 else "past"
    done, later = icon("check_circle", "ring green ink"), '<span class="ring" aria-hidden="true"></span>'
    mark = done if ahead < 0 else later if ahead > 0 else ring(shown.kind, state)
    day = f" · {day_word(at, shown.here)}" if at and ahead <= 0 else ""
    return f'<li class="{css}">{mark}{esc(state.label)}{day}</li>'
