"""What a directory tells of the groups it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NOT_THERE = "is not in the directory"
NOT_ONE = "is the name of several groups, so nobody gets its rights; name the group by its id instead"


@dataclass(frozen=True)
class Answer:
    """A group that was asked for is in `members` or in `unchanged`; in neither, nobody is, and `problems` says why."""

    members: Mapping[str, frozenset[str]]
    """By name as the portal spells it: e-mail addresses in lower case, of everybody in it and in the groups within."""
    unchanged: frozenset[str] = frozenset()
    """Groups whose members are still those of the last answer."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with a group, to follow its name in a sentence."""
    memory: Mapping[str, Any] = field(default_factory=dict)
    """To be given back at the next question."""
