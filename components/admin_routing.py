"""Which team gets a ticket: rules in order, each with what it asks for, and a box to try them out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st
from pydantic import ValidationError

from components.admin_routing_try import draw_try
from components.admin_setting import Form, Sheet
from components.form_fields import PERSISTENT
from components.markup import esc, icon, plain, section
from components.routing_words import ELSE, NO_RULE, Names, asks, conditions, label, platform_names
from data.cached import tickets as cached_tickets
from data.tickets.answers import cleaned_text
from data.tickets.knobs import ROUTING
from data.tickets.routing import Rule, shadowed
from data.tickets.typed import said

Rules = tuple[Rule, ...]
NEW = ("kind", "platform", "template", "keyword", "team")


def draw_rules(sheet: Sheet[Rules]) -> None:
    rules, names = sheet.value if sheet.wanted is not None else (), platform_names(sheet.portal, sheet.actor)
    hidden = shadowed(rules)
    st.html(section("Rules", "the first that fits decides"))
    with st.container(key="rules", gap=None):
        for place in range(len(rules)):
            draw_rule(sheet, rules, place, names, hidden.get(place))
        rest = ELSE if rules else f"No rules yet. {NO_RULE}"
        st.html(f'<p class="rule-else">{icon("subdirectory_arrow_right")} {rest}</p>')
    sheet.problem("rules")
    draw_new(sheet, rules, names)


def draw_rule(sheet: Sheet[Rules], rules: Rules, place: int, names: Names, hidden_by: int | None) -> None:
    rule, key = rules[place], f"{sheet.form.prefix}at_{place}"
    with st.container(key=f"rule_{place}", horizontal=True, gap=None, vertical_alignment="center"):
        never = "" if hidden_by is None else _never(hidden_by)
        st.html(
            f'<p class="rule-line"><span class="place">{place + 1}</span><span>{asks(rule, names)} '
            f"{icon('arrow_forward')} <b>{esc(rule.team)}</b>{never}</span></p>",
            width="stretch",
        )
        for name, mark, words, after, off in (
            ("up", "arrow_upward", "Earlier", _swapped(rules, place, place - 1), place == 0),
            ("down", "arrow_downward", "Later", _swapped(rules, place, place + 1), place == len(rules) - 1),
            ("remove", "close", "Remove", rules[:place] + rules[place + 1 :], False),
        ):
            st.button(
                f":material/{mark}:", key=f"{key}_{name}", type="tertiary", help=words, disabled=off, on_click=_set,
                args=(sheet, after),
            )  # fmt: skip
        st.button(":material/edit:", key=f"{key}_edit", type="tertiary", help="Edit", on_click=_edit,
                  args=(sheet, place, rule))  # fmt: skip
    sheet.problem(f"rule_{place}")


def _never(place: int) -> str:
    said_ = f"Never decides: rule {place + 1} takes all that it would."
    return f'<span class="never">{icon("visibility_off")} {said_}</span>'


def draw_new(sheet: Sheet[Rules], rules: Rules, names: Names) -> None:
    place = st.session_state.get(sheet.key("editing"))
    with st.container(key="new_rule", border=True, gap="small"):
        st.html(section("Add a rule" if place is None else f"Rule {place + 1}"))
        with st.grid(columns=2, min_column_width=150, gap="small", key="new_rule_fields"):
            for name, words, options in conditions(names):
                st.selectbox(
                    words, list(options), index=None, key=sheet.key(f"new_{name}"), placeholder="Any",
                    format_func=partial(_option, names, name), **PERSISTENT,
                )  # fmt: skip
            st.text_input("Word in title or text", key=sheet.key("new_keyword"), placeholder="Any", **PERSISTENT)
        teams = cached_tickets.teams(sheet.portal, sheet.actor).value or ()
        known = list(dict.fromkeys((*teams, *(rule.team for rule in rules))))
        st.selectbox("Team", known, index=None, key=sheet.key("new_team"), accept_new_options=True,
                     placeholder="Choose or write", **PERSISTENT)  # fmt: skip
        sheet.problem("new_team")
        with st.container(horizontal=True, gap="small"):
            verb = "Add" if place is None else f"Change rule {place + 1}"
            st.button(verb, key=sheet.key("add"), on_click=_put, args=(sheet, rules, place))
            if place is not None:
                st.button("Cancel", key=sheet.key("cancel"), type="tertiary", on_click=_clear, args=(sheet,))


def _option(names: Names, name: str, code: str) -> str:
    return plain(label(name, code, names))


def _swapped(rules: Rules, one: int, other: int) -> Rules:
    after = list(rules)
    if 0 <= other < len(rules):
        after[one], after[other] = after[other], after[one]
    return tuple(after)


def _set(sheet: Sheet[Rules], rules: Rules) -> None:
    st.session_state[sheet.key("rules")] = rules
    st.session_state.pop(sheet.key("editing"), None)


def _edit(sheet: Sheet[Rules], place: int, rule: Rule) -> None:
    for name in NEW:
        st.session_state[sheet.key(f"new_{name}")] = getattr(rule, name) or ("" if name == "keyword" else None)
    st.session_state[sheet.key("editing")] = place


def _put(sheet: Sheet[Rules], rules: Rules, place: int | None) -> None:
    given = {name: st.session_state.get(sheet.key(f"new_{name}")) for name in NEW}
    typed = {name: cleaned_text(value or "", one_line=True) or None for name, value in given.items()}
    asset = {"asset": rules[place].asset} if place is not None else {}
    try:
        rule = Rule.model_validate({**typed, **asset})
    except ValidationError as error:
        what = f"Team: {said(error)}" if typed["team"] else "Please say which team gets it."
        st.session_state[sheet.form.note("refused")] = (sheet_typed(sheet), {"new_team": what})
        return
    _set(sheet, (*rules, rule) if place is None else (*rules[:place], rule, *rules[place + 1 :]))
    _clear(sheet)


def sheet_typed(sheet: Sheet[Rules]) -> Mapping[str, Any]:
    return {name: st.session_state.get(sheet.key(name), first) for name, first in sheet.typed.items()}


def _clear(sheet: Sheet[Rules]) -> None:
    for name in NEW:
        st.session_state[sheet.key(f"new_{name}")] = "" if name == "keyword" else None
    st.session_state.pop(sheet.key("editing"), None)


def _rules_of(typed: Mapping[str, Any]) -> Rules:
    return tuple(typed["rules"])


FORM = Form("routing", ROUTING, lambda rules: {"rules": rules}, _rules_of, draw_rules, draw_try)
