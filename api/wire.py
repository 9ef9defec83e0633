"""How things look on the wire: only ever added to within a version. Times are UTC; unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, JsonValue


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("this is beyond the times that are known here") from None


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
"""What a caller sends: with its zone."""


class Wire(BaseModel):
    """An answer, made from the object of the house that has attributes of the same names."""

    model_config = ConfigDict(from_attributes=True)


class Sent(BaseModel):
    """What a caller sends: nothing that is not asked for."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


def one_of(names: Iterable[str]) -> Any:
    """Text that is one of these."""
    known = tuple(names)
    return Field(pattern=f"^({'|'.join(known)})$", json_schema_extra={"enum": list(known)})


class Moving(Sent):
    """A move, and what it asks for."""

    move: str = Field(max_length=40)
    answers: dict[str, JsonValue] = Field({}, description="By name.", examples=[{"reason": "It was too early."}])
