"""The read API of Statuspage, so that its clients work unchanged: nothing but addresses and headers of our own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from api.calls import Call, Caller
from api.statuspage import PageComponents, PageIncidents, PageMaintenances, PageStatus, PageSummary, Told
from data import cached
from data.cached.bulletins import bulletins

router = APIRouter(prefix="/v2", tags=["statuspage v2"])
FOR_A_MOMENT = {"Cache-Control": "private, max-age=30"}


def root_of(call: Call) -> str:
    """Where people open the portal; without a setting, where this request came in."""
    url = call.request.url
    return (call.portal.settings.url or f"{url.scheme}://{url.netloc}").rstrip("/")


def told(call: Caller) -> Told:
    settings = call.portal.settings
    board, told = cached.board(call.portal, call.actor).get(), bulletins(call.portal, call.actor).get()
    return Told(board, told, settings.name, root_of(call), settings.timezone)


Here = Annotated[Told, Depends(told)]
Answer = Callable[[Told], BaseModel]


def _offer(path: str, shape: type[BaseModel], words: str, answer: Answer) -> None:
    def read(call: Caller, here: Here) -> Response:
        return call.reply(answer(here).model_dump_json(exclude_unset=False).encode(), FOR_A_MOMENT)

    name = path.removesuffix(".json").replace("/", "_").replace("-", "_")
    router.add_api_route(f"/{path}", read, response_model=shape, summary=words, name=f"v2_{name}")


_offer("summary.json", PageSummary, "The page, its components, open incidents and maintenance ahead", Told.summary)
_offer("status.json", PageStatus, "The whole in one word", Told.status)
_offer("components.json", PageComponents, "Platforms; kinds with several of them are groups", Told.components)
_offer("incidents.json", PageIncidents, "The latest 50", Told.incidents)
_offer("incidents/unresolved.json", PageIncidents, "Those that are open", lambda here: here.incidents(unresolved=True))
_offer("scheduled-maintenances.json", PageMaintenances, "The latest 50", Told.maintenances)
_offer(
    "scheduled-maintenances/upcoming.json", PageMaintenances, "Ahead", lambda here: here.maintenances("scheduled")
)  # fmt: skip
_offer(
    "scheduled-maintenances/active.json", PageMaintenances, "On now", lambda here: here.maintenances("in_progress")
)  # fmt: skip
