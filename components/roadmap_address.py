"""What of the roadmap is shown, as its address says it. Platforms by id: names change, links stay good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import streamlit as st

from data.roadmap.model import Entry

BOARD, TIMELINE = "board", "timeline"
LAYOUTS = {BOARD: "Board", TIMELINE: "Timeline"}
VOTES, NEWEST, QUARTER = "votes", "newest", "quarter"
SORTS = {VOTES: "Most votes", NEWEST: "Newest", QUARTER: "Target quarter"}
LONG = 60


@dataclass(frozen=True, slots=True)
class Chosen:
    layout: str = BOARD
    platform: str = ""
    theme: str = ""
    sort: str = VOTES

    def takes(self, entry: Entry) -> bool:
        """What is for everybody concerns each platform, but is listed under all of them only."""
        item = entry.item
        return (not self.platform or item.platform_id == self.platform) and (not self.theme or item.theme == self.theme)

    @property
    def narrowed(self) -> bool:
        return bool(self.platform or self.theme)


UNTOUCHED = Chosen()


def read(params: Mapping[str, str]) -> Chosen:
    """What makes no sense is left out: an address never fails."""
    layout, sort = params.get("layout", ""), params.get("sort", "")
    return Chosen(
        layout if layout in LAYOUTS else BOARD, params.get("platform", "")[:LONG], params.get("theme", "")[:LONG],
        sort if sort in SORTS else VOTES,
    )  # fmt: skip


def written(chosen: Chosen) -> dict[str, str]:
    """Only what was chosen: an untouched board has a clean address."""
    plain = asdict(UNTOUCHED)
    return {name: value for name, value in asdict(chosen).items() if value != plain[name]}


def go(**parts: str) -> None:
    """A callback: the same roadmap with these parts changed."""
    st.query_params.from_dict(written(replace(read(st.query_params), **parts)))


def go_to(**query: str) -> None:
    """A callback: to an item, its form, or back to the board."""
    st.query_params.from_dict(query)


def follow(key: str, part: str) -> None:
    """A callback: what a widget holds goes into the address."""
    go(**{part: st.session_state.get(key) or ""})


def ordered(entries: Sequence[Entry], sort: str) -> list[Entry]:
    """The newest first where nothing else tells them apart."""
    keys: dict[str, Any] = {
        VOTES: lambda entry: -entry.votes,
        NEWEST: lambda entry: 0,
        QUARTER: lambda entry: entry.item.quarter or "9",
    }
    newest = sorted(entries, key=lambda entry: (entry.item.created_at, entry.item.id), reverse=True)
    return sorted(newest, key=keys[sort])
