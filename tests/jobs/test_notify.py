"""The job that tells: over real sockets, each once, with patience for receivers that fail."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.notifications.choices import Choice
from data.notifications.post import LEASE
from data.people.model import Actor, Role
from data.status.model import Outcome
from jobs import notify as job
from jobs.channels import receivers
from jobs.channels.webhook import signature
from jobs.notify import notify
from jobs.sources.portal_self import WATCHED
from tests.jobs.delivering import ALICE, BOB, CHARLIE, DANA, KEY, URL, House, house, notice
from tests.portals import NOW, ON_EVERY_STORE, connected, warehouse, workspace

__all__ = ["connected", "house", "warehouse", "workspace"]


def choose(house: House, who: str, *choices: Choice) -> None:
    house.portal.notifications.choices.choose(Actor(who, who, Role.contributor), choices)


@ON_EVERY_STORE
def test_a_mail_and_a_post_arrive_once(house: House) -> None:
    house.add()
    assert house.tell(notice()) == ["2 deliveries planned; 2 delivered."]
    assert house.tell(notice()) == ["0 deliveries planned; nothing was due."]
    [mail] = house.box.mails
    assert (mail["To"], mail["Subject"]) == (ALICE, "[Data portal] Sales are late (Publish)")
    assert len(house.hook.posted) == 1
    assert house.deliveries("state", "attempts", "claimed_by") == [("sent", 1, None)] * 2


def test_a_mail_tells_in_text_and_html_what_happened(house: House) -> None:
    given = {"title": "<b>Late</b>\nBcc: x@example.org", "text": "<script>", "path": "messages?id=m1"}
    house.tell(notice(payload=given))
    [mail] = house.box.mails
    text, html = (" ".join(mail.get_body((kind,)).get_content().split()) for kind in ("plain", "html"))
    assert "<b>Late</b> Bcc: x@example.org What: Publish Platform: Sales When: Mon 23 Nov, 08:30 CET" in text
    assert "Open: https://portal.example.org/messages?id=m1" in text
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert mail["Bcc"] is None
    assert mail["Message-ID"].endswith("@example.org>")


def test_several_changes_of_one_thing_come_in_one_mail(house: House) -> None:
    house.tell(notice("e1"))
    house.clock.advance(minutes=2)
    house.tell(notice("e2", at=house.clock()))
    house.clock.advance(minutes=3)
    house.tell(notice("e3", at=house.clock()), notice("x", object_id="m2", payload={"title": "Another"}))
    assert [mail["Subject"] for mail in house.box.mails[1:]] == ["[Data portal] Another (Publish)"]
    assert house.again(minutes=4) == ["0 deliveries planned; nothing was due."]
    assert house.again(minutes=2) == ["0 deliveries planned; 2 delivered."]
    assert house.box.mails[2]["Subject"] == "[Data portal] Sales are late (2 changes)"
    assert house.box.mails[2]["References"] == house.box.mails[0]["References"]


def test_the_day_comes_in_one_mail_at_seven_and_only_when_something_happened(house: House) -> None:
    choose(house, CHARLIE, ("sales", "messages", "daily"))
    house.tell(*(notice(f"e{n}", object_id=f"m{n}", recipients=()) for n in range(3)))
    assert house.box.mails == []
    house.again(hours=22, minutes=29)
    assert house.box.mails == []
    house.again(minutes=1)
    assert [(m["To"], m["Subject"]) for m in house.box.mails] == [(CHARLIE, "[Data portal] Your day: 3 changes")]
    house.again(days=1)
    assert len(house.box.mails) == 1


def test_who_may_see_it_is_asked_again_when_it_is_sent(house: House) -> None:
    choose(house, ALICE, (None, "messages", "daily"))
    house.tell(notice(platform_id="payroll"))
    house.portal.people.unmap_platform(Actor.job(), "user", ALICE, "payroll")
    assert house.again(days=1) == ["0 deliveries planned; 1 dropped, because nobody may see them any more."]
    assert house.box.mails == []
    assert house.deliveries("state", "last_error") == [("dropped", "Whoever it is for may not see this any more.")]


def test_charlie_hears_nothing_of_what_is_not_for_him(house: House) -> None:
    choose(house, CHARLIE, (None, "messages", "now"))
    house.tell(notice("e1", platform_id="payroll", recipients=(CHARLIE,)), notice("e2", audience="staff"))
    assert house.box.mails == []


def test_a_receiver_that_fails_is_asked_again_later(house: House) -> None:
    house.add()
    house.hook.will_answer(500)
    assert house.tell(notice(recipients=())) == ["1 deliveries planned; 1 to be tried again."]
    [(state, error, due_at)] = house.deliveries("state", "last_error", "due_at")
    assert (state, error, due_at) == ("pending", "The receiver answered 500.", NOW + timedelta(minutes=1))
    assert house.again(seconds=59) == ["0 deliveries planned; nothing was due."]
    assert house.again(seconds=1) == ["0 deliveries planned; 1 delivered."]
    first, second = house.hook.posted
    assert first.headers["X-Portal-Delivery"] == second.headers["X-Portal-Delivery"]


def test_a_receiver_that_is_busy_says_how_long_and_is_left_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "AT_ONCE", 1)
    house.add()
    house.hook.will_answer(429, Retry_After="600")
    told = house.tell(*(notice(f"e{n}", recipients=()) for n in range(3)))
    assert told == ["3 deliveries planned; 1 to be tried again, 2 postponed as the receiver asked."]
    assert len(house.hook.posted) == 1
    assert {due for (due,) in house.deliveries("due_at")} == {NOW + timedelta(minutes=10)}
    assert sorted(tries for (tries,) in house.deliveries("attempts")) == [0, 0, 1]
    assert house.again(minutes=10) == ["0 deliveries planned; 3 delivered."]


def test_after_the_fifth_try_it_is_a_dead_letter(house: House) -> None:
    house.add()
    house.hook.will_answer(*[503] * 5)
    house.tell(notice(recipients=()))
    for minutes in (1, 5, 15, 60):
        assert house.dead() == []
        house.again(minutes=minutes)
    [dead] = house.dead()
    assert (dead.attempts, dead.last_error) == (5, "The receiver answered 503.")
    assert len(house.hook.posted) == 5


REFUSED = [
    (302, {"Location": "http://127.0.0.1:1/"}, "The receiver answered 302: it leads elsewhere"),
    (400, {}, "The receiver answered 400, so it does not take this."),
    (410, {}, "The receiver answered 410, so it does not take this."),
]


@pytest.mark.parametrize(("status", "headers", "words"), REFUSED)
def test_what_is_refused_is_not_tried_again(house: House, status: int, headers: dict[str, str], words: str) -> None:
    house.add()
    house.hook.answers.append((status, headers))
    assert house.tell(notice(recipients=())) == ["1 deliveries planned; 1 refused, see dead letters."]
    [dead] = house.dead()
    assert (dead.last_error or "").startswith(words)
    assert len(house.hook.posted) == 1


def test_a_receiver_that_hangs_is_not_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receivers, "TIMEOUT_S", 0.1)
    house.add()
    house.hook.will_answer(0)
    house.tell(notice())
    assert len(house.box.mails) == 1, "others are told meanwhile"
    assert ("pending", "No answer within 0.1 s.") in house.deliveries("state", "last_error")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://127.0.0.1:9/x", receivers.PRIVATE),
        ("https://localhost/x", receivers.PRIVATE),
        ("https://[::ffff:10.0.0.8]/x", receivers.PRIVATE),
        ("https://169.254.169.254/latest", receivers.PRIVATE),
        ("http://192.0.2.1/x", f"{URL} must begin with https://."),
        ("s3cret", f"{URL} does not hold a web address."),
        ("", f"The environment variable {URL} is not set."),
    ],
)
def test_an_address_that_is_not_a_public_one_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch, address: str, words: str
) -> None:
    monkeypatch.setenv(URL, address)
    house.add()
    house.using(private_receivers=False).tell(notice(recipients=()))
    assert [dead.last_error for dead in house.dead()] == [words]
    assert house.hook.posted == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *((one, True) for one in ("8.8.8.8", "2001:4860:4860::8888")),
        *((one, False) for one in ("10.1.2.3", "100.64.0.1", "224.0.0.1", "169.254.169.254", "0.0.0.0")),
        *((one, False) for one in ("::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::")),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert receivers.is_public(address) is public


def test_a_webhook_is_signed_with_its_time(house: House) -> None:
    house.add()
    house.tell(notice(recipients=()))
    [posted] = house.hook.posted
    at = posted.headers["X-Portal-Timestamp"]
    assert int(at) == NOW.timestamp()
    expected = hmac.new(b"signing-k3y", at.encode() + b"." + posted.body, hashlib.sha256).hexdigest()
    assert posted.headers["X-Portal-Signature"] == f"sha256={expected}"
    assert signature("signing-k3y", at, posted.body + b" ") != expected
    told = json.loads(posted.body)
    assert (told["topic"], told["event"], told["title"]) == ("message:publish", "e1", "Sales are late")
    assert told["object"] == {"type": "message", "id": "m1"}


def test_secrets_are_in_no_log_and_in_no_row(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    house.add()
    house.hook.will_answer(200, 500, 400, 302)
    for n in range(4):
        house.tell(notice(f"e{n}", recipients=()))
    tables = house.portal.settings.tables
    kept = b"".join(file.read_bytes() for name in ("deliveries", "channels", "outbox", "audit_events")
                    for file in (tables / name).rglob("*") if file.is_file())  # fmt: skip
    assert len(house.hook.posted) == 4
    for hidden in ("s3cret", "signing-k3y", house.hook.url):
        assert hidden not in caplog.text
        assert hidden not in repr(house.dead())
        assert hidden.encode() not in kept


@ON_EVERY_STORE
def test_two_runs_at_the_same_time_deliver_each_thing_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "BATCH", 7)
    house.add()
    house.portal.outbox.add(notice(f"e{n:02}", object_id=f"m{n}") for n in range(20))
    start = threading.Barrier(3)

    def run() -> list[str]:
        start.wait()
        return notify(house.portal)

    with ThreadPoolExecutor(3) as runs:
        told = [one.result() for one in [runs.submit(run) for _ in range(3)]]
    assert sorted(json.loads(p.body)["event"] for p in house.hook.posted) == [f"e{n:02}" for n in range(20)], told
    assert len(house.box.mails) == len({mail["Message-ID"] for mail in house.box.mails}) == 20
    assert {state for (state,) in house.deliveries("state")} == {"sent"}


@pytest.mark.parametrize("at", ["INSERT INTO deliveries", "MERGE INTO outbox"])
def test_a_run_that_is_killed_while_planning_loses_and_repeats_nothing(house: House, at: str) -> None:
    house.portal.outbox.add([notice()])
    engine = RecordingEngine(house.portal.engine)
    engine.fail(1, Unavailable("killed"), on=at)
    with pytest.raises(Unavailable):
        notify(house.portal.replace(engine=engine))
    notify(house.portal)
    assert len(house.box.mails) == 1


def test_a_run_killed_after_sending_sends_again_under_the_same_key_once_its_claim_has_run_out(house: House) -> None:
    house.add()
    house.portal.outbox.add([notice()])
    engine = RecordingEngine(house.portal.engine)
    engine.fail(1, Unavailable("killed"), on="USING settled")
    with pytest.raises(Unavailable):
        notify(house.portal.replace(engine=engine))
    assert house.again(seconds=1) == ["0 deliveries planned; nothing was due."]
    house.clock.advance(seconds=LEASE.total_seconds())
    notify(house.portal)
    first, second = house.box.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert len({posted.headers["X-Portal-Delivery"] for posted in house.hook.posted}) == 1
    assert {state for (state,) in house.deliveries("state")} == {"sent"}


MAIL_ANSWERS = [
    ("451 later", "pending", "The mail server does not take it now (451)."),
    ("550 no such mailbox", "dead", "The mail server refuses it (550)."),
]


@pytest.mark.parametrize(("answer", "state", "words"), MAIL_ANSWERS)
def test_what_the_mail_server_says_decides(house: House, answer: str, state: str, words: str) -> None:
    house.box.answers.append(answer)
    house.tell(notice())
    assert house.deliveries("state", "last_error") == [(state, words)]


def test_without_a_mail_server_it_is_tried_again(house: House) -> None:
    house.using(smtp_port=1).tell(notice())
    assert house.deliveries("state", "last_error") == [
        ("pending", "The mail server cannot be reached (ConnectionRefusedError).")
    ]


def test_a_mail_server_without_tls_gets_no_mail_where_tls_is_asked_for(house: House) -> None:
    house.using(smtp_security="starttls").tell(notice())
    assert house.box.mails == []
    assert [state for (state,) in house.deliveries("state")] == ["dead"]


def test_an_error_of_one_channel_stops_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "")
    house.add()
    house.tell(notice(recipients=(ALICE, DANA)))
    assert sorted(mail["To"] for mail in house.box.mails) == [ALICE, DANA]
    assert [dead.last_error for dead in house.dead()] == [f"The environment variable {KEY} is not set."]


def test_whoever_did_it_is_not_told(house: House) -> None:
    choose(house, BOB, (None, "messages", "now"))
    house.tell(notice(recipients=(ALICE, BOB)))
    assert [mail["To"] for mail in house.box.mails] == [ALICE]


def test_what_was_handed_on_long_ago_is_forgotten(house: House) -> None:
    house.tell(notice("old"))
    house.clock.advance(days=31)
    house.portal.outbox.add([notice("new", at=house.clock())])
    assert house.portal.notifications.post.forget() == 1
    left: Any = house.portal.engine.query("SELECT id FROM outbox")["id"].to_pylist()
    assert left == ["new"]


def test_the_portal_tells_of_its_own_dead_letters_and_of_what_nobody_delivers(house: House) -> None:
    look = WATCHED["notifications"]
    assert look(house.portal).outcome is Outcome.ok
    house.add()
    house.hook.will_answer(400, 500)
    house.tell(notice("e1", recipients=()))
    assert (look(house.portal).outcome, look(house.portal).value) == (Outcome.warn, 1)
    house.tell(notice("e2", recipients=()))
    house.clock.advance(hours=1)
    assert (look(house.portal).outcome, look(house.portal).value) == (Outcome.fail, 2)
