"""The channels there are: one class and one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jobs.channels.base import Office, Sender
from jobs.channels.mail import MailSender
from jobs.channels.teams import TeamsSender
from jobs.channels.webhook import WebhookSender

CHANNELS: Mapping[str, Callable[[Office], Sender]] = {
    "mail": MailSender,
    "teams": TeamsSender,
    "webhook": WebhookSender,
}
