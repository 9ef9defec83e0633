"""Any program that takes JSON: signed, so that it can tell that the portal sent it, and when."""

from __future__ import annotations

import hashlib
import hmac
import json

from data.errors import PortalError
from data.notifications.model import Channel
from data.settings import secret
from jobs.channels.base import Office, Parcel, Refused
from jobs.channels.receivers import Receivers


class WebhookSender:
    def __init__(self, office: Office) -> None:
        self._clock = office.clock
        self._receivers = Receivers(office)

    def send(self, parcel: Parcel) -> None:
        channel = self._receivers.channel(parcel.target)
        body = message(parcel)
        at = str(int(self._clock().timestamp()))
        headers = {
            "X-Portal-Delivery": parcel.key,
            "X-Portal-Timestamp": at,
            "X-Portal-Signature": f"sha256={signature(_key(channel), at, body)}",
        }
        self._receivers.post(channel, body, headers)

    def close(self) -> None:
        self._receivers.close()


def message(parcel: Parcel) -> bytes:
    delivery = parcel.deliveries[-1]
    told = {
        "delivery": parcel.key, "event": delivery.event_id, "platform": delivery.platform_id,
        "object": {"type": delivery.object_type, "id": delivery.object_id},
        **delivery.card.model_dump(mode="json", exclude={"facts", "links", "edition"}),
        "facts": dict(delivery.card.facts), "links": dict(delivery.card.links),
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False).encode()


def signature(key: str, at: str, body: bytes) -> str:
    """HMAC-SHA256 over the time in seconds, a dot, and the body as it is sent."""
    return hmac.new(key.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


def _key(channel: Channel) -> str:
    try:
        return secret(channel.secret_variable or "")
    except PortalError as error:
        raise Refused(str(error)) from None
