"""What people are told about terms: a change is asked for, it was decided, a review is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from data.glossary.model import Proposal, Term
from data.glossary.rules import short
from data.notifications.model import Notice

DEEDS = {"open": "proposed a change", "accepted": "accepted your proposal", "declined": "declined your proposal"}


def proposal_notice(proposal: Proposal, curators: Iterable[str]) -> Notice | None:
    """To those who can decide; once it is decided, to whoever asked."""
    event = proposal.event
    if event is None or proposal.state not in DEEDS:
        return None
    told = tuple(curators) if proposal.state == "open" else (proposal.created_by,)
    new = proposal.term_id is None and proposal.state == "open"
    place = f"term={proposal.term_id or proposal.id}" if proposal.state == "accepted" else f"proposal={proposal.id}"
    return Notice(
        id=event.id, at=event.at, topic=event.action, object_type="glossary_proposal", object_id=proposal.id,
        platform_id=proposal.platform_id, actor=event.actor, audience="staff",
        recipients=tuple(sorted({*told} - {event.actor})),
        payload={
            "title": proposal.title, "kind": "requests", "label": proposal.state.capitalize(),
            "deed": "proposed a new term" if new else DEEDS[proposal.state],
            "note": proposal.reason if proposal.state == "open" else proposal.answer,
            "path": f"glossary?{place}",
        },
    )  # fmt: skip


def review_notice(term: Term, curators: Iterable[str], at: datetime) -> Notice:
    """Once for each day on which a review falls due, however often it is looked at."""
    own = {person for person in (term.steward, term.owner) if person and "@" in person}
    return Notice(
        id=f"{term.id}:review:{term.review_due}", at=at, topic="glossary:review_due", object_type="glossary_term",
        object_id=term.id, platform_id=term.platform_id, actor="portal", audience="staff",
        recipients=tuple(sorted(own or {*curators})),
        payload={
            "title": term.name, "kind": "requests", "label": "Review due", "note": short(term),
            "deed": "asks whether this term is still true", "path": f"glossary?term={term.id}",
        },
    )  # fmt: skip
