"""The form of a term, what the trail compares, short definitions, and successors. Nothing here reads or writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from data.glossary.model import Asset, Relation, RelationKind, Source, Term, TermState
from data.tickets.answers import Question, Refused, checked
from data.tickets.model import BODY_MOST, Answers

NAME_MOST, ACRONYM_MOST, DOMAIN_MOST, CODE_MOST, SHORT_MOST = 120, 30, 120, 2_000, 240
"""Characters."""
STATES: Mapping[TermState, str] = MappingProxyType({
    "draft": "Draft", "approved": "Approved", "deprecated": "Deprecated", "archived": "Archived",
})  # fmt: skip
SENTENCES: Mapping[RelationKind, str] = MappingProxyType({
    RelationKind.confused_with: "is not", RelationKind.under: "stands under", RelationKind.part_of: "is part of",
    RelationKind.has_part: "has as part", RelationKind.computed_from: "is computed from",
    RelationKind.broader: "is a kind of", RelationKind.narrower: "has as kind", RelationKind.has_value: "can be",
    RelationKind.same_as: "means the same as", RelationKind.opposite_of: "is the opposite of",
    RelationKind.related: "is related to",
})  # fmt: skip
"""Of the term; its target follows."""
TURNED: Mapping[RelationKind, str] = MappingProxyType({
    RelationKind.confused_with: "is not", RelationKind.under: "stands above", RelationKind.part_of: "has as part",
    RelationKind.has_part: "is part of", RelationKind.computed_from: "is used to compute",
    RelationKind.broader: "has as kind", RelationKind.narrower: "is a kind of", RelationKind.has_value: "is a value of",
    RelationKind.same_as: "means the same as", RelationKind.opposite_of: "is the opposite of",
    RelationKind.related: "is related to",
})  # fmt: skip
"""The same, told of the target."""
ASKED_RELATIONS: Mapping[str, RelationKind] = MappingProxyType({
    "confused_with": RelationKind.confused_with, "broader": RelationKind.broader, "part_of": RelationKind.part_of,
    "computed_from": RelationKind.computed_from, "related": RelationKind.related,
})  # fmt: skip
"""The fields of the form that hold relations; other kinds come from files, and from the other side."""
QUESTIONS = (
    Question("name", "Name", "line", most=NAME_MOST, least=2),
    Question("definition", "Definition", most=BODY_MOST, least=10,
             help="Markdown. The first sentence is what people read first, also in documents."),
    Question("notes", "Exceptions and notes", most=BODY_MOST, required=False),
    Question("acronym", "Acronym", "line", most=ACRONYM_MOST, required=False),
    Question("synonyms", "Synonyms", "list", required=False, most=NAME_MOST, help="Other words for the same."),
    Question("domain", "Domain", "line", most=DOMAIN_MOST, required=False, help="Such as Sales."),
    Question("platform_id", "Platform", "line", required=False, help="None: it is for everybody."),
    Question("steward", "Steward", "person", required=False, help="Answers for the words, and may edit them."),
    Question("owner", "Owner", "team", required=False, help="A person, or a team."),
    Question("review_due", "Next review", "day", required=False, help="Steward and owner are reminded on that day."),
    Question("formula", "Formula", most=CODE_MOST, required=False),
    Question("grain", "Grain", "line", required=False, most=SHORT_MOST, help="What one row or value stands for."),
    Question("unit", "Unit", "line", required=False, most=SHORT_MOST),
    Question("filters", "Filters", most=CODE_MOST, required=False),
    Question("confused_with", "Not to be confused with", "list", required=False),
    Question("confusion", "What the difference is", most=CODE_MOST, required=False),
    Question("broader", "Is a kind of", "list", required=False),
    Question("part_of", "Is part of", "list", required=False),
    Question("computed_from", "Is computed from", "list", required=False),
    Question("related", "Is related to", "list", required=False),
    Question("assets", "Where it is used", most=BODY_MOST, required=False,
             help="One table, measure or report in a line: sales.orders_daily | Column net_rev"),
    Question("sources", "Sources", most=BODY_MOST, required=False,
             help="One in a line: Accounting manual | https://example.org/manual"),
    Question("tags", "Tags", "list", required=False),
)  # fmt: skip
"""The order of the form."""
LABELS: Mapping[str, str] = MappingProxyType(
    {question.name: question.label for question in QUESTIONS}
    | {"relations": "Relations", "properties": "Other properties", "state": "State", "replaced_by": "Successor",
       "note": "Note", "reviewed_at": "Reviewed"}
)  # fmt: skip
TEXTS = ("name", "definition", "notes", "confusion")
PLAIN = ("acronym", "domain", "platform_id", "steward", "owner", "formula", "grain", "unit", "filters")
FIELDS = (*TEXTS, *PLAIN, "synonyms", "tags", "relations", "assets", "sources", "properties", "review_due")
"""What an edit or a file may change."""
_END = re.compile(r"[.!?][\"'”’)]*(?=\s)|(?=\n\s*\n)")
_ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|z\.B|d\.h|etc|vs|ca|approx|incl|excl|resp|no|Nr|St|Dr)|\b[A-Z])\.$", re.I)
_MARKUP = re.compile(
    r"!?\[([^\]]*)\]\([^)]*\)|[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}|^\s{0,3}(?:#{1,6}|>|[-*+])\s+", re.M
)


def split_definition(text: str) -> tuple[str, str]:
    """The first sentence, and what follows it."""
    body = text.strip()
    for end in _END.finditer(body):
        first = body[: end.end()]
        if not _ABBREVIATED.search(first[-12:].rstrip("\"'”’)")):
            return first, body[end.end() :].strip()
    return body, ""


def short(term: Term, most: int = SHORT_MOST) -> str:
    """The first sentence without its Markdown."""
    text = " ".join(_MARKUP.sub(lambda found: found[1] or "", split_definition(term.definition)[0]).split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def checked_fields(answers: Answers, before: Term | None = None) -> dict[str, Any]:
    """What somebody typed into the form, cleaned, as fields of a term. Raises Refused with all problems, by field.

    What the form does not ask (other relations, properties) stays as it was `before`.
    """
    problems: dict[str, str] = {}
    good: dict[str, Any] = {}
    for question in QUESTIONS:
        try:
            good |= checked((question,), answers)
        except Refused as refused:
            problems |= refused.at
    fields: dict[str, Any] = {name: good.get(name, "" if name in TEXTS else None) for name in (*TEXTS, *PLAIN)}
    for name, read in (("assets", assets_from), ("sources", sources_from)):
        fields[name] = tuple(read(good.get(name, "")))
    if bad := [source.label for source in fields["sources"] if not source.url.startswith(("https://", "http://"))]:
        problems["sources"] = f"Sources: '{bad[0][:40]}' has no address that starts with https://."
    if problems:
        raise Refused(problems)
    due = good.get("review_due")
    fields |= {"review_due": date.fromisoformat(due) if due else None, "relations": _related(good, before)}
    return fields | {name: tuple(dict.fromkeys(good.get(name, ()))) for name in ("synonyms", "tags")}


def _related(good: Mapping[str, Any], before: Term | None) -> tuple[Relation, ...]:
    asked = [Relation(kind, target) for name, kind in ASKED_RELATIONS.items() for target in good.get(name, ())]
    others = before.relations if before else ()
    kept = [relation for relation in others if relation.kind not in ASKED_RELATIONS.values()]
    return tuple(dict.fromkeys((*asked, *kept)))


def answers_of(term: Term) -> dict[str, Any]:
    """As the form shows it."""
    plain = {name: getattr(term, name) for name in (*TEXTS, *PLAIN, "review_due")}
    lists = {"synonyms": list(term.synonyms), "tags": list(term.tags)}
    related = {name: list(term.targets(kind)) for name, kind in ASKED_RELATIONS.items()}
    lines = {
        "assets": "\n".join(_line(asset.name, asset.role) for asset in term.assets),
        "sources": "\n".join(_line(source.label, source.url) for source in term.sources),
    }
    return plain | lists | related | lines


def _line(first: str, second: str) -> str:
    return f"{first} | {second}" if second else first


def assets_from(text: str) -> Iterator[Asset]:
    for line in filter(str.strip, text.splitlines()):
        name, _, role = line.partition("|")
        yield Asset(name.strip(), role.strip())


def sources_from(text: str) -> Iterator[Source]:
    """A line without a label is an address alone."""
    for line in filter(str.strip, text.splitlines()):
        label, bar, url = line.rpartition("|")
        yield Source((label if bar else url).strip(), url.strip())


def facts_of(term: Term) -> dict[str, Any]:
    """What the trail compares and a proposal holds: JSON values, by the names of `LABELS`."""
    facts: dict[str, Any] = {name: getattr(term, name) for name in (*TEXTS, *PLAIN, "state", "replaced_by")}
    facts |= {name: list(getattr(term, name)) for name in ("synonyms", "tags")}
    facts |= {
        "relations": [[relation.kind.value, relation.target] for relation in term.relations],
        "assets": [[asset.name, asset.role] for asset in term.assets],
        "sources": [[source.label, source.url] for source in term.sources],
        "properties": dict(term.properties),
        "review_due": term.review_due.isoformat() if term.review_due else None,
    }
    return facts


_READ: Mapping[str, Callable[[Any], Any]] = MappingProxyType({
    "synonyms": tuple, "tags": tuple, "properties": dict,
    "relations": lambda told: tuple(Relation(RelationKind(kind), target) for kind, target in told),
    "assets": lambda told: tuple(Asset(*pair) for pair in told),
    "sources": lambda told: tuple(Source(*pair) for pair in told),
    "review_due": lambda told: date.fromisoformat(told) if told else None,
})  # fmt: skip


def fields_from(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The way back; what is no field of a form is left out."""
    return {name: _READ.get(name, lambda told: told)(facts[name]) for name in FIELDS if name in facts}


def with_fields(term: Term, fields: Mapping[str, Any]) -> Term:
    return replace(term, **fields)


def successors(term: Term, terms: Mapping[str, Term]) -> Iterator[Term]:
    """One after the other; ends where one was there before."""
    seen = {term.id}
    while (next_id := term.replaced_by) and next_id in terms and next_id not in seen:
        seen.add(next_id)
        term = terms[next_id]
        yield term


def leads_back(term_id: str, successor: str, replaced: Mapping[str, str | None]) -> bool:
    """Whether `successor` would, at last, lead to the term itself. `replaced`: every term's successor."""
    seen: set[str] = set()
    at: str | None = successor
    while at is not None and at not in seen:
        if at == term_id:
            return True
        seen.add(at)
        at = replaced.get(at)
    return False


def is_due(term: Term, today: date) -> bool:
    return term.state == "approved" and term.review_due is not None and term.review_due <= today


def by_name(terms: Iterable[Term]) -> dict[str, Term]:
    """The only term of each name; where several have one, none is meant."""
    known: dict[str, Term] = {}
    twice: set[str] = set()
    for term in terms:
        twice |= {term.name} & known.keys()
        known[term.name] = term
    return {name: term for name, term in known.items() if name not in twice}


def found(target: str, by_id: Mapping[str, Term], named: Mapping[str, Term]) -> Term | None:
    """Whom a relation means: by id, by name, or by the last part of `Glossary.Term`."""
    return by_id.get(target) or named.get(target) or named.get(target.rpartition(".")[2].strip('"'))
