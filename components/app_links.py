"""Links in `st.html` that lead to pages of the portal: followed without a reload, so that the session stays."""

from __future__ import annotations

import streamlit as st

JS = """
export default function ({ data }) {
  const own = new Set(data.pages);
  const follow = (event) => {
    const link = event.target.closest?.(".stHtml a[href]");
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button;
    if (!link || elsewhere || event.defaultPrevented || link.getAttribute("href").startsWith("#")) return;
    const to = new URL(link.href, location.href);
    if (to.origin !== location.origin || !own.has(to.pathname.split("/").pop())) return;
    event.preventDefault();
    window.portalAnchor = to.hash;  // the address loses it when Streamlit writes the query anew
    history.pushState({}, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  };
  document.addEventListener("click", follow);
  return () => document.removeEventListener("click", follow);
}
"""


def keep_links_inside(pages: list[str], key: str = "app_links") -> None:
    """`pages`: the addresses of the portal. Whoever opens a link in a new tab gets its address as ever."""
    mount = st.components.v2.component("app_links", html="<i></i>", css=":host { display: none; }", js=JS)
    mount(data={"pages": pages}, key=key)
