"""What each channel writes: Adaptive Cards as Teams wants them, mail over TLS, and what people wrote kept harmless."""

from __future__ import annotations

import json
import smtplib
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from data.notifications.model import Card
from data.portal import utc_now
from jobs.channels import teams
from tests.jobs.delivering import House, house, notice
from tests.portals import NOW
from tests.standins.receivers import mail_server
from tests.standins.workspace.certificate import certify

__all__ = ["house"]


def card(**parts: Any) -> Card:
    given: dict[str, Any] = {
        "topic": "ticket:resolve", "at": NOW, "title": "INC-1 · Sales are late", "text": "Since five.",
        "facts": (("State", "Resolved"), ("Platform", "Sales")), "links": (("Open", "https://portal.example.org/x"),),
    }  # fmt: skip
    return Card(**given | parts)


def test_teams_gets_an_adaptive_card_in_attachments() -> None:
    assert json.loads(teams.message(card())) == {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "msteams": {"width": "Full"},
                    "body": [
                        {
                            "type": "TextBlock", "size": "Large", "weight": "Bolder", "wrap": True,
                            "text": r"INC\-1 · Sales are late",
                        },
                        {
                            "type": "FactSet",
                            "facts": [
                                {"title": "State", "value": "Resolved"}, {"title": "Platform", "value": "Sales"}
                            ],
                        },
                        {"type": "TextBlock", "wrap": True, "text": "Since five."},
                    ],
                    "actions": [{"type": "Action.OpenUrl", "title": "Open", "url": "https://portal.example.org/x"}],
                },
            }
        ],
    }  # fmt: skip


def test_a_card_is_never_larger_than_teams_takes() -> None:
    wire = teams.message(card(text="ä*" * 50_000))
    assert 5_000 < len(wire) <= teams.MOST_BYTES
    assert json.loads(wire)["attachments"][0]["content"]["body"][-1]["text"].endswith("…")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[here](https://example.com)", r"\[here\]\(https://example.com\)"),
        ("<at>Everybody</at>", "\u2039at\u203aEverybody\u2039/at\u203a"),
        ("{{DATE(2026-11-23T07:30:00Z)}}", r"{ {DATE\(2026\-11\-23T07:30:00Z\)}}"),
        ("**x** _y_ `z`", r"\*\*x\*\* \_y\_ \`z\`"),
    ],
)
def test_what_people_wrote_is_only_text_in_a_card(written: str, shown: str) -> None:
    assert teams.plain(written) == shown


def test_a_teams_channel_hears_by_its_flow(house: House) -> None:
    house.add(type="teams", secret_variable=None)
    house.tell(notice(recipients=()))
    [posted] = house.hook.posted
    assert posted.path == "/flow?sig=s3cret"
    assert json.loads(posted.body)["type"] == "message"


def test_mail_goes_over_tls_and_signed_in(house: House, tmp_path: Path) -> None:
    served, trusted = certificate(tmp_path)
    seen: list[str] = []

    def sign_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        seen.append(data.login.decode())
        return AuthResult(success=data.password == b"s3cret")

    with mail_server(tls_context=served, require_starttls=True, authenticator=sign_in, auth_required=True) as box:
        signed = {"smtp_port": box.port, "smtp_security": "starttls", "smtp_user": "portal", "smtp_host": "localhost"}
        distrusting = house.using(**signed, smtp_password=SecretStr("s3cret"))
        distrusting.tell(notice())
        assert house.deliveries("last_error") == [("No secure connection to the mail server could be made.",)]
        house.using(**signed, smtp_password=SecretStr("wrong"), ca_file=trusted).again(minutes=1)
        assert house.deliveries("state") == [("pending",)], "credentials can be put right"
        house.using(**signed, smtp_password=SecretStr("s3cret"), ca_file=trusted).again(minutes=5)
        assert house.deliveries("state") == [("sent",)]
        assert len(box.mails) == 1
    assert set(seen) == {"portal"}


def test_a_connection_that_the_mail_server_closed_is_replaced(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtplib.SMTP, "noop", lambda server: server.docmd("quit"))
    house.tell(*(notice(f"e{n}", object_id=f"m{n}") for n in range(20)))
    assert len(house.box.mails) == 20


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    public, private = certify(folder, utc_now)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return context, public
