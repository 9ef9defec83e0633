"""How things look on the wire: only ever added to within a version. Times are UTC; unknown stays unknown."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Wire(BaseModel):
    """An answer, made from the object of the house that has attributes of the same names."""

    model_config = ConfigDict(from_attributes=True)


class Sent(BaseModel):
    """What a caller sends: nothing that is not asked for."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
