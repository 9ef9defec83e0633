"""Sources whose targets all stand in one listing: it is read once a round, however many checks there are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from data.errors import NotFound, PortalError, Unavailable
from data.status.model import Check, Mode, Model, Reading
from jobs.sources.base import Context, blind
from jobs.sources.targets import read_target
from jobs.workspace import Json, Workspace


class Told(BaseModel):
    """Something as Databricks describes it: of all its keys, those that the portal reads."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Target = TypeVar("Target", bound=Model)
Item = TypeVar("Item", bound=Told)


class Listed(ABC, Generic[Target, Item]):
    name: str
    title: str
    target: type[Target]
    modes = frozenset({Mode.success})
    timeout = timedelta(minutes=1)

    item: type[Item]
    path: str
    key: str
    """Of the answer: where its items are."""
    id: str
    """Of an item."""
    noun: str
    needs: str
    """The right that the listing, or to be in it, takes."""
    query: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def target_id(self, target: Target) -> str: ...

    @abstractmethod
    def reading(self, check: Check, item: Item, at: datetime) -> Reading:
        """Pure. Raises PortalError, in words, when the item tells nothing."""

    def fetch(self, checks: Sequence[Check], context: Context) -> Mapping[str, Json]:
        """The watched items by id."""
        pages = Workspace(context.portal, self.name).pages(
            self.path, self.key, f"{self.noun}s", self.needs, **self.query
        )
        return {str(item.get(self.id)): item for page in pages for item in page}

    def readings(self, checks: Sequence[Check], payload: Mapping[str, Json], at: datetime) -> list[Reading]:
        return [self._reading(check, payload, at) for check in checks]

    def _reading(self, check: Check, payload: Mapping[str, Json], at: datetime) -> Reading:
        try:
            wanted = self.target_id(read_target(self.target, check.target))
            if wanted not in payload:
                raise NotFound(
                    f"There is no {self.noun} {wanted}, or Databricks hides it: "
                    f"give the portal's service principal {self.needs}"
                )
            return self.reading(check, understood(self.item, payload[wanted], f"{self.noun} {wanted}"), at)
        except PortalError as error:
            return blind(check, error, at)


def understood(shape: type[Item], described: Json, what: str) -> Item:
    """Raises Unavailable naming the key that cannot be read."""
    try:
        return shape.model_validate(described)
    except ValidationError as error:
        key = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Unavailable(f"Databricks described {what} in a way that the portal does not understand ({key})") from None
