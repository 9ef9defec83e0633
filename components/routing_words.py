"""Routing rules in words, and what a rule can ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from components.markup import esc
from data import cached
from data.people.model import Actor
from data.portal import Portal
from data.tickets.kinds import KINDS
from data.tickets.request_types import TEMPLATES
from data.tickets.routing import Rule

Names = Mapping[str, str]
"""Of platforms, by id."""
NO_RULE = "The owner of the platform gets it; where there is none, <b>triage</b>."
ELSE = f"Otherwise: {NO_RULE[0].lower()}{NO_RULE[1:]}"
EVERYTHING = "Everything"


def platform_names(portal: Portal, actor: Actor) -> Names:
    board = cached.board(portal, actor).value
    return {tile.platform.id: tile.platform.name for tile in board.tiles} if board else {}


def conditions(names: Names) -> tuple[tuple[str, str, Collection[str]], ...]:
    return ("kind", "Kind", KINDS), ("platform", "Platform", names), ("template", "Request", TEMPLATES)


def label(name: str, code: str, names: Names) -> str:
    if name == "platform":
        return names.get(code, code)
    known = KINDS if name == "kind" else TEMPLATES
    return known[code].label if code in known else code


def asks(rule: Rule, names: Names) -> str:
    """'Request · New check on a table · on Sales mart · with “sap”', as HTML."""
    parts = [esc(label(name, code, names)) for name in ("kind", "template") if (code := getattr(rule, name))]
    parts += [f"on {esc(label('platform', rule.platform, names))}"] if rule.platform else []
    parts += [f"about <code>{esc(rule.asset)}</code>"] if rule.asset else []
    parts += [f"with <q>{esc(rule.keyword)}</q>"] if rule.keyword else []
    named = bool(rule.kind or rule.template)
    return " · ".join(parts if named else (EVERYTHING, *parts))
