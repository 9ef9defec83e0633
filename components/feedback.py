"""When something is not there or went wrong: plain words, what to do, and never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex

import streamlit as st

from components.markup import esc, icon
from data.errors import Conflict, PortalError

LOGGED = "The error was logged. Reload the page; if it stays, give us this id:"
log = logging.getLogger(__name__)


@contextmanager
def panel(name: str) -> Iterator[None]:
    """A boundary: what fails inside shows a small card; the rest of the page stays."""
    try:
        yield
    except PortalError as error:
        empty("cloud_off", f"{name} cannot be shown now", str(error), hue="red")
    except Exception:
        error_id = f"{token_hex(2)}-{token_hex(2)}"
        log.exception("panel %s failed, error %s", name, error_id)
        empty("error", f"{name} cannot be shown now", LOGGED, error_id, "red")


def empty(mark: str, true: str, todo: str, error_id: str = "", hue: str = "gray") -> None:
    """One sentence that says what is true, one that says what to do."""
    code = f"<code>error {esc(error_id)}</code>" if error_id else ""
    said = f"<b>{esc(true)}</b><p>{esc(todo)}</p>{code}"
    st.html(f'<div class="empty {hue}"><span class="round">{icon(mark)}</span>{said}</div>')


def act(deed: Callable[[], object], forget: Callable[[], None], done: str = "") -> bool:
    """A callback's part: does it and forgets what it changed. What was refused is told, and False comes back."""
    try:
        deed()
    except PortalError as error:
        if isinstance(error, Conflict):
            forget()
        st.toast(str(error), icon=":material/error:", duration="long")
        return False
    forget()
    if done:
        st.toast(done, icon=":material/check:")
    return True


def banner(hue: str, mark: str, bold: str, text: str) -> None:
    said = f"<span><b>{esc(bold)}</b> {esc(text)}</span>"
    st.html(f'<div class="banner {hue}" role="status">{icon(mark, "ink")}{said}</div>')
