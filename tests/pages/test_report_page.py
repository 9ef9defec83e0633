"""The forms as people meet them: what is known is said first, what is wrong at its field, and nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.portal import Portal
from data.tickets.ids import new_id
from data.tickets.model import Draft, Query, Ticket
from data.tickets.visibility import viewer_of
from tests.pages.conftest import BOB, CHARLIE, Open, SignIn, Visit
from tests.portals import Clock

TITLE = "Orders of Sunday are missing"
ODD = "<img src=x onerror=alert(1)> **مرحبا** 🙂 $x$ [a](javascript:b)"
ACCESS = {"dataset": "finance.gl", "access": "read", "purpose": "Month-end closing", "duration": "year"}


@pytest.fixture(autouse=True)
def charlie(sign_in: SignIn) -> None:
    """An outsider without any role of his own."""
    sign_in("charlie")


def field(app: AppTest, name: str, form: str = "incident") -> Any:
    key = f"form_{form}_{name}"
    return next(one for one in app if getattr(one, "key", None) == key)


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def fill(app: AppTest, title: str = TITLE, impact: str = "workaround") -> AppTest:
    field(app, "title").input(title)
    field(app, "impact").set_value(impact)
    return app.run()


def stored(house: Portal, kind: str = "incident") -> tuple[Ticket, ...]:
    return house.tickets.lists.page(viewer_of(BOB), Query(kind=kind)).tickets


def test_a_report_needs_no_more_than_a_title_and_how_much_it_hurts(house: Portal, visit: Visit) -> None:
    app = visit("report")
    assert field(app, "send").disabled
    assert "Still missing: title, how much does it hurt" in html(app)
    fill(app)
    assert not field(app, "send").disabled
    field(app, "send").click().run()
    (ticket,) = stored(house)
    assert (ticket.title, ticket.impact, ticket.requester) == (TITLE, "workaround", "charlie@example.org")
    assert house.tickets.lists.detail(BOB, ticket.key).ticket.body == ""
    assert ticket.key in html(app)
    assert "First answer by 17:00 today" in html(app)
    assert app.query_params["sent"] == ticket.key


@pytest.mark.parametrize(
    ("query", "platform", "asset"),
    [
        ({"platform": "sales"}, "sales", None),
        ({"check": "orders"}, "sales", "orders"),
        ({"platform": "sales", "check": "orders"}, "sales", "orders"),
        ({"platform": "payroll"}, None, None),
        ({"check": "salaries"}, None, None),
        ({"platform": "no such"}, None, None),
    ],
)
def test_a_tile_fills_in_what_is_affected_as_far_as_the_reporter_may_know(
    house: Portal, visit: Visit, query: dict[str, str], platform: str | None, asset: str | None
) -> None:
    app = fill(visit("report", **query))
    assert "payroll" not in str(field(app, "platform_id").options).lower()
    field(app, "send").click().run()
    assert (stored(house)[0].platform_id, stored(house)[0].asset) == (platform, asset)


def test_a_known_incident_is_said_before_anything_is_typed(house: Portal, visit: Visit, open_: Open) -> None:
    known = open_(("triage", {"priority": 2}), ("start", {}), platform_id="sales", asset="orders", title=ODD)
    app = visit("report", check="orders")
    said = html(app)
    assert "Already known since" in said
    assert "bob is on it" in said
    assert "<img" not in said
    app.text_input(key=f"impact_{known.id}").input("The board meeting")
    app.button(key=f"me_too_{known.id}").click().run()
    assert app.button(key=f"me_too_{known.id}").disabled
    (vote,) = house.tickets.lists.detail(BOB, known.key).votes
    assert (vote.person, vote.note) == ("charlie@example.org", "The board meeting")
    assert len(stored(house)) == 1


def test_without_an_incident_the_portal_says_what_it_sees(visit: Visit) -> None:
    said = html(visit("report", check="orders"))
    assert "We see it too: Orders are fresh is late" in said
    assert "We see it too" not in html(visit("report", check="answers"))


def test_what_looks_similar_is_offered_with_a_vote(house: Portal, visit: Visit, open_: Open) -> None:
    like = open_(title="Orders of Sunday missing in the report", platform_id="gateway")
    hidden = open_(title="Orders of Sunday missing, salaries too", platform_id="gateway", sensitive=True)
    app = visit("report")
    field(app, "title").input(TITLE).run()
    assert "Looks similar (1)" in html(app)
    app.button(key=f"alike_vote_{like.id}").click().run()
    assert [vote.person for vote in house.tickets.lists.detail(BOB, like.key).votes] == ["charlie@example.org"]
    assert field(app, "title").value == TITLE
    assert hidden.key not in html(app)


def test_of_the_skeleton_only_what_was_filled_in_is_sent(house: Portal, visit: Visit) -> None:
    app = fill(visit("report"))
    field(app, "body").input("I expected …\nI see Saturday's numbers\nSince …").run()
    field(app, "send").click().run()
    assert house.tickets.lists.detail(BOB, stored(house)[0].key).ticket.body == "I see Saturday's numbers"


def test_what_is_wrong_is_told_at_its_field_and_not_sent(house: Portal, visit: Visit) -> None:
    app = fill(visit("report"), title="x" * 101)
    assert "101 characters; at most 100 fit." in html(app)
    assert field(app, "send").disabled
    assert field(app, "title").value == "x" * 101
    assert stored(house) == ()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("page.png", b"<script>alert(1)</script>", "page.png"), ("empty.txt", b"", "empty.txt")],
)
def test_a_file_that_cannot_be_taken_is_refused_before_sending(
    house: Portal, visit: Visit, name: str, content: bytes, said: str
) -> None:
    app = fill(visit("report"))
    field(app, "files").upload(name, content, "image/png").run()
    assert said in html(app)
    assert field(app, "send").disabled
    assert stored(house) == ()


def test_six_files_are_one_too_many(visit: Visit) -> None:
    app = fill(visit("report"))
    for number in range(6):
        field(app, "files").upload(f"{number}.txt", b"hello", "text/plain")
    app.run()
    assert field(app, "send").disabled


def test_a_file_arrives_with_its_ticket(house: Portal, visit: Visit) -> None:
    app = fill(visit("report"))
    field(app, "files").upload("error.log", b"ORA-00942", "text/plain").run()
    field(app, "send").click().run()
    (kept,) = house.tickets.lists.detail(BOB, stored(house)[0].key).attachments
    assert house.tickets.download(BOB, stored(house)[0].id, kept.id)[1] == b"ORA-00942"


def test_a_failed_send_keeps_the_text_and_the_second_try_makes_one_ticket(
    house: Portal, visit: Visit, clock: Clock
) -> None:
    app = fill(visit("report"))
    cast(RecordingEngine, house.engine).fail(1, Unavailable("The store does not answer."), on="INTO tickets")
    field(app, "send").click().run()
    assert "Not sent. Your text is kept." in html(app)
    assert "The store does not answer." in html(app)
    assert field(app, "title").value == TITLE
    clock.advance(seconds=20)
    field(app, "send").click().run()
    assert [ticket.title for ticket in stored(house)] == [TITLE]


def test_a_send_that_failed_after_the_ticket_was_kept_makes_no_twin(house: Portal, visit: Visit) -> None:
    app = fill(visit("report"))
    cast(RecordingEngine, house.engine).fail(1, Unavailable("The store does not answer."), on="INTO outbox")
    field(app, "send").click().run()
    assert "Not sent. Your text is kept." in html(app)
    field(app, "title").input("Other words for the same").run()
    field(app, "send").click().run()
    assert [ticket.title for ticket in stored(house)] == [TITLE]
    assert "is in" in html(app)


def test_a_draft_is_still_there_after_a_look_at_another_page(visit: Visit) -> None:
    app = fill(visit("report"))
    app.switch_page("pages/incidents.py").run()
    app.switch_page("pages/report.py").run()
    assert field(app, "title").value == TITLE
    assert field(app, "impact").value == "workaround"


def test_the_next_report_starts_empty(visit: Visit) -> None:
    app = fill(visit("report"))
    field(app, "send").click().run()
    app.button(key="another").click().run()
    assert field(app, "title").value == ""
    assert field(app, "impact").value is None


def test_odd_text_is_shown_as_it_is(visit: Visit) -> None:
    app = fill(visit("report"), title=ODD)
    field(app, "send").click().run()
    assert "&lt;img src=x onerror=alert(1)&gt; **مرحبا** 🙂 $x$" in html(app)
    assert "<img" not in html(app)


def test_what_was_sent_is_shown_to_nobody_who_may_not_know_it(visit: Visit, open_: Open, sign_in: SignIn) -> None:
    secret = open_(title="Salaries leak", sensitive=True)
    for address in (secret.key, "INC-00000", "<b>"):
        assert "There is nothing here" in html(visit("report", sent=address))
    sign_in("bob")
    assert "Salaries leak" in html(visit("report", sent=secret.key))


def test_an_idea_needs_its_reason_and_is_voted_for_by_whoever_has_it(house: Portal, visit: Visit) -> None:
    app = visit("improvements", new="1", title="Refresh the Sales model hourly")
    field(app, "send", "improvement").click().run()
    assert "please fill this in" in html(app).lower()
    assert stored(house, "improvement") == ()
    field(app, "body", "improvement").input("Today I wait until noon, so I would like fresher numbers.").run()
    field(app, "send", "improvement").click().run()
    (idea,) = stored(house, "improvement")
    assert [v.person for v in house.tickets.lists.detail(BOB, idea.key).votes] == ["charlie@example.org"]


def asked(visit: Visit) -> AppTest:
    """An access request on the way to its review."""
    app = visit("requests", new="1", template="access")
    field(app, "platform_id", "request_access").select("sales").run()
    field(app, "dataset", "request_access").set_value("Orders are fresh · Sales *mart*").run()
    field(app, "on_0", "request_access").click().run()
    field(app, "access", "request_access").set_value("read")
    field(app, "purpose", "request_access").input(ACCESS["purpose"])
    field(app, "duration", "request_access").set_value("year").run()
    return app


def test_a_request_says_what_it_takes_before_it_is_sent(house: Portal, visit: Visit) -> None:
    app = asked(visit)
    field(app, "on_1", "request_access").click().run()
    said = html(app)
    for words in ("Owners of Sales *mart*", "€ 8", "€ 8 of € 200", "1 of 10", "17:00 today", "Month-end closing"):
        assert words in said
    field(app, "send", "request_access").click().run()
    (request,) = stored(house, "request")
    assert (request.state, request.title) == ("awaiting_approval", "Access to Orders are fresh · Sales *mart*")
    assert "Done within 1 working day of the approval" in html(app)


def test_a_step_is_left_only_when_it_is_complete(visit: Visit) -> None:
    app = visit("requests", new="1", template="access")
    field(app, "on_0", "request_access").click().run()
    assert "Still missing: which platform, dataset or report" in html(app)
    assert "please fill this in" in html(app).lower()
    field(app, "platform_id", "request_access")


def test_the_way_back_keeps_every_answer(visit: Visit) -> None:
    app = asked(visit)
    field(app, "back", "request_access").click().run()
    assert field(app, "platform_id", "request_access").value == "sales"
    field(app, "on_0", "request_access").click().run()
    assert field(app, "purpose", "request_access").value == ACCESS["purpose"]
    assert field(app, "access", "request_access").value == "read"


def test_a_request_over_quota_is_refused_with_the_reason(house: Portal, visit: Visit) -> None:
    knob = {"key": "tickets:requests", "value": '{"quotas": {"access": 1}}', "by": "alice@example.org"}
    house.statements.run("schema/set_setting", at=house.clock(), **knob)
    mine = Draft(
        id=new_id(house.clock()), kind="request", template="access", title="", fields=ACCESS, platform_id="sales"
    )
    house.tickets.open(CHARLIE, mine)
    app = asked(visit)
    field(app, "on_1", "request_access").click().run()
    assert re.search("This would be your 2nd .* this month; 1 is the quota", html(app))
    assert field(app, "send", "request_access").disabled
    assert len(stored(house, "request")) == 1


def test_the_catalogue_finds_by_what_people_need(visit: Visit) -> None:
    app = visit("requests")
    labels = [link.proto.label for link in app.get("page_link")]
    assert "Access to a dataset or report" in labels
    app.text_input(key="need").input("notebook").run()
    assert "Query a table from my notebook" in [link.proto.label for link in app.get("page_link")]
    assert "Retire a report" not in [link.proto.label for link in app.get("page_link")]
    app.text_input(key="need").input("unicorn").run()
    assert "Nothing here goes by that name" in html(app)
    assert "Something else" in [link.proto.label for link in app.get("page_link")]


def test_the_newest_own_request_stands_on_top_of_the_catalogue(visit: Visit, open_: Open, sign_in: SignIn) -> None:
    open_(kind="request", template="access", fields=ACCESS, platform_id="sales", impact=None, urgency=None)
    sign_in("bob")
    assert "REQ-" not in html(visit("requests"))
    app = asked(visit)
    field(app, "on_1", "request_access").click().run()
    field(app, "send", "request_access").click().run()
    app = visit("requests")
    assert "REQ-" in html(app)
    assert "Your 1 open request" in [link.proto.label for link in app.get("page_link")]


def test_an_unknown_template_leads_to_the_catalogue(visit: Visit) -> None:
    assert visit("requests", new="1", template="<b>").text_input(key="need")
