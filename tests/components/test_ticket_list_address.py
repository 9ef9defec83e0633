"""What an address says of a list, and that nothing is lost on the way there and back."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.ticket_address import Chosen, as_text, from_text, narrowed, read, written
from data.tickets.kinds import INCIDENT_KIND
from data.tickets.model import Query

NAMES = [state.name for state in INCIDENT_KIND.workflow.states]
SLUGS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)


def several(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(values, max_size=4, unique=True).map(tuple)


CHOSEN = st.builds(
    Chosen,
    view=st.sampled_from(["", "queue", "open", "team-Ingestion & co", "saved"]),
    q=st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=40),
    platform=several(SLUGS),
    state=several(st.sampled_from(NAMES)),
    priority=several(st.sampled_from([1, 2, 3, 4])),
    asset=st.one_of(st.just(""), SLUGS),
    sort=st.sampled_from([None, "due", "updated", "created", "votes", "priority"]),
)


@given(CHOSEN)
def test_an_address_says_all_that_was_chosen(chosen: Chosen) -> None:
    said = read(INCIDENT_KIND, written(chosen))
    assert read(INCIDENT_KIND, written(said)) == said
    assert (said.view, said.platform, said.state, said.priority, said.asset, said.sort) == (
        chosen.view, chosen.platform, chosen.state, chosen.priority, chosen.asset, chosen.sort,
    )  # fmt: skip
    assert from_text(INCIDENT_KIND, as_text(said)) == said


def test_an_untouched_list_has_a_clean_address() -> None:
    assert written(Chosen()) == {}
    assert written(Chosen(view="open", priority=(1, 2))) == {"view": "open", "priority": "1,2"}


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("state=nonsense,new&priority=0,9,x,2", Chosen(state=("new",), priority=(2,))),
        ("sort=drop%20table&view=", Chosen()),
        ("q=%20%20late%0Adata%E2%80%AE%20", Chosen(q="late data")),
        ("platform=sales,,sales,crm", Chosen(platform=("sales", "crm"))),
        ("unknown=1&id=", Chosen()),
    ],
)
def test_what_makes_no_sense_in_an_address_is_left_out(address: str, kept: Chosen) -> None:
    assert read(INCIDENT_KIND, dict(parse_qsl(address))) == kept


def test_an_address_cannot_ask_for_more_than_a_list_can_bear() -> None:
    platforms = ",".join(f"p{n}" for n in range(5000))
    huge = read(INCIDENT_KIND, {"q": "x" * 5000, "platform": platforms, "view": "v" * 5000})
    assert (len(huge.q), len(huge.platform), len(huge.view)) == (100, 20, 100)


def test_filters_narrow_the_view_and_chosen_states_replace_its_own() -> None:
    base = Query(kind="incident", states=("new", "triaged"), assignee="bob@example.org", sort="due")
    found = narrowed(base, Chosen(q="late", platform=("sales",), priority=(1,), asset="orders"))
    assert (found.states, found.assignee, found.sort) == (base.states, base.assignee, "due")
    assert (found.search, found.platforms, found.priorities, found.asset) == ("late", ("sales",), (1,), "orders")
    assert narrowed(base, Chosen(state=("closed",), sort="created")) == Query(
        kind="incident", states=("closed",), assignee="bob@example.org", sort="created"
    )


@pytest.mark.parametrize(
    ("chosen", "narrow"),
    [(Chosen(view="open", sort="due"), False), (Chosen(q="x"), True), (Chosen(state=("new",)), True)],
)
def test_a_view_and_an_order_hide_nothing_but_filters_do(chosen: Chosen, narrow: bool) -> None:
    assert chosen.narrowed is narrow
