"""The composition root: settings → engine → areas. Every door opens the portal here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any, Self
from zoneinfo import ZoneInfo

from data.audit.service import AuditService
from data.bulletins.service import BulletinService
from data.docs.service import DocsService
from data.docs.store import DocsStore
from data.engines.base import Engine
from data.files import files_of
from data.files.base import Files
from data.glossary.files import GlossaryFiles
from data.glossary.proposing import Proposals
from data.glossary.service import GlossaryService
from data.knobs import KnobService
from data.messages.service import MessageService
from data.messages.store import FOUR_EYES
from data.notifications.area import Notifications
from data.notifications.service import OutboxService
from data.people.service import PeopleService
from data.retention import RETENTION, RetentionService
from data.roadmap.service import RoadmapService
from data.schema import Schema
from data.search.log import SearchLog
from data.search.service import SearchService
from data.search.sources import Sources
from data.settings import Settings, read_settings
from data.statements import Statements
from data.status.service import StatusService
from data.tickets import knobs as tickets
from data.tickets.service import TicketService

KNOBS = (*tickets.ALL, FOUR_EYES, RETENTION)
"""What admins turn without touching code."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Portal:
    settings: Settings
    engine: Engine
    clock: Callable[[], datetime] = utc_now

    def replace(self, **parts: Any) -> Self:
        """The same portal with another clock, engine or settings."""
        return replace(self, **parts)

    @cached_property
    def statements(self) -> Statements:
        return Statements(self.engine)

    @cached_property
    def schema(self) -> Schema:
        return Schema(self.statements, self.clock)

    @cached_property
    def audit(self) -> AuditService:
        return AuditService(self.statements, self.clock)

    @cached_property
    def knobs(self) -> KnobService:
        return KnobService(self.statements, self.audit, self.clock, KNOBS)

    @cached_property
    def retention(self) -> RetentionService:
        return RetentionService(self.statements, self.settings)

    @cached_property
    def people(self) -> PeopleService:
        return PeopleService(self.statements, self.audit, self.clock, self.settings)

    @cached_property
    def outbox(self) -> OutboxService:
        return OutboxService(self.statements)

    @cached_property
    def notifications(self) -> Notifications:
        return Notifications(
            self.statements, self.outbox, self.audit, self.people,
            lambda: {
                "ticket": self.tickets.lists.hearings, "message": self.messages.hearings,
                "platform": self.status.hearings, "glossary_term": self.glossary.hearings,
                "glossary_proposal": self.proposals.hearings,
            },
            self.clock, self.settings,
        )  # fmt: skip

    @cached_property
    def files(self) -> Files:
        return files_of(self.settings)

    @cached_property
    def docs(self) -> DocsService:
        store = partial(DocsStore, files_of(self.settings, "docs"))
        return DocsService(self.statements, self.audit, store, self.clock, self.settings)

    @cached_property
    def tickets(self) -> TicketService:
        return TicketService(
            self.statements, self.audit, self.outbox, self.people, lambda: self.files, self.clock, self.settings
        )

    @cached_property
    def roadmap(self) -> RoadmapService:
        zone = ZoneInfo(self.settings.timezone)
        return RoadmapService(self.statements, self.audit, self.outbox, self.tickets, self.clock, zone)

    @cached_property
    def glossary(self) -> GlossaryService:
        return GlossaryService(self.statements, self.audit, self.outbox, self.people, self.clock, self.settings)

    @cached_property
    def search(self) -> SearchService:
        zone = ZoneInfo(self.settings.timezone)
        sources = Sources(
            self.statements, self.docs, self.glossary, self.roadmap, self.status, self.clock, zone
        )  # fmt: skip
        log = SearchLog(self.statements, self.clock)
        return SearchService(sources, self.settings.search_folder, log, self.clock)

    @cached_property
    def proposals(self) -> Proposals:
        return Proposals(self.glossary, self.audit, self.clock)

    @cached_property
    def glossary_files(self) -> GlossaryFiles:
        return GlossaryFiles(self.glossary, self.clock)

    @cached_property
    def messages(self) -> MessageService:
        return MessageService(self.statements, self.audit, self.outbox, self.people, self.clock, self.settings)

    @cached_property
    def bulletins(self) -> BulletinService:
        return BulletinService(self.statements, self.tickets.lists, self.messages, self.clock)

    @cached_property
    def status(self) -> StatusService:
        return StatusService(self.statements, self.audit, self.outbox, self.clock, self.settings)


def engine_of(settings: Settings) -> Engine:
    """A warehouse where one is configured, Spark inside notebooks, else the tables in `home`. Raises Invalid.

    Imports wait until they are needed: the drivers of the others take seconds and memory.
    """
    if settings.warehouse_id or settings.in_databricks:
        from data.engines.databricks import DatabricksEngine, Warehouse, address

        return DatabricksEngine(Warehouse(address(settings)))
    if settings.runtime_version:
        from data.engines.spark import notebook_engine

        return notebook_engine(settings)
    from data.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(settings.tables, locks=settings.home / "locks", rewrite_limit=settings.rewrite_limit)


def connect(settings: Settings | None = None) -> Portal:
    """A portal over the store of the settings, whether or not its tables exist (only `migrate` wants that)."""
    chosen = settings or read_settings()
    return Portal(chosen, engine_of(chosen))


def open_portal(settings: Settings | None = None) -> Portal:
    """Raises Unavailable when the tables are missing, out of date or from a newer portal."""
    portal = connect(settings)
    portal.schema.check()
    return portal
