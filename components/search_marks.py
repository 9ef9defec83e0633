"""What was found, as HTML: whatever somebody wrote is escaped first, then the words are marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from components.markup import esc, icon
from data.search.model import END, START, TYPES, Found, Hit

ICONS: Mapping[str, str] = {
    "doc": "article", "term": "menu_book", "incident": "report", "improvement": "lightbulb", "request": "inventory_2",
    "message": "campaign", "roadmap": "map", "platform": "dns", "check": "monitor_heart",
}  # fmt: skip
NAMED = 60
"""Characters of a text that are repeated in a sentence."""
Place = tuple[str, Mapping[str, str]]


def marked(text: str) -> str:
    """A mark without its end is closed: a snippet may have been cut."""
    html = esc(text).replace(START, "<mark>").replace(END, "</mark>")
    return html + "</mark>" * (html.count("<mark>") - html.count("</mark>"))


def hits_html(hits: Iterable[Hit], text: str) -> str:
    return f'<ul class="hits">{"".join(f"<li>{_hit(hit, text)}</li>" for hit in hits)}</ul>'


def _hit(hit: Hit, text: str) -> str:
    """A link as a whole: the title, where it belongs, the lines around the words."""
    where = "".join(f"<span>{words}</span>" for words in (marked(hit.heading), esc(hit.context)) if words)
    parts = (("where", where), ("lines", marked(" ".join(hit.snippet.split()))))
    below = "".join(f'<span class="hit-{name}">{html}</span>' for name, html in parts if html)
    title = f'<span class="hit-title">{marked(hit.title)}</span>'
    faded = " faded" if hit.faded else ""
    return f'<a class="hit{faded}" href="{esc(link(hit, text))}">{icon(ICONS[hit.type], "hit-icon")}{title}{below}</a>'


def link(hit: Hit, text: str) -> str:
    """Docs mark the words that they are asked for with."""
    if hit.type != "doc":
        return hit.address
    parts = urlsplit(hit.address)
    return parts._replace(query=f"{parts.query}&{urlencode({'q': text})}").geturl()


def place(address: str) -> Place:
    """The page of an address and what it is asked; where somebody who followed it is."""
    parts = urlsplit(address)
    return parts.path, dict(parse_qsl(parts.query))


def group_html(type_: str, found: Found) -> str:
    return f'<h3 class="hits-of">{TYPES[type_]} <span>{number_of(found, type_)}</span></h3>'


def number_of(found: Found, type_: str) -> str:
    return f"{found.counts.get(type_, 0):,}{'+' if found.more else ''}"


def all_html(found: Found, text: str) -> str:
    words = f"All {found.total:,}{'+' if found.more else ''} results" if found.total else "To the search page"
    return f'<p class="hits-all"><a href="search?{esc(urlencode({"q": text}))}">{words} {icon("arrow_forward")}</a></p>'


def told_html(found: Found, text: str) -> str:
    """What is to be known about these hits; empty where they are what was asked for."""
    if found.how == "all":
        return ""
    said = f"Nothing has <b>{esc(text[:NAMED])}</b>. These have <b>{esc(found.meant)}</b>."
    some = "Nothing has all of these words. These have some of them."
    return f'<p class="meant" role="status">{said if found.how == "respelled" else some}</p>'


def nothing_html(text: str) -> str:
    """What is not there can be asked for."""
    term = urlencode({"new": "1", "name": text[:NAMED]})
    report = urlencode({"title": text[:NAMED]})
    return (
        f'<div class="empty gray"><span class="round">{icon("search_off")}</span>'
        f"<b>Nothing that you can see has “{esc(text[:NAMED])}”</b>"
        "<p>Try fewer words, or another name for it. What nobody has written down yet can be asked for.</p>"
        f'<p class="ways"><a href="report?{esc(report)}">{icon("flag")} Report a problem</a>'
        f'<a href="glossary?{esc(term)}">{icon("menu_book")} Suggest a term</a></p></div>'
    )
