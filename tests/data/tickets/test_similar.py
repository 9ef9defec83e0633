"""Similar tickets: what is found, in which order, and that nothing typed can break it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from data.tickets.similar import RECENT, Document, Match, SimilarIndex

CORPUS = yaml.safe_load(Path(__file__).with_name("similar_corpus.yaml").read_text())
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATE = "Sales figures are late"
ANYTHING = st.text(max_size=60)
READABLE = st.text("abcdeäß世 ", min_size=8, max_size=40).filter(lambda text: len(re.sub(r"\s", "", text)) >= 4)
IDS = st.sampled_from("abcdefgh")


def document(id: str, title: str = LATE, body: str = "", **changes: object) -> Document:
    return replace(Document(id, "incident", title, body, None, None, True, AT), **changes)


def everybody(_: str) -> bool:
    return True


def search(index: SimilarIndex, text: str, **asked: object) -> tuple[Match, ...]:
    return index.search(
        text, **{"kind": None, "platform_id": None, "asset": None, "visible": everybody, **asked}
    )  # fmt: skip


def ids(index: SimilarIndex, text: str, **asked: object) -> list[str]:
    return [match.id for match in search(index, text, **asked)]


@pytest.fixture(scope="module")
def tickets() -> list[Document]:
    return [document(str(n), known["title"], known["body"]) for n, known in enumerate(CORPUS["tickets"])]


@pytest.fixture(scope="module")
def index(tickets: list[Document]) -> SimilarIndex:
    return SimilarIndex(tickets)


def test_a_known_problem_in_other_words_is_among_the_three_shown(index: SimilarIndex) -> None:
    told = [(again, str(n)) for n, known in enumerate(CORPUS["tickets"]) for again in known["again"]]
    missed = [again for again, known in told if known not in ids(index, again)]
    assert len(told) >= 50
    assert len(missed) <= len(told) * 0.05, missed


def test_few_new_problems_look_known(index: SimilarIndex) -> None:
    bothered = [new for new in CORPUS["new"] if ids(index, new)]
    assert len(CORPUS["new"]) >= 12
    assert len(bothered) <= len(CORPUS["new"]) * 0.25, bothered


def grams(text: str) -> Counter[str]:
    words = re.split(r"[\W_]+", unicodedata.normalize("NFKC", text).casefold())
    padded = [f" {word} " for word in words if word]
    return Counter(word[n : n + size] for word in padded for size in (3, 4, 5) for n in range(len(word) - size + 1))


def plain_cosines(texts: list[str], typed: str) -> list[float]:
    """The same by the book: one dictionary a text, no hashes, no arrays."""
    told = [grams(text) for text in texts]
    met = Counter(gram for text in told for gram in text)
    rarity = {gram: math.log((1 + len(texts)) / (1 + n)) + 1 for gram, n in met.items()}
    known = [rarity[gram] for gram in grams(typed) if gram in rarity]
    usual = sum(known) / len(known) if known else 1

    def vector(text: Counter[str]) -> dict[str, float]:
        return {gram: (1 + math.log(n)) * rarity.get(gram, usual) for gram, n in text.items()}

    def length(text: dict[str, float]) -> float:
        return math.sqrt(sum(weight**2 for weight in text.values()))

    asked = vector(grams(typed))
    vectors = [vector(text) for text in told]
    return [
        sum(asked.get(gram, 0) * weight for gram, weight in v.items()) / (length(v) * length(asked)) for v in vectors
    ]


def test_scores_are_those_of_tf_idf_by_the_book(tickets: list[Document], index: SimilarIndex) -> None:
    texts = [f"{ticket.title} {ticket.body}" for ticket in tickets]
    for typed in [*CORPUS["new"], *(again for known in CORPUS["tickets"] for again in known["again"])]:
        found = {match.id: match.score for match in search(index, typed, limit=len(tickets), least=0)}
        expected = {str(n): score for n, score in enumerate(plain_cosines(texts, typed)) if score > 0}
        assert found == pytest.approx(expected)


AWKWARD = {
    "nothing": "",
    "spaces": " \t\n ",
    "three letters": "sal",
    "three letters apart": "s a l",
    "signs": "?!… --- ___ ###",
    "emoji": "🔥🔥🔥🔥🔥",
    "control characters": "\x00\x01\x1b[31m\u200b\u202e",
    "half a character": "\ud83d\ude00 \udc00\udc00\udc00\udc00",
}


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD.keys())
def test_what_says_nothing_finds_nothing_and_breaks_nothing(index: SimilarIndex, text: str) -> None:
    assert search(index, text) == ()
    assert search(index.updated([document("new", text, text)]), "gateway offline")[0].id == "3"
    assert search(SimilarIndex([document("new", text, text)]), text) == ()


@pytest.mark.parametrize(
    ("told", "typed", "least"),
    [
        ("البيانات متأخرة منذ الصباح", "البيانات متأخرة", 0.5),
        ("売上データ 更新失敗", "売上データの更新が失敗", 0.3),
        ("Rührgerät fehlt", "RU\u0308HRGERA\u0308T FEHLT", 0.99),
        ("gold.sales_daily", "gold sales daily", 0.99),
        ("Straße gesperrt", "STRASSE gesperrt", 0.99),
        ("🔥 gateway \x00 offline", "gateway offline", 0.99),
        ("gateway offline", "gatway ofline", 0.4),
        ("refresh failed", "refreshes failing", 0.4),
    ],
)
def test_spelling_does_not_matter_much(told: str, typed: str, least: float) -> None:
    assert ids(SimilarIndex([document("a", told)]), typed, least=least) == ["a"]


def test_of_long_texts_the_beginning_counts() -> None:
    index = SimilarIndex([document("a", LATE, "x" * 399 + " gateway" * 10_000)])
    assert search(index, "gateway offline") == ()
    assert search(index, LATE + " " * 300 + "gateway " * 10_000) == search(index, LATE) != ()


def test_an_empty_index_finds_nothing() -> None:
    assert search(SimilarIndex(), LATE, asset="check-1") == ()
    assert ids(SimilarIndex().updated([document("a")]), LATE) == ["a"]


def test_what_is_open_about_the_same_asset_comes_first_whatever_its_words() -> None:
    index = SimilarIndex(
        [
            document("alike"),
            document("same", "Gateway offline", asset="check-1"),
            document("same and alike", LATE + " again", asset="check-1"),
            document("closed", "Something else", asset="check-1", open=False),
            document("other asset", "Something else", asset="check-2"),
        ]
    )
    found = search(index, LATE, asset="check-1", limit=9)
    why = ["same asset", "same asset", "similar words"]
    assert [(match.id, match.why) for match in found] == list(
        zip(["same and alike", "same", "alike"], why, strict=True)
    )
    assert ids(index, "", asset="check-1") == ["same", "same and alike"]


def test_the_same_platform_ranks_higher_and_is_held_to_the_same_threshold() -> None:
    near = document("near", LATE + " on", platform_id="sales")
    index = SimilarIndex([document("exact"), near])
    exact, second = search(index, LATE)
    assert ids(index, LATE, platform_id="sales") == ["near", "exact"]
    assert search(index, LATE, platform_id="sales")[0].score == second.score > exact.score / 1.2
    assert ids(index, LATE, platform_id="sales", least=second.score + 0.01) == ["exact"]


def test_among_equals_the_newest_comes_first() -> None:
    made = [document(id, at=AT + timedelta(hours=hours)) for id, hours in (("b", 0), ("c", 2), ("a", 0), ("d", 1))]
    assert ids(SimilarIndex(made), LATE, limit=4) == ["c", "d", "a", "b"]


def test_only_the_kind_that_is_asked_for_is_found() -> None:
    index = SimilarIndex([document("a", asset="check-1"), document("b", kind="improvement", asset="check-1")])
    assert ids(index, LATE, kind="improvement", asset="check-1") == ["b"]
    assert ids(index, LATE, asset="check-1") == ["a", "b"]


def test_what_a_viewer_may_not_see_takes_nobodys_place() -> None:
    made = [document(f"{n:03}", asset="check-1" if n % 2 else None) for n in range(100)]
    for asset in (None, "check-1"):
        found = ids(SimilarIndex(made), LATE, asset=asset, visible={"096", "097", "098"}.__contains__)
        assert sorted(found) == ["096", "097", "098"]
        assert ids(SimilarIndex(made), LATE, asset=asset, visible=lambda _: False) == []


def test_no_more_than_the_limit_are_asked_whether_they_may_be_seen() -> None:
    asked: list[str] = []
    ids(SimilarIndex(document(f"{n:03}") for n in range(100)), LATE, visible=lambda id: not asked.append(id))
    assert len(asked) == 3


@pytest.mark.parametrize("size", [3, RECENT * 10])
def test_an_update_is_a_new_index_and_leaves_the_old_one_as_it_was(size: int) -> None:
    known = [document(f"{n:03}", f"{LATE} {n}") for n in range(size)]
    before = SimilarIndex([replace(known[0], asset="check-1"), *known[1:]])
    found = search(before, LATE, asset="check-1", limit=size)
    changed = document("002", "Gateway offline", asset="check-1")
    after = before.updated([known[0], changed, document("new", "Gateway is offline")], ["001"])
    assert len(found) == size
    for unchanged in (before, before.updated([])):
        assert search(unchanged, LATE, asset="check-1", limit=size) == found
    assert ids(after, "gateway offline") == ["002", "new"]
    assert ids(after, "", asset="check-1") == ["002"]
    assert not {"001", "002"} & set(ids(after, LATE, limit=size))
    assert ids(after.updated([replace(changed, open=False)]), "", asset="check-1") == []
    assert ids(after.updated([], ["002", "never heard of"]), "gateway offline") == ["new"]


def drawn(seed: int, count: int) -> list[Document]:
    """Texts of the corpus' words, in any order."""
    random = Random(seed)
    words = " ".join(f"{known['title']} {known['body']}" for known in CORPUS["tickets"]).split()
    return [document(f"{seed}-{n:04}", " ".join(random.choices(words, k=20))) for n in range(count)]


def test_many_small_updates_come_to_what_a_new_index_says() -> None:
    """Words are weighted anew only now and then, so that scores may differ a little in between."""
    known, news = drawn(1, 600), drawn(2, 40)
    index = SimilarIndex(known)
    for n, new in enumerate(news):
        index = index.updated([new, replace(known[n], title=new.title)], [known[-1 - n].id])
        now = [*(replace(known[i], title=news[i].title) for i in range(n + 1)), *known[n + 1 : -1 - n], *news[: n + 1]]
        rebuilt = search(SimilarIndex(now), new.title, limit=5, least=0.3)
        assert {m.id: m.score for m in rebuilt} == pytest.approx(
            {m.id: m.score for m in search(index, new.title, limit=5, least=0.3)}, abs=0.03
        )
        assert {rebuilt[0].id, rebuilt[1].id} == {new.id, known[n].id}


@given(st.lists(st.tuples(IDS, ANYTHING, ANYTHING)), ANYTHING)
def test_scores_are_from_0_to_1_best_first(told: list[tuple[str, str, str]], typed: str) -> None:
    found = search(SimilarIndex(document(*one) for one in told), typed, limit=99)
    scores = [match.score for match in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0.20 <= score <= 1 for score in scores)


@given(READABLE, st.lists(ANYTHING, max_size=5))
def test_the_same_text_scores_1(text: str, others: list[str]) -> None:
    index = SimilarIndex([document("same", text), *(document(str(n), other) for n, other in enumerate(others))])
    assert {match.id: match.score for match in search(index, text, limit=9)}["same"] == pytest.approx(1)


@given(st.lists(st.tuples(IDS, READABLE), unique_by=lambda one: one[0]), READABLE, st.randoms())
def test_the_order_of_telling_does_not_matter(told: list[tuple[str, str]], typed: str, random: Random) -> None:
    shuffled = random.sample(told, len(told))
    assert search(SimilarIndex(document(*one) for one in told), typed) == search(
        SimilarIndex(document(*one) for one in shuffled), typed
    )


@given(
    st.lists(st.tuples(IDS, READABLE)),
    st.lists(st.tuples(st.lists(st.tuples(IDS, READABLE), max_size=3), st.sets(IDS, max_size=3)), max_size=4),
    READABLE,
)
def test_updated_equals_rebuilt(
    told: list[tuple[str, str]], updates: list[tuple[list[tuple[str, str]], set[str]]], typed: str
) -> None:
    index, left = SimilarIndex(document(*one) for one in told), dict(told)
    for changed, gone in updates:
        index = index.updated([document(*one) for one in changed], gone)
        left = {id: text for id, text in left.items() if id not in gone} | dict(changed)
    assert search(index, typed) == search(SimilarIndex(document(*one) for one in left.items()), typed)
