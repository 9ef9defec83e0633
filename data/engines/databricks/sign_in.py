"""Who the portal is to a workspace: its service principal, or whatever the place it runs in offers."""

from __future__ import annotations

from collections.abc import Callable

from databricks.sdk.core import Config

from data.engines.databricks.warehouse import Address
from data.settings import Settings, require

Headers = Callable[[], dict[str, str]]


def address(settings: Settings) -> Address:
    """Raises Invalid naming what is not set."""
    needed = {
        "DATABRICKS_HOST": settings.databricks_host,
        "DATABRICKS_WAREHOUSE_ID": settings.warehouse_id,
        "PORTAL_CATALOG": settings.catalog,
        "PORTAL_SCHEMA": settings.schema_name,
    }
    if settings.databricks_client_id or settings.databricks_client_secret:
        secret = settings.databricks_client_secret
        needed |= {"DATABRICKS_CLIENT_ID": settings.databricks_client_id}
        needed |= {"DATABRICKS_CLIENT_SECRET": secret.get_secret_value() if secret else None}
    require(needed)
    host = str(settings.databricks_host)
    return Address(
        host if "://" in host else f"https://{host}",
        str(settings.warehouse_id),
        str(settings.catalog),
        str(settings.schema_name),
        settings.statement_timeout,
        lambda: config(settings).authenticate,
        str(settings.ca_file) if settings.ca_file else None,
    )


def config(settings: Settings) -> Config:
    """For each connection its own, so that a new connection begins with a new token."""
    secret = settings.databricks_client_secret
    return Config(
        host=settings.databricks_host,
        client_id=settings.databricks_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        http_timeout_seconds=20,
        retry_timeout_seconds=10,
        product="support-status-portal",
    )
