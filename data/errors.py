"""What can go wrong, in words a person can act on. Each message is shown to users as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime


class PortalError(Exception):
    """Base of everything the portal raises on purpose; `str(error)` is fit for a screen."""


class NotFound(PortalError):
    """The thing does not exist, or the actor may not know that it does."""


class Forbidden(PortalError):
    """The actor lacks the permission; the message says which and who can help."""


class Invalid(PortalError):
    """Input that cannot be accepted. `problems` names each place and what is wrong there."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join((message, *problems)))
        self.problems = problems


class Refused(Invalid):
    """`at`: what is wrong, by the name of the field."""

    def __init__(self, at: Mapping[str, str]) -> None:
        super().__init__("Please look at these fields:", tuple(at.values()))
        self.at = dict(at)


class TooMany(Invalid):
    """More than one person may send; `again_s`: seconds until it goes on."""

    def __init__(self, message: str, again_s: float) -> None:
        super().__init__(message)
        self.again_s = again_s


class Conflict(PortalError):
    """Somebody else changed it first; reload and try again. `version`: the current one, where that is the reason."""

    def __init__(self, message: str, version: int | None = None) -> None:
        super().__init__(message)
        self.version = version


class Reused(Conflict):
    """The id of something that was sent before, now with something else."""


class Unavailable(PortalError):
    """The store (or a table in it) cannot be used now; nothing was changed. `as_of`: when it was asked last."""

    def __init__(self, message: str, as_of: datetime | None = None) -> None:
        super().__init__(message)
        self.as_of = as_of
