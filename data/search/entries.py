"""Each thing of the portal as it is searched. Internal notes and comments are no part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from data.docs.model import Page, address
from data.glossary.model import Term
from data.messages.model import KINDS, Message
from data.people.model import Shown
from data.roadmap.model import Item
from data.roadmap.rules import HORIZONS
from data.search.locks import locks_of, members_lock, role_lock
from data.search.model import Entry
from data.status.model import Check, Platform
from data.tickets.kinds import kind_of
from data.tickets.model import Ticket

Names = Mapping[str, str]
"""Of platforms, by id."""
IDLE = "disabled"
_MARKS = re.compile(r"\*\*|`|^#+ |^> ", re.MULTILINE)
_BULLET = re.compile(r"^\s*[-*+] ", re.MULTILINE)


def of_page(page: Page, today: date) -> Iterator[Entry]:
    """One for each section: what is found is where to read."""
    for number, section in enumerate(page.sections):
        yield Entry(
            key=f"doc:{page.path}:{number}", type="doc", page=f"doc:{page.path}", title=page.title,
            heading=section.title if number else "", tags=page.tags, body=section.text,
            context="Review is overdue" if page.expired(today) else "", faded=page.expired(today),
            address=address(page.path, section.anchor if number else ""), position=number,
            locks=role_lock(page.role, page.platforms),
        )  # fmt: skip


def of_term(term: Term, successors: Names) -> Entry:
    """`successors`: names by id, of what everybody may know."""
    replaced = successors.get(term.replaced_by or "")
    states = {"draft": "Draft", "deprecated": f"Deprecated, now {replaced}" if replaced else "Deprecated"}
    parts = (term.definition, term.notes, term.confusion, term.formula, term.grain, term.unit, term.filters)
    return Entry(
        key=f"term:{term.id}", type="term", page=f"term:{term.id}", title=term.name, names=term.words[1:],
        tags=tuple(filter(None, (*term.tags, term.domain, *(asset.name for asset in term.assets)))),
        body=said("\n".join(filter(None, parts))), context=joined(states.get(term.state), term.acronym, term.domain),
        address=f"glossary?term={term.id}", faded=term.state == "deprecated", locks=locks_of(term),
    )  # fmt: skip


def of_ticket(ticket: Ticket, names: Names) -> Entry:
    kind = kind_of(ticket.kind)
    state = kind.workflow.state(ticket.state)
    return Entry(
        key=f"ticket:{ticket.id}", type=ticket.kind, page=f"ticket:{ticket.id}", title=ticket.title,
        names=(ticket.key, ticket.id), body=said(ticket.body), faded=ticket.stopped_at is not None,
        context=joined(ticket.key, state.label, names.get(ticket.platform_id or "")),
        address=f"{kind.path}?id={ticket.key}", locks=locks_of(ticket),
    )  # fmt: skip


def of_message(message: Message, places: Mapping[str, Shown], at: datetime) -> Entry:
    """Seen by whoever sees one of its platforms, as `data.messages.model.sees` says."""
    known = [places[id_] for id_ in message.platform_ids if id_ in places]
    open_ = not message.platform_ids or any(place.visibility == "everyone" for place in known)
    state = message.state_at(at)
    return Entry(
        key=f"message:{message.id}", type="message", page=f"message:{message.id}", title=message.title,
        body=said(message.body), context=joined(KINDS.get(message.kind), state.capitalize()), faded=state == "expired",
        address=f"messages?id={message.id}", locks=members_lock(None if open_ else [place.id for place in known]),
    )  # fmt: skip


def of_item(item: Item, names: Names) -> Entry:
    when = HORIZONS[item.horizon][0] if item.state == "published" else item.state.capitalize()
    return Entry(
        key=f"roadmap:{item.id}", type="roadmap", page=f"roadmap:{item.id}", title=item.title, tags=(item.theme,),
        body=said(item.description), context=joined(when, names.get(item.platform_id or ""), item.theme),
        faded=item.state == "retired", address=f"roadmap?id={item.id}", locks=locks_of(item),
    )  # fmt: skip


def of_platform(platform: Platform) -> Entry:
    return Entry(
        key=f"platform:{platform.id}", type="platform", page=f"platform:{platform.id}", title=platform.name,
        names=(platform.id,), tags=(platform.kind,), body=platform.contact or "",
        context=joined(platform.kind, platform.owner),
        address=f"platform?platform={platform.id}",
        locks=members_lock(None if platform.visibility == "everyone" else [platform.id]),
    )  # fmt: skip


def of_check(check: Check, platform: Platform) -> Entry:
    return Entry(
        key=f"check:{check.id}", type="check", page=f"check:{check.id}", title=check.name, names=(check.id,),
        body=joined(check.source, check.owner or platform.owner), faded=check.state == IDLE,
        context=joined(platform.name, "Off" if check.state == IDLE else None), address=f"platform?check={check.id}",
        locks=members_lock(None if platform.visibility == "everyone" else [platform.id]),
    )  # fmt: skip


def said(text: str) -> str:
    """Without the marks of Markdown that would stand between its words."""
    return _BULLET.sub("· ", _MARKS.sub("", text))


def joined(*parts: str | None) -> str:
    return " · ".join(filter(None, parts))
