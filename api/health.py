"""Is the process alive, and can it tell the truth?"""

from __future__ import annotations

from fastapi import APIRouter, Response

from data import cached
from data.doorway import portal
from data.errors import PortalError

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers; says nothing about the store."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(response: Response) -> dict[str, str]:
    """`ok`; `degraded` (200) while the last good data is served; `unavailable` (503) when there is nothing to serve."""
    try:
        store = cached.store(portal())
    except PortalError as error:
        response.status_code = 503
        return {"status": "unavailable", "reason": str(error)}
    if store.error is None:
        return {"status": "ok"}
    response.status_code = 200 if store.value else 503
    return {"status": "degraded" if store.value else "unavailable", "reason": store.error}
