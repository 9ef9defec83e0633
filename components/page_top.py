"""What opens in the place of a long list begins at its top: Streamlit keeps the scroll position of the page."""

from __future__ import annotations

import streamlit as st

JS = """
export default function ({ parentElement, data }) {
  const place = parentElement.querySelector("span");
  if (place.dataset.at === data.at) return;
  place.dataset.at = data.at;
  document.querySelector(".stMain")?.scrollTo(0, 0);
}
"""


def begin_at_top(of: str) -> None:
    """`of`: what is shown; another one begins at the top again, the same one stays where it was scrolled to."""
    mount = st.components.v2.component("page_top", html="<span></span>", js=JS)
    with st.container(key="page_top"):
        mount(data={"at": of}, key=f"page_top_{of}", height="content")
