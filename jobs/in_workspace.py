"""How tasks and notebooks of a workspace run the jobs: they have arguments and a secret scope, no environment."""

from __future__ import annotations

from collections.abc import Sequence

from data.errors import Unavailable
from data.settings import put_in_environment, read_settings
from jobs.__main__ import main
from jobs.workspace import workspace

SCOPE = "PORTAL_SECRET_SCOPE"


def run(arguments: Sequence[str]) -> None:
    """`NAME=value` settings first, then what `python -m jobs` takes. Raises when the job did not do its work.

    With `PORTAL_SECRET_SCOPE=...` each secret of that scope whose key is a setting's name (`PORTAL_...`) becomes one.
    """
    given = dict(argument.split("=", 1) for argument in arguments if argument.startswith("PORTAL_"))
    put_in_environment(given)
    if scope := given.get(SCOPE):
        put_in_environment(_secrets(scope))
    if main([argument for argument in arguments if not argument.startswith("PORTAL_")]):
        raise Unavailable("The job could not do its work; the line above says why.")


def _secrets(scope: str) -> dict[str, str]:
    """Through `dbutils`: Databricks promises an answer of the REST API behind it to nobody else."""
    from jobs.databricks_client import in_words

    with in_words(f"the secret scope {scope}", "READ on it"):
        secrets = workspace(read_settings()).dbutils.secrets
        names = [secret.key for secret in secrets.list(scope) if secret.key.startswith("PORTAL_")]
        return {name: secrets.get(scope, name) for name in names}
