"""The area as every door finds it: choices of people, channels and upkeep by admins, the post office of the job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from data.audit.service import AuditService
from data.notifications.channels import Channels
from data.notifications.choices import Choices
from data.notifications.post import Hearer, Post
from data.notifications.service import OutboxService
from data.notifications.store import NotificationStore
from data.notifications.upkeep import NotificationUpkeep
from data.people.service import PeopleService
from data.settings import Settings
from data.statements import Statements


class Notifications:
    """`hearers`: by type of object, who may hear of it. What has none is visible as its platform is."""

    def __init__(
        self, statements: Statements, outbox: OutboxService, audit: AuditService, people: PeopleService,
        hearers: Callable[[], Mapping[str, Hearer]], clock: Callable[[], datetime], settings: Settings,
    ) -> None:  # fmt: skip
        store = NotificationStore(statements)
        self.choices = Choices(store, clock)
        self.channels = Channels(store, audit, clock)
        self.upkeep = NotificationUpkeep(store, audit, clock)
        self.post = Post(store, outbox, people, hearers, clock, settings)
