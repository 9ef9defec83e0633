"""What can go wrong, in words a person can act on. Each message is shown to users as it stands."""

from __future__ import annotations

from collections.abc import Mapping


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


class Conflict(PortalError):
    """Somebody else changed it first; reload and try again."""


class Unavailable(PortalError):
    """The store (or a table in it) cannot be used now; nothing was changed."""
