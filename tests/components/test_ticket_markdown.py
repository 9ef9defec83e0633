"""What people write cannot do anything, looks as they meant it, and takes no longer than it should."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import cycle, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.markdown import ATTRIBUTES, TAGS, user_html
from data.tickets.model import BODY_MOST

ELEMENTS = re.findall(
    r"\S+",
    "script style iframe object embed svg math img image video audio source body html head link meta base form input "
    "button select textarea keygen isindex marquee bgsound frame frameset layer applet xml template noscript title "
    "details dialog portal slot picture track area a b div p table td x-y",
)
EVENTS = ("onerror", "onload", "onclick", "onfocus", "onmouseover", "ontoggle", "onbegin", "onstart", "onpointerenter")
LOADERS = ("src", "href", "xlink:href", "action", "formaction", "data", "background", "poster", "srcdoc", "style")
SCHEMES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
    "&#106;avascript:alert(1)", "&#x6A;avascript&colon;alert(1)", "\x01javascript:alert(1)", " javascript:alert(1)",
    "vbscript:msgbox(1)", "data:text/html,<script>alert(1)</script>", "data:image/svg+xml;base64,PHN2Zz4=",
    "livescript:x", "file:///etc/passwd", "blob:x", "//example.org/x.js", "javascript&#58;alert(1)",
    "javascript:/*--></title></style></textarea></script><svg/onload=alert(1)>",
)  # fmt: skip
SHAPES = (
    "<{e} {a}={v}>", '<{e} {a}="{v}">x</{e}>', "<{e}/{a}='{v}'/>", "<{e}\n{a}={v}\n>", "&lt;{e} {a}={v}&gt;",
)  # fmt: skip
LINKS = (
    "[x]({v})", "[x](<{v}>)", "![x]({v})", "[x][1]\n\n[1]: {v}", "<{v}>", "[x]({v} 'title\" onclick=alert(1)')",
    "> [x]({v})", "- [x]({v})", "| a |\n|---|\n| [x]({v}) |", "`[x]({v})`", "**[x]({v})**", "{v}", "@{v}",
)  # fmt: skip
RUDE = (
    "<scr<script>ipt>alert(1)</scr</script>ipt>", "<<script>alert(1);//<</script>", "<a\x0bhref=javascript:x>",
    "<!--<img src='--><img src=x onerror=x>", "```\n</code></pre><script>alert(1)</script>\n```",
    "<![CDATA[<script>]]>",
    "``` \"><img src=x onerror=alert(1)>\nx\n```", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "\uff1cscript\uff1ealert(1)", "%3Cscript%3Ealert(1)%3C/script%3E", "[a](j\u0000avascript:alert(1))",
    "\x02wzxhzdk:0\x03", "\x02klzzwxh:0000\x03<script>", "[x](javascript://%0aalert(1))",
    "<https://a.org/\"onclick=alert(1)>",
)  # fmt: skip


def corpus() -> Iterator[str]:
    for shape, element in product(SHAPES, ELEMENTS):
        for attribute, value in (*product(EVENTS, ("alert(1)",)), *zip(LOADERS, cycle(SCHEMES)), ("href", SCHEMES[0])):
            yield shape.format(e=element, a=attribute, v=value)
    for link, value in product(LINKS, SCHEMES):
        yield link.format(v=value)
    yield from RUDE


class Reader(HTMLParser):
    """What a browser would find: every element and attribute."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    handle_starttag = note


def harm(text: str) -> list[str]:
    """Whatever is beyond text, structure and links that lead to a page or a mailbox."""
    return [
        f"{tag} {name}={value}"
        for tag, attributes in Reader(user_html(text)).found[1:]
        for name, value in [("", ""), *attributes.items()]
        if tag not in TAGS
        or name not in {"", "rel", *ATTRIBUTES.get(tag, ()), *({"class"} if value == "mention" else ())}
        or (name == "href" and not value.startswith(("https://", "http://", "mailto:")))
    ]


def test_no_vector_of_the_corpus_survives() -> None:
    vectors = list(dict.fromkeys(corpus()))
    assert len(vectors) >= 4_900
    assert {vector: found for vector in vectors if (found := harm(vector))} == {}


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="<>&\"'`[]()!/*_#-:=;\\\n\t@ |~xajvscript0\x00\x02\u200b", max_size=120))
def test_no_text_at_all_survives(text: str) -> None:
    assert harm(text) == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**b** *i* `c`", "<p><strong>b</strong> <em>i</em> <code>c</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("see:\n- a\n- b", "<p>see:</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("# Big", "<h4>Big</h4>"),
        ("a < b && c > d", "<p>a &lt; b &amp;&amp; c &gt; d</p>"),
        ("ask @bob.", '<p>ask <strong class="mention">@bob</strong>.</p>'),
        ("bob@example.org", "<p>bob@example.org</p>"),
        ("`@bob`", "<p><code>@bob</code></p>"),
        ("https://example.org/a.", '<p><a href="https://example.org/a" rel="noopener nofollow">https://example.org/a</a>.</p>'),
        ("[x](/relative)", '<p><a rel="noopener nofollow">x</a></p>'),
        ("שלום 🎉", "<p>שלום 🎉</p>"),
    ],
)  # fmt: skip
def test_markdown_reads_as_people_mean_it(text: str, html: str) -> None:
    assert user_html(text) == f'<div class="prose" dir="auto">{html}</div>'


@pytest.mark.parametrize(
    "piece", ["[", "[a](", "*", "**_", ">", "> >", "`a", "1. ", "a|", "<", "http://", "@a.", "\\", "![", "- "]
)
def test_the_longest_text_of_anything_is_drawn_in_time(piece: str) -> None:
    text = (piece * BODY_MOST)[:BODY_MOST]
    begun = time.process_time()
    user_html(text)
    assert time.process_time() - begun < 3
