"""E-mail by SMTP: text and HTML, several changes of one thing in one mail."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cached_property
from hashlib import sha256
from html import escape
from queue import Empty, SimpleQueue

from data.notifications.cards import cut
from data.notifications.model import Card
from data.settings import Settings
from jobs.channels.base import Failed, Office, Parcel, Refused

TIMEOUT_S = 15.0
SUBJECT_MOST = 150
FOOT = "You choose what you hear of on the page Notifications of the portal."


class MailSender:
    """Keeps connections for the run: opening one takes longer than a mail."""

    def __init__(self, office: Office) -> None:
        self._settings = office.settings
        self._clock = office.clock
        self._idle: SimpleQueue[smtplib.SMTP] = SimpleQueue()

    def send(self, parcel: Parcel) -> None:
        """Errors never repeat what the server said: it may repeat what it was told."""
        try:
            mail = message(parcel, self._settings)
            mail["Date"] = format_datetime(self._clock())
            self._hand_over(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted({code for code, _ in error.recipients.values()})
            raise _judged(codes[-1] if codes else 550, "the recipient") from None
        except smtplib.SMTPResponseException as error:
            raise _judged(error.smtp_code, "it") from None
        except smtplib.SMTPNotSupportedError:
            raise Refused("The mail server cannot do what PORTAL_SMTP_SECURITY or PORTAL_SMTP_USER ask for.") from None
        except ssl.SSLError:
            raise Failed("No secure connection to the mail server could be made.") from None
        except ValueError:
            raise Refused("The address or the text cannot be put into a mail.") from None
        except (OSError, smtplib.SMTPException) as error:
            raise Failed(f"The mail server cannot be reached ({type(error).__name__}).") from None

    def close(self) -> None:
        while not self._idle.empty():
            with suppress(OSError, smtplib.SMTPException):
                self._idle.get().quit()

    def _hand_over(self, mail: EmailMessage) -> None:
        server = self._connected()
        try:
            server.send_message(mail)
        except BaseException:
            server.close()
            raise
        self._idle.put(server)

    def _connected(self) -> smtplib.SMTP:
        """One that still answers, else a new one."""
        with suppress(Empty):
            while server := self._idle.get_nowait():
                with suppress(OSError, smtplib.SMTPException):
                    if server.noop()[0] == 250:
                        return server
                server.close()
        return opened(self._settings, self._trusted)

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        """Made once: reading all the certificates there are takes longer than a mail."""
        trusted = ssl.create_default_context()
        if self._settings.ca_file:
            trusted.load_verify_locations(self._settings.ca_file)
        return trusted


def _judged(code: int, what: str) -> Failed | Refused:
    """4xx are for a while, 5xx for good; wrong credentials (535) can be put right."""
    if code // 100 == 5 and code not in (530, 534, 535):
        return Refused(f"The mail server refuses {what} ({code}).")
    return Failed(f"The mail server does not take {what} now ({code}).")


def opened(settings: Settings, trusted: ssl.SSLContext) -> smtplib.SMTP:
    """Signed in, where there is a user."""
    host, port = settings.smtp_host or "", settings.smtp_port
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=trusted)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=trusted)
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server


def message(parcel: Parcel, settings: Settings) -> EmailMessage:
    """Its id is that of the parcel, so that one sent twice can be told; replies of one thing lie together."""
    domain = settings.mail_from.rpartition("@")[2]
    thread = f"<{sha256(f'{parcel.thread}:{parcel.target}'.encode()).hexdigest()[:32]}@{domain}>"
    mail = EmailMessage()
    mail["Subject"] = " ".join(f"[{settings.name}] {subject(parcel)}".split())
    mail["From"] = settings.mail_from
    mail["To"] = parcel.target
    mail["Message-ID"] = f"<{parcel.key}@{domain}>"
    mail["References"] = thread
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join([*map(as_text, parcel.cards), f"--\n{FOOT}"]))
    mail.add_alternative(as_html(parcel.cards), subtype="html")
    return mail


def subject(parcel: Parcel) -> str:
    last, number = parcel.cards[-1], len(parcel.cards)
    if parcel.thread == "daily":
        return f"Your day: {number} change{'' if number == 1 else 's'}"
    what = last.facts[0][1] if number == 1 and last.facts else f"{number} changes"
    return cut(f"{last.title} ({what})", SUBJECT_MOST)


def as_text(card: Card) -> str:
    facts = "\n".join(f"{name}: {value}" for name, value in card.facts)
    links = "\n".join(f"{name}: {url}" for name, url in card.links)
    return "\n\n".join(filter(None, (card.title, facts, card.text, links)))


def as_html(cards: tuple[Card, ...]) -> str:
    foot = f'<p style="color:#667085;font-size:12px">{escape(FOOT)}</p>'
    styled = "font-family:system-ui,sans-serif;font-size:14px;color:#101828"
    return f'<html><body style="{styled}">{"<hr>".join(map(_card_html, cards))}{foot}</body></html>'


def _card_html(card: Card) -> str:
    rows = "".join(
        f'<tr><td style="color:#667085;padding-right:12px">{escape(name)}</td><td>{escape(value)}</td></tr>'
        for name, value in card.facts
    )
    text = f'<p style="white-space:pre-wrap">{escape(card.text)}</p>' if card.text else ""
    links = " ".join(f'<a href="{escape(url)}">{escape(name)}</a>' for name, url in card.links)
    return f'<h2 style="font-size:17px">{escape(card.title)}</h2><table>{rows}</table>{text}<p>{links}</p>'
