"""The Databricks SDK, signed in and kept from sleeping long; what it raises, in words. Slow to import: do it late."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import requests
from databricks.sdk import WorkspaceClient
from databricks.sdk.clock import RealClock
from databricks.sdk.core import Config, DatabricksError
from databricks.sdk.errors import NotFound as Absent
from databricks.sdk.errors import PermissionDenied, TooManyRequests, Unauthenticated
from databricks.sdk.errors.private_link import PrivateLinkValidationError

from data.errors import Invalid, NotFound, Unavailable
from data.settings import Settings

HTTP_TIMEOUT_S, RETRY_TIMEOUT_S = 20, 30
PATIENCE = timedelta(seconds=10)
SHORTEST_WAIT, UNTOLD_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
UNREACHABLE = "Databricks could not be reached, or did not answer in time"
SIGN_IN = "check DATABRICKS_HOST, DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET"


class AskedToWait(Exception):
    """Databricks asks for a longer wait than our patience."""

    def __init__(self, length: timedelta) -> None:
        super().__init__(length)
        self.length = min(max(length, SHORTEST_WAIT), LONGEST_WAIT)


class ImpatientClock(RealClock):
    """The SDK sleeps for as long as it is told, an hour if need be, unless its clock refuses."""

    def sleep(self, seconds: float) -> None:
        if seconds > PATIENCE.total_seconds():
            raise AskedToWait(timedelta(seconds=min(int(seconds), LONGEST_WAIT.total_seconds())))
        super().sleep(seconds)


def sign_in(settings: Settings) -> WorkspaceClient:
    """As the settings say; where they say nothing, as the SDK does by itself in a Databricks job.

    Calls of the client raise AskedToWait instead of sleeping long. Raises Invalid when half-configured, Unavailable.
    """
    _check_complete(settings)
    secret = settings.databricks_client_secret
    with in_words("the portal's sign-in"):
        config = Config(
            host=settings.databricks_host,
            client_id=settings.databricks_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            http_timeout_seconds=HTTP_TIMEOUT_S,
            retry_timeout_seconds=RETRY_TIMEOUT_S,
            product="support-status-portal",
            clock=ImpatientClock(),
        )
        return WorkspaceClient(config=config)


@contextmanager
def in_words(what: str, needs: str = "the right to see it") -> Iterator[None]:
    """What the SDK raises becomes NotFound or Unavailable. `what` is asked for, `needs` is the right for it."""
    try:
        yield
    except PrivateLinkValidationError:
        raise Unavailable("Databricks answers only through its private link, which does not lead here") from None
    except Unauthenticated:
        raise Unavailable(f"Databricks does not accept the portal's sign-in (401): {SIGN_IN}") from None
    except PermissionDenied:
        raise Unavailable(f"The portal may not see {what} (403): give its service principal {needs}") from None
    except Absent:
        raise NotFound(
            f"Databricks knows no {what}, or hides it: the portal's service principal needs {needs}"
        ) from None
    except DatabricksError as error:
        raise Unavailable(f"Databricks failed to answer the question for {what} ({type(error).__name__})") from None
    except TimeoutError as error:
        if isinstance(error.__cause__, TooManyRequests):
            raise AskedToWait(UNTOLD_WAIT) from None
        raise Unavailable(UNREACHABLE) from None
    except requests.JSONDecodeError:
        raise Unavailable(f"Databricks answered the question for {what} with something that is not JSON") from None
    except requests.RequestException:
        raise Unavailable(UNREACHABLE) from None
    except TypeError:
        raise Unavailable(f"Databricks answered the question for {what} in a form the portal does not know") from None
    except (ValueError, NotImplementedError) as error:
        raise Unavailable(_sign_in_problem(error)) from None


def _sign_in_problem(error: Exception) -> str:
    """A host that did not tell how to sign in there leaves the SDK without an address to ask."""
    causes: list[BaseException] = [error]
    while cause := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(cause)
    if any(isinstance(cause, requests.RequestException) for cause in causes):
        return UNREACHABLE
    return f"The portal could not sign in at Databricks: {SIGN_IN}"


def _check_complete(settings: Settings) -> None:
    """Without id and secret the SDK looks for a sign-in by itself."""
    given = {
        "DATABRICKS_HOST": settings.databricks_host,
        "DATABRICKS_CLIENT_ID": settings.databricks_client_id,
        "DATABRICKS_CLIENT_SECRET": settings.databricks_client_secret,
    }
    missing = [name for name, value in given.items() if not value]
    if missing and (settings.databricks_client_id or settings.databricks_client_secret):
        raise Invalid(f"The portal cannot sign in at Databricks: set {', '.join(missing)}")
