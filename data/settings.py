"""Every knob of the portal, and the only reader of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import gettempdir
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from data.errors import Invalid, NotFound


def _addresses(value: object) -> object:
    return tuple(part.strip().lower() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


@lru_cache(1)
def zones() -> set[str]:
    """Read once: it walks the whole time zone database, and every stored deadline asks."""
    return available_timezones()


def _zone(value: str) -> str:
    if value not in zones():
        raise ValueError(f"'{value}' is not a time zone; write for example Europe/Berlin")
    return value


def _origins(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if not re.fullmatch(r"https?://[\w.-]+(:\d+)?", value, re.ASCII):
            raise ValueError(f"'{value}' is not an origin; write for example https://wiki.example.org")
    return values


Zone = Annotated[str, AfterValidator(_zone)]
Positive = Annotated[timedelta, Field(gt=timedelta(0))]
REPOSITORY = r"^$|^(https?://|ssh://|file://|/|[\w.-]+@[\w.-]+:)[^\s]+$"
SECRET_NAME = "PORTAL_SECRET_[A-Z0-9_]+"
"""Environment variables that records may name, and `secret` reads."""


PROGRAMS = (
    "PATH", "HOME", "TMPDIR", "SSH_AUTH_SOCK", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY",
    "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO",
)  # fmt: skip


class Settings(BaseSettings):
    """Field `home` is read from `PORTAL_HOME`, and so on; fields with an alias are read from that name."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True, extra="ignore", populate_by_name=True)

    home: Path = Path(".portal")
    port: int = Field(8501, alias="PORT")
    demo: bool = True
    name: str = "Data portal"
    timezone: Zone = "Europe/Berlin"
    """Zone of the page: days are cut and clocks shown in it when the browser does not tell its own."""

    dev_user: str = "dev@localhost"
    admins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses)] = ()
    trust_proxy: bool = False
    app_name: str | None = Field(None, alias="DATABRICKS_APP_NAME")
    signed_in_role: Literal["viewer", "contributor", "triager", "service_owner", "admin"] = "contributor"
    group_snapshot_max_age: Positive = timedelta(hours=24)

    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses), AfterValidator(_origins)] = ()
    """Sites whose pages may call the API with the sign-in of whoever looks at them."""
    api_rate: Annotated[float, Field(gt=0)] = 50
    """Requests a second of one person, on average; twice as many may come at once."""
    push_rate: Annotated[float, Field(gt=0)] = 500
    """The same for pushed results and heartbeats."""

    scheduler: bool = True
    """Run the jobs inside the app. Off when something else (a bundle, cron) runs them."""
    ingest_tick: Positive = timedelta(seconds=15)
    stale_factor: Annotated[float, Field(ge=1)] = 2.0
    """A check not observed for this many of its intervals is unknown."""
    front_page_max_age: Positive = timedelta(seconds=60)
    keep_results: Positive = timedelta(days=90)
    keep_runs: Positive = timedelta(days=90)
    rewrite_limit: Annotated[int, Field(gt=0)] = 250_000
    """Largest number of rows the embedded engine rewrites for one UPDATE, DELETE or MERGE."""

    warehouse_id: str | None = Field(None, alias="DATABRICKS_WAREHOUSE_ID")
    """With one, the tables are those of `catalog`.`schema_name` behind it; without, those in `home`."""
    runtime_version: str | None = Field(None, alias="DATABRICKS_RUNTIME_VERSION")
    """Set inside notebooks and jobs, where tables are read by Spark."""
    databricks_host: str | None = Field(None, alias="DATABRICKS_HOST")
    databricks_client_id: str | None = Field(None, alias="DATABRICKS_CLIENT_ID")
    databricks_client_secret: SecretStr | None = Field(None, alias="DATABRICKS_CLIENT_SECRET")
    catalog: str | None = None
    schema_name: str | None = Field(None, alias="PORTAL_SCHEMA")
    volume: Annotated[str, Field(pattern=r"^[\w-]+$")] = "files"
    """Of `catalog`.`schema_name`: where attachments are kept, if the tables are in a workspace."""
    statement_timeout: Positive = timedelta(seconds=60)
    ca_file: Path | None = None
    """Certificates to trust beside those of the system."""

    azure_tenant_id: str | None = None
    azure_client_id: str | None = None
    azure_client_secret: SecretStr | None = None
    entra_url: str = "https://login.microsoftonline.com"
    powerbi_url: str = "https://api.powerbi.com/v1.0/myorg"
    fabric_url: str = "https://api.fabric.microsoft.com/v1"
    graph_url: str = "https://graph.microsoft.com/v1.0"
    azure_status_url: str = "https://rssfeed.azure.status.microsoft/en-us/status/feed/"
    databricks_status_url: str = "https://status.azuredatabricks.net/1.0/status/5d49ec10226b9e13cb6a422e"
    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")] | None = None
    """Where people open the portal: what links in notifications begin with."""
    smtp_host: str | None = None
    """Without one, nothing is sent by mail."""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: Annotated[str, Field(pattern=r"^[^\s@<>]+@[^\s@<>]+$")] = "portal@localhost"
    private_receivers: bool = False
    """Whether webhooks may lead to addresses inside the network of the portal."""
    keep_deliveries: Positive = timedelta(days=90)
    keep_searches: Positive = timedelta(days=90)

    docs: Path = Path(__file__).parents[1] / "docs"
    """The folder of the documentation, where no repository is named; a whole MkDocs project will do."""
    docs_repository: Annotated[str, Field(pattern=REPOSITORY)] = ""
    """Whatever Git understands; `sync-docs` pulls it."""
    docs_branch: Annotated[str, Field(pattern=r"^[\w][\w./-]*$")] | None = None
    """None: the one that the repository shows first."""
    docs_path: Annotated[str, Field(pattern=r"^$|^[\w -][\w. -]*(/[\w -][\w. -]*)*$")] = ""
    """Folder in the repository; empty: what its mkdocs.yml says, else `docs`, else all of it."""
    docs_token: SecretStr | None = None

    groups_from: Literal["none", "databricks", "graph"] = "none"
    """Who tells which people are in the groups that grants and platforms name."""

    @property
    def tables(self) -> Path:
        return self.home / "tables"

    @property
    def search_folder(self) -> Path:
        """Of the index: made anew by each process, so it need not outlive one."""
        return Path(gettempdir()) / "portal-search" if self.in_databricks else self.home / "search"

    @property
    def sends_mail(self) -> bool:
        return bool(self.smtp_host)

    @property
    def in_databricks(self) -> bool:
        return bool(self.app_name)

    @property
    def believes_headers(self) -> bool:
        """Whether a proxy stands before the portal that tells who is there."""
        return self.in_databricks or self.trust_proxy


def read_settings() -> Settings:
    """Raises Invalid naming each variable that cannot be read."""
    try:
        return Settings()
    except ValidationError as error:
        problems = tuple(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise Invalid("The portal's settings (environment variables) are not valid:", problems) from error


def require(needed: Mapping[str, object]) -> None:
    """`needed`: variable → its value. Raises Invalid naming those without one."""
    if missing := [name for name, value in needed.items() if not value]:
        raise Invalid(f"The portal is half configured for Databricks: {', '.join(missing)} is not set.")


def put_in_environment(values: Mapping[str, str]) -> None:
    """For tasks and notebooks of a workspace, which start without variables. An empty value counts as not given."""
    os.environ.update({name: value for name, value in values.items() if value})


def secret(name: str) -> str:
    """What the environment variable holds: to be used, never stored or shown. The errors name only the variable."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise NotFound(f"The environment variable {name} is not set.")
    if not (value.isascii() and value.isprintable()):
        raise Invalid(f"The environment variable {name} holds characters that no secret has.")
    return value


def has_secret(name: str) -> bool:
    """Whether this process could read it."""
    return bool(os.environ.get(name, "").strip())


def for_programs() -> dict[str, str]:
    """What a program that the portal starts may know of the environment: no secret of the portal is among it."""
    return {name: os.environ[name] for name in PROGRAMS if name in os.environ}
