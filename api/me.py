"""Who asks, and what they may do."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import Field

from api.calls import Caller
from api.wire import Wire
from data.people.model import Actor
from data.people.permissions import Permission

router = APIRouter(tags=["me"])


class Me(Wire):
    email: str
    name: str
    role: str = Field(description="Everywhere.", examples=["contributor"])
    roles: dict[str, str] = Field(description="More on single platforms, by their id.", examples=[{"sales": "triager"}])
    platforms: list[str] = Field(description="The caller's own.")
    permissions: list[str] = Field(description="Everywhere.", examples=[["tickets:ticket:open"]])
    local: bool = Field(description="Nobody signed in: a developer's machine.")

    @classmethod
    def of(cls, actor: Actor) -> Me:
        return cls(
            email=actor.email, name=actor.name, role=actor.everywhere.name, platforms=sorted(actor.platforms),
            roles={platform: role.name for platform, role in sorted(actor.per_platform.items())},
            permissions=[permission.value for permission in Permission if actor.may(permission)], local=actor.local,
        )  # fmt: skip


@router.get("/me", response_model=Me)
def read_me(call: Caller) -> Response:
    """The caller's roles and permissions, as they are at this moment."""
    return call.reply(Me.of(call.actor).model_dump_json().encode())
