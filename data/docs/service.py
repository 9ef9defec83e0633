"""The documentation: who may read which page, and what its readers say of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from data.audit.service import AuditService
from data.docs.finishing import Finished
from data.docs.library import build
from data.docs.model import Entry, Library, Page, Shown
from data.docs.press import drafted, finished
from data.docs.rendering import Heading
from data.docs.report import Report, problems
from data.docs.store import DocsStore, Note
from data.docs.terms import NO_TERMS, Terms
from data.docs.tree import Tree, archive_tree, folder_tree, git_changes
from data.errors import NotFound, PortalError
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.settings import Settings
from data.statements import Statements

HELPED = "docs:helped"
ANSWERS_MOST = 1_000
GONE = "There is nothing here that you can see."
LOOK_AGAIN = timedelta(seconds=10)


class DocsService:
    def __init__(
        self,
        statements: Statements,
        audit: AuditService,
        store: Callable[[], DocsStore],
        clock: Callable[[], datetime],
        settings: Settings,
    ) -> None:
        self._statements = statements
        self._audit = audit
        self._store = store
        self._clock = clock
        self._settings = settings
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._looked_at: datetime | None = None
        self._tree: Tree | None = None

    def library(self) -> Library:
        """As it is now: looked at again after `LOOK_AGAIN`. Raises Unavailable when there never was one to serve."""
        with self._lock:
            now = self._clock()
            if self._library is None or self._looked_at is None or now - self._looked_at >= LOOK_AGAIN:
                self._library = self._pulled() if self._settings.docs_repository else self._folder()
                self._looked_at = now
            return self._library

    def pages(self) -> tuple[Page, ...]:
        return tuple(self.library().pages.values())

    @property
    def store(self) -> DocsStore:
        return self._store()

    @property
    def stamp(self) -> str:
        return self.library().stamp

    def visible(self, actor: Actor, page: Page) -> bool:
        """A role on a platform opens what names that platform."""
        if page.role is None:
            return True
        return max(actor.role_on(platform) for platform in (None, *page.platforms)) >= page.role

    def shown(self, actor: Actor) -> Shown:
        library = self.library()
        pages = {path: page for path, page in library.pages.items() if self.visible(actor, page)}
        hidden = frozenset(library.pages.keys() - pages.keys())
        return Shown(pages, tuple(_narrowed(library.contents, pages.keys())), hidden)

    def page(self, actor: Actor, path: str) -> Page:
        """Raises NotFound alike for a page that is not there and for one that the actor may not know of."""
        page = self.library().pages.get(path)
        if page is None or not self.visible(actor, page):
            raise NotFound(GONE)
        return page

    def finished(self, actor: Actor, path: str, terms: Terms = NO_TERMS) -> Finished:
        """As the actor may read it. Raises NotFound."""
        self.page(actor, path)
        return finished(path, self.library(), terms, self.shown(actor).hidden)

    def headings(self, actor: Actor, path: str) -> tuple[Heading, ...]:
        self.page(actor, path)
        return drafted(path, self.library()).headings

    def helped(self, actor: Actor, path: str) -> None:
        """Said once by each reader of each version of a page, however often they say it."""
        require(actor, Permission.docs_answer_give)
        page = self.page(actor, path)
        told = f"{path}\n{page.sha}\n{actor.email}"
        self._audit.record(actor, HELPED, "page", path, id=f"helped-{sha256(told.encode()).hexdigest()[:32]}")

    def report(self, actor: Actor) -> Report:
        """Everything that is wrong, for those who look after it: it names pages of every role."""
        if not actor.may_somewhere(Permission.docs_report_read):
            require(actor, Permission.docs_report_read)
        rows = self._statements.rows("docs/count_answers", action=HELPED, limit=ANSWERS_MOST)
        helped = {row["path"]: row["people"] for row in rows}
        library = self.library()
        return Report(tuple(problems(library, self._clock().date())), helped, len(library.pages))

    def _folder(self) -> Library:
        try:
            tree = folder_tree(self._settings.docs)
        except PortalError:
            if self._library is None:
                raise
            return self._library
        if self._library and self._tree and tree.stamp == self._tree.stamp:
            return self._library
        self._tree = replace(tree, changes=git_changes(self._settings.docs))
        return build(self._tree)

    def _pulled(self) -> Library:
        """What is served stays when the store cannot be reached."""
        try:
            note = self._store().note()
            if self._library and note.archive and self._library.stamp.startswith(note.archive):
                return replace(self._library, sync=note.sync)
            return self._unpacked(note)
        except PortalError:
            if self._library is None:
                raise
            return self._library

    def _unpacked(self, note: Note) -> Library:
        if not note.archive:
            why = note.error or "The repository of the documentation was not pulled yet: python -m jobs sync-docs"
            raise NotFound(why)
        self._tree = archive_tree(self._store().archive(note.archive))
        built = build(self._tree, note.sync)
        return replace(built, stamp=f"{note.archive}:{built.stamp}")


def _narrowed(entries: tuple[Entry, ...], paths: Collection[str]) -> list[Entry]:
    """Without what may not be seen, and without groups that are empty then."""
    kept: list[Entry] = []
    for entry in entries:
        if entry.entries:
            if inner := tuple(_narrowed(entry.entries, paths)):
                kept.append(replace(entry, entries=inner))
        elif entry.url or entry.path in paths:
            kept.append(entry)
    return kept
