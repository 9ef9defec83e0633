"""What is found, and in which order: exact name, name that begins so, title, text, other names, slips."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from data.errors import Unavailable
from data.search.index import RANKED, Index, require_fts5
from data.search.model import END, START, Entry
from data.search.query import MOST_WORDS, guesses, read
from tests.data.search.conftest import Find, an_entry

NRR = an_entry("Net Revenue Retention", "term", names=("NRR", "Dollar retention"), body="What stays of last year.")
HOSTILE = (
    "", " ", '"', '""', "*", "AND", "OR NOT", "NEAR(", "NEAR(a b, 2)", "net-revenue", "C++", "what is NRR?", "t:x",
    "title:x", "gold.sales_daily", "O'Brien", "a\x00b", "\ud800", "^a", "a^b", "{title} : a", "-a", "+", "(", ")", "\\",
    "%", "_", ";", "--", "/*", "’“”", "…", "日本語", "🦓", "e\u0301" * 300, "x" * 10_240, "a " * 5_000, '"' * 999,
    "'; DROP TABLE entries; --", "\x02a\x03", "²", "ⓐ", "٣",
)  # fmt: skip


def titles(find: Find, text: str, *entries: Entry) -> list[str]:
    return [hit.title.replace(START, "").replace(END, "") for hit in find(text, *entries).hits]


def test_the_order_is_exact_then_prefix_then_title_then_text(find: Find) -> None:
    entries = (
        an_entry("In the text", body="The churn rate is told here. " * 9),
        an_entry("A title about the churn rate and more"),
        an_entry("Churn rate by region"),
        an_entry("Customer loss", "term", names=("Churn rate",)),
    )
    expected = ["Customer loss", "Churn rate by region", "A title about the churn rate and more", "In the text"]
    assert titles(find, "churn rate", *entries) == expected
    assert titles(find, "churn rate", *reversed(entries)) == expected


def test_a_word_in_the_title_beats_many_in_the_text(find: Find) -> None:
    text = an_entry("Other", body="gateway " * 50)
    assert titles(find, "gateway", text, an_entry("How to restart a gateway")) == ["How to restart a gateway", "Other"]


@pytest.mark.parametrize("typed", ["nrr", "NRR", "net revenue retention", "Net  Rëvenue Retention", "dollar retention"])
def test_every_name_of_a_term_finds_it_first(find: Find, typed: str) -> None:
    others = [an_entry(f"Page {n}", body="net revenue retention nrr dollar " * 9) for n in range(5)]
    assert titles(find, typed, *others, NRR)[0] == "Net Revenue Retention"


def test_what_is_no_longer_in_use_stands_below(find: Find) -> None:
    old = an_entry("NRR", "term", key="old", faded=True)
    assert titles(find, "nrr", old, NRR) == ["Net Revenue Retention", "NRR"]
    closed, open_ = (an_entry("Report is late", "incident", key=k, faded=k == "closed") for k in ("closed", "open"))
    assert [hit.key for hit in find("report", closed, open_).hits] == ["incident:open", "incident:closed"]


@pytest.mark.parametrize("typed", ["main.gold.sales_daily", "gold.sales_daily", "sales_daily", "daily", "sales-daily"])
def test_identifiers_are_found_whole_and_in_part(find: Find, typed: str) -> None:
    table = an_entry("A table", tags=("main.gold.sales_daily",))
    assert titles(find, typed, table, an_entry("Else", body="Nothing of it.")) == ["A table"]


def test_one_letter_more_finds_what_is_being_typed(find: Find) -> None:
    for typed in ("reco", "reconc", "reconciliatio", "reconciliation", "reconciled"):
        assert titles(find, typed, an_entry("Reconciliation of ledgers")) == ["Reconciliation of ledgers"], typed


def test_a_page_is_one_result_and_its_best_section_is_shown(find: Find) -> None:
    sections = [
        an_entry("Messages", key=f"m{n}", page="m", heading=heading, body=body, position=n, address=f"docs?page=m#{n}")
        for n, (heading, body) in enumerate((("", "Write one."), ("Two people", "Approval."), ("End", "It ends.")))
    ]
    found = find("approval", *sections)
    assert (len(found.hits), found.counts, found.hits[0].address) == (1, {"doc": 1}, "docs?page=m#1")
    assert find("messages", *sections).hits[0].address == "docs?page=m#0"


def test_a_slip_is_forgiven_only_where_nothing_has_the_word(find: Find) -> None:
    found = find("recnciliation", an_entry("Reconciliation"))
    assert (found.how, found.meant, found.total) == ("respelled", "reconciliation", 1)
    assert titles(find, "tech", an_entry("Team"), an_entry("Tech")) == ["Tech"]
    assert titles(find, "tech", an_entry("Teac house")) == []
    assert titles(find, "1234", an_entry("1235")) == []


def test_other_names_come_after_the_words_themselves(find: Find) -> None:
    other = an_entry("Page with the long name", body="About net revenue retention.")
    found = find("nrr", other, an_entry("Short", body="About nrr."), nrr={"net revenue retention"})
    assert [hit.title for hit in found.hits] == ["Short", "Page with the long name"]
    assert f"{START}net revenue retention{END}" in found.hits[1].snippet
    plain = an_entry("Report", body="Customer loss by month.")
    assert find("churn by month", plain, churn={"customer loss"}).total == 1


def test_questions_are_answered_by_their_telling_words(find: Find) -> None:
    page = an_entry("Messages", body="Write one and publish it.")
    assert find("how do I publish a message?", page).how == "all"
    assert find("publish zebra", page).how == "some"
    assert find("zebra giraffe", page).total == 0


def test_words_are_marked_by_their_stem_and_nothing_else_is(find: Find) -> None:
    body = f"It was {START}approved{END} <b>twice</b>."
    hit = find("approvals", an_entry("Approving", body=body)).hits[0]
    assert hit.title == f"{START}Approving{END}"
    assert hit.snippet == f"It was {START}approved{END} <b>twice</b>."


def test_very_common_words_are_counted_as_far_as_they_are_ranked(find: Find) -> None:
    many = [an_entry(f"Page {n}", body="everywhere") for n in range(RANKED + 10)]
    found = find("everywhere", *many)
    assert (found.more, found.total, len(found.hits)) == (True, RANKED, 20)
    assert not find("everywhere", *many[:50]).more


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    entries = [NRR, *(an_entry(f"Page {text}", key=str(n), body=text) for n, text in enumerate(HOSTILE))]
    return Index.built(tmp_path_factory.mktemp("index") / "index.sqlite", entries)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_words_like_others(index: Index, text: str) -> None:
    index.find(read(text), frozenset({text}), 20, {"nrr": {text}})
    assert len(read(text).words) <= MOST_WORDS


def test_no_text_ever_raises(index: Index) -> None:
    letters = some.text(some.one_of(some.characters(), some.sampled_from('"*()^-+:{}AND NEAR,\x00\x02')), max_size=40)

    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    @given(letters)
    def search(text: str) -> None:
        index.find(read(text), frozenset(), 5, {})

    search()


def test_what_changes_is_found_and_what_goes_is_not(tmp_path: Path) -> None:
    index = Index.built(tmp_path / "i.sqlite", [an_entry("Old title", key="1"), an_entry("Going", key="2")])
    index.change([an_entry("New title", key="1"), an_entry("Added", key="3")], ["doc:2"])
    none: dict[str, list[str]] = {}
    counts = {text: index.find(read(text), frozenset(), 5, none).total for text in ("old", "new", "going", "added")}
    assert counts == {"old": 0, "new": 1, "going": 0, "added": 1}
    assert index.find(read("addde"), frozenset(), 5, none).meant == "added"


def test_readers_go_on_while_something_is_written(tmp_path: Path) -> None:
    index = Index.built(tmp_path / "i.sqlite", [an_entry(f"Page {n}", body="words") for n in range(200)])
    errors: list[Exception] = []

    def read_on() -> None:
        try:
            for _ in range(40):
                assert index.find(read("words"), frozenset(), 5, {}).total == 200
        except Exception as error:
            errors.append(error)

    readers = [threading.Thread(target=read_on) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(10):
        index.change([an_entry(f"Page {n}", body="words") for n in range(200)])
    for reader in readers:
        reader.join()
    assert errors == []


def test_the_file_goes_with_the_index(tmp_path: Path) -> None:
    index = Index.built(tmp_path / "i.sqlite", [NRR])
    assert index.find(read("nrr"), frozenset(), 5, {}).total == 1
    assert list(tmp_path.iterdir())
    del index
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "i.sqlite").mkdir()
    with pytest.raises(Unavailable, match="search cannot be built"):
        Index.built(tmp_path / "i.sqlite", [NRR])


def test_this_python_can_search() -> None:
    require_fts5()


def test_short_words_and_numbers_are_not_guessed() -> None:
    assert guesses("cat", ["cart"]) == []
    assert guesses("q3-2026", ["q4-2026"]) == []
    assert guesses("lineag", ["lineage", "line"]) == ["lineage"]
