"""The demo's glossary: believable states, a past, proposals, and gone when the demo is removed."""

from __future__ import annotations

from data.glossary.rules import is_due
from data.portal import Portal
from data.tickets.visibility import viewer_of
from jobs.demo.glossary import PORTAL, explain, withdraw_glossary
from tests.portals import NOW, clock, portal

__all__ = ["clock", "portal"]


def test_the_example_has_every_state_and_a_past_and_is_put_away(portal: Portal) -> None:
    assert explain(portal, NOW) == {"glossary_proposals": 2, "glossary_terms": 26}
    assert explain(portal, NOW) == {"glossary_proposals": 0, "glossary_terms": 0}
    terms = {term.name: term for term in portal.glossary.board(viewer_of(PORTAL))}
    assert {term.state for term in terms.values()} == {"draft", "approved", "deprecated"}
    assert sum(is_due(term, NOW.date()) for term in terms.values()) == 2
    assert terms["Turnover"].replaced_by == terms["Net sales"].id
    history = portal.glossary.history(PORTAL, terms["Net revenue"].id)
    assert [event.action.partition(":")[2] for event in history] == ["edit", "edit", "approve", "add"]
    assert all(event.at <= NOW for event in history)
    assert history[0].new == {"unit": "EUR, monthly average rate"}
    asked = portal.proposals.listed(viewer_of(PORTAL))
    assert portal.proposals.accept(PORTAL, asked[0].id, 1).notes == "Orders that wait for a credit check count, too."
    assert portal.outbox.pending(NOW.replace(year=2020))[0].topic == "glossary:accept"
    assert (withdraw_glossary(portal, NOW), withdraw_glossary(portal, NOW)) == (26, 0)
    assert {one.state for one in portal.proposals.listed(viewer_of(PORTAL))} == {"accepted", "declined"}
