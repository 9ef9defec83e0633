"""Keys that Streamlit does not carry: `/` opens the search, arrows walk its hits, Enter shows all of them."""

from __future__ import annotations

import streamlit as st

JS = """
const DIALOG = '[role="dialog"] .st-key-searching', ALL = DIALOG + " .hits-all a";

function typing(target) {
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

function walk(event, step) {
  const box = document.querySelector(DIALOG);
  const stops = [...box.querySelectorAll("input, .hits a, .hits-all a")];
  const next = stops[stops.indexOf(document.activeElement) + step];
  if (next) { event.preventDefault(); next.focus(); next.scrollIntoView({ block: "nearest" }); }
}

function showAll(typed, until) {
  const all = document.querySelector(ALL), drawn = document.querySelector(DIALOG + " [data-words]");
  if (all && drawn?.dataset.words === typed) {
    all.click();
  } else if (Date.now() < until) {
    setTimeout(() => showAll(typed, until), 50);
  }
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.querySelector(DIALOG);
  if (event.key === "/" && !box && !typing(event.target)) {
    event.preventDefault();
    document.querySelector(".st-key-search button")?.click();
  } else if (box && event.key === "ArrowDown") {
    walk(event, 1);
  } else if (box && event.key === "ArrowUp") {
    walk(event, -1);
  } else if (box && event.key === "Enter" && box.contains(event.target) && event.target.tagName === "INPUT") {
    showAll(event.target.value.trim(), Date.now() + 4000);
  }
}

function focusField(until) {
  const field = document.querySelector(DIALOG + " input");
  if (field) field.focus();
  if (document.activeElement !== field && Date.now() < until) setTimeout(() => focusField(until), 40);
}

export default function ({ data }) {
  // Dialogs and popovers stand outside of the element that knows the theme.
  document.documentElement.style.colorScheme = getComputedStyle(document.querySelector(".stApp")).colorScheme;
  window.removeEventListener("keydown", window.portalSearchKeys, true);
  window.portalSearchKeys = pressed;
  window.addEventListener("keydown", pressed, true);
  if (data.focus) focusField(Date.now() + 3000);
}
"""


def search_keys(key: str, focus: bool = False) -> None:
    """`focus`: the field of the dialog gets it, where the component is drawn first."""
    mount = st.components.v2.component("search_keys", js=JS)
    mount(data={"focus": focus}, key=key, width="content", height="content")
