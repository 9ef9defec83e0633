"""What a page of the documentation does in the browser; see docs.js."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

JS = Path(__file__).with_name("docs.js").read_text(encoding="utf-8")


def help_reading(place: str) -> None:
    """`place`: which page is shown; another one begins at its top, or at the heading that the address names."""
    mount = st.components.v2.component("docs_reading", html="<i></i>", css=":host { display: none; }", js=JS)
    mount(data={"place": place}, key="docs_reading")
