"""A small button that puts a text on the clipboard; Streamlit's own can only do so for blocks of code."""

from __future__ import annotations

import streamlit as st

HTML = '<button type="button"><span aria-hidden="true">content_copy</span></button>'
CSS = """
button { all: unset; cursor: pointer; color: var(--st-text-color); opacity: .6; font: 15px/1 "Material Symbols Rounded";
  font-feature-settings: "liga"; padding: 2px; border-radius: 4px; }
button:hover { opacity: 1; color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); }
"""
JS = """
export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button"), mark = button.firstElementChild;
  button.setAttribute("aria-label", data.label);
  button.title = data.label;
  button.onclick = async () => {
    await navigator.clipboard.writeText(data.text);
    mark.textContent = "check";
    setTimeout(() => { mark.textContent = "content_copy"; }, 1500);
  };
}
"""


def copy_button(text: str, key: str, label: str) -> None:
    mount = st.components.v2.component("copy_button", html=HTML, css=CSS, js=JS)
    mount(data={"text": text, "label": label}, key=key, width="content", height="content")
