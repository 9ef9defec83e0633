"""The FastAPI application that app.py mounts under /api."""

from __future__ import annotations

from fastapi import FastAPI

from api import health

api = FastAPI(title="Support & Status Portal", docs_url="/docs", redoc_url=None, openapi_url="/openapi.json")
api.include_router(health.router)
