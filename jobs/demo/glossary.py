"""The demo's glossary: read from glossary.yaml, with a past for each term, and two proposals; told to nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from data.glossary.model import Proposal, Term
from data.glossary.proposals import proposed
from data.glossary.rules import ASKED_RELATIONS, QUESTIONS, answers_of, checked_fields
from data.glossary.store import GlossaryStore
from data.glossary.workflow import added, edited, plan
from data.people.model import Actor, Role
from data.portal import Portal
from data.tickets.ids import id_from
from jobs.demo.script import span

FILE = Path(__file__).with_name("glossary.yaml")
STEP = timedelta(days=6)
"""Between the first version, and one move and the next."""
PORTAL = Actor.job("demo")
ASKED: tuple[tuple[str, str, Mapping[str, Any], str], ...] = (
    ("Order backlog", "bob", {"notes": "Orders that wait for a credit check count, too."},
     "Two teams asked me whether blocked orders belong to it."),
    ("Churn rate", "frank", {"unit": "% per quarter", "synonyms": ["attrition"]}, "Marketing searches for attrition."),
)  # fmt: skip
Said = Mapping[str, Any]


def explain(portal: Portal, anchor: datetime) -> dict[str, int]:
    """Rows written, by table; what is there already is left alone."""
    ids = {said["name"]: id_from(anchor - span(said["ago"]), said["name"]) for said in _script()}
    histories = [list(_versions(said, anchor, ids)) for said in _script()]
    store, terms = GlossaryStore(portal.statements), {history[-1].name: history[-1] for history in histories}
    portal.audit.add(term.event for history in histories for term in history if term.event)
    proposals = list(_proposals(terms, anchor))
    portal.audit.add(one.event for one in proposals if one.event)
    asked = sum(store.add_proposal(one) for one in proposals)
    return {"glossary_proposals": asked, "glossary_terms": store.add(list(terms.values()))}


def withdraw_glossary(portal: Portal, anchor: datetime) -> int:
    """Archives what was explained and takes the proposals back; how many terms."""
    ids = {id_from(anchor - span(said["ago"]), said["name"]) for said in _script()}
    store = GlossaryStore(portal.statements)
    for asked in (one for one in store.proposals() if one.state == "open" and one.term_id in ids):
        portal.proposals.decline(PORTAL, asked.id, asked.version, {"answer": "The example data was removed."})
    known = [term for term in store.terms() if term.id in ids and term.state != "archived"]
    for term in known:
        portal.glossary.move(PORTAL, term.id, term.version, "archive", {"reason": "The example data was removed."})
    return len(known)


def _versions(said: Said, anchor: datetime, ids: Mapping[str, str]) -> Iterator[Term]:
    """The newest is what the script says; `edits` tells what older ones said instead."""
    past: list[dict[str, Any]] = list(said.get("edits", ()))
    actor, at = _person(said["steward"]), anchor - span(said["ago"]) - STEP * (len(said["way"]) + len(past))
    older = {name: value for edit in reversed(past) for name, value in edit.items() if name not in ("by", "ago")}
    term = added(ids[said["name"]], actor, _given({**said, **older}, anchor, ids), at)
    yield term
    for name in said["way"]:
        at += STEP
        answers = {"replaced_by": ids.get(said.get("successor", "")), "reason": said.get("note")}
        term = plan(term, name, actor, answers, at)
        yield term
    for number, edit in enumerate(past):
        later = {name: value for one in reversed(past[number + 1 :]) for name, value in one.items()}
        fields = _given({**said, **later, "name": said["name"]}, anchor, ids)
        term = edited(term, _person(edit["by"]), fields, max(at, anchor - span(edit["ago"])))
        yield term


def _given(said: Said, anchor: datetime, ids: Mapping[str, str]) -> dict[str, Any]:
    plain = {question.name: said.get(question.name) for question in QUESTIONS}
    related: dict[str, Any] = {name: [ids[target] for target in said.get(name, ())] for name in ASKED_RELATIONS}
    people: dict[str, Any] = {name: f"{said[name]}@example.org" for name in ("steward", "owner") if name in said}
    due = (anchor + timedelta(days=said["due"])).date().isoformat() if "due" in said else None
    return checked_fields({**plain, **related, **people, "platform_id": said.get("platform"), "review_due": due})


def _proposals(terms: Mapping[str, Term], anchor: datetime) -> Iterator[Proposal]:
    for number, (name, person, fields, reason) in enumerate(ASKED):
        term, at = terms[name], anchor - timedelta(hours=5 + 20 * number)
        given = checked_fields({**answers_of(term), **fields}, term)
        asked = proposed(id_from(at, name), _person(person), term, given, {"proposal_reason": reason}, at)
        yield replace(asked, steward=term.steward)


def _person(name: str) -> Actor:
    return Actor(f"{name}@example.org", name, Role.service_owner)


def _script() -> list[Said]:
    told: list[Said] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return told
