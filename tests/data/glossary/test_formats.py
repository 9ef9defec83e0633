"""Each format reads what others write, and writes what it has read; whatever is in the cells."""

from __future__ import annotations

import csv
import io
import json
import string
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import Invalid
from data.glossary.formats import FORMATS, format_of, read
from data.glossary.formats.base import Names
from data.glossary.formats.cells import joined, parts, quoted, unquoted
from data.glossary.formats.tables import FALLBACK, MOST_BYTES, MOST_ROWS
from data.glossary.importing import Planner, World
from data.glossary.model import Asset, Relation, RelationKind, Source, Term
from data.glossary.rules import facts_of
from data.glossary.verdicts import Plan
from data.people.model import Actor
from data.spreadsheet import harmless, typed
from data.status.model import Platform
from data.tickets.ids import new_id
from tests.portals import NOW

ADMIN = Actor.job("admin")
SALES = Platform(id="sales", name="Sales", kind="databricks")
FEW = settings(max_examples=40)


def planned(given: bytes, *terms: Term, format: str | None = None) -> Plan:
    return Planner(read(given, format), World(terms, lambda _: True, {"sales": SALES}, ADMIN, NOW)).plan()


def imported(given: bytes, *terms: Term, format: str | None = None) -> list[Term]:
    """The glossary after the file was applied."""
    plan = planned(given, *terms, format=format)
    refused = [verdict for verdict in plan.verdicts if verdict.outcome == "refused"]
    assert refused == []
    known = {term.id: term for term in terms} | {v.after.id: v.after for v in plan.verdicts if v.after}
    return list(known.values())


def exported(terms: list[Term], format: str) -> bytes:
    chosen, names = FORMATS[format], Names(terms)
    return chosen.render([chosen.cells(term, names) for term in terms])


def sheet(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def table(given: bytes) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(given.decode("utf-8-sig"), newline=""))
    return [{name: typed(cell) for name, cell in row.items() if cell} for row in rows]


def a_term(**parts: Any) -> Term:
    by = {"created_by": "alice@example.org", "updated_by": "alice@example.org", "created_at": NOW, "updated_at": NOW}
    return Term(**{"id": new_id(NOW), "name": "Net revenue", "definition": "What is left.", **by, **parts})


CELL = st.text(string.ascii_letters + string.digits + " ;:,.|\\\"'%=+-@\näéß€", max_size=20)
WORD = st.text(string.ascii_letters + string.digits + " .%é", min_size=1, max_size=12).map(str.strip).filter(bool)
LINE = CELL.map(lambda text: " ".join(text.split()))
LIST = st.lists(LINE.filter(bool), max_size=3, unique=True).map(tuple)
NAMED = st.lists(WORD.filter(lambda name: len(name) > 1), min_size=1, max_size=4, unique_by=str.casefold)


@given(st.lists(LINE.filter(bool), max_size=5))
def test_lists_are_split_as_they_were_joined(values: list[str]) -> None:
    assert parts(joined(values)) == values
    assert unquoted(quoted(values)) == values


@given(st.text(max_size=30))
def test_what_is_made_safe_for_spreadsheets_is_read_as_it_was(text: str) -> None:
    assert typed(str(harmless(text))) == text
    assert not str(harmless(text)).startswith(("=", "+", "-", "@"))


@st.composite
def glossaries(draw: st.DrawFn) -> list[Term]:
    ids = [new_id(NOW) for _ in names] if (names := draw(NAMED)) else []
    states = st.sampled_from(("draft", "approved", "deprecated", "archived"))
    return [
        a_term(
            id=id_, name=name, definition=draw(LINE.filter(bool)), notes=draw(LINE), acronym=draw(LINE) or None,
            synonyms=draw(LIST), domain=draw(LINE) or None, formula=draw(LINE) or None, tags=draw(LIST),
            platform_id=draw(st.sampled_from((None, "sales"))), state=draw(states), note="So.",
            assets=tuple(Asset(one, draw(LINE)) for one in draw(LIST)),
            sources=tuple(Source(one, "https://example.org/a?b=c") for one in draw(LIST)),
            relations=tuple(
                dict.fromkeys(Relation(draw(st.sampled_from(RelationKind)), one) for one in (*draw(LIST), *ids[:1]))
            ),
            properties=draw(st.dictionaries(LINE.filter(bool), CELL, max_size=2)),
            review_due=draw(st.none() | st.just(date(2027, 3, 2))), reviewed_at=NOW, owner=draw(LINE) or None,
        )
        for id_, name in zip(ids, names, strict=True)
    ]  # fmt: skip


@FEW
@given(glossaries())
def test_the_portals_own_file_holds_everything(terms: list[Term]) -> None:
    terms = [replace(t, review_due=date(2027, 5, 4)) if t.state == "approved" else t for t in terms]
    given = exported(terms, "portal")
    assert planned(given, *terms).counts == {"new": 0, "changed": 0, "unchanged": len(terms), "refused": 0}
    moved = imported(given)
    assert [(t.id, facts_of(t), t.note, t.reviewed_at) for t in moved] == [
        (t.id, facts_of(t), t.note, t.reviewed_at) for t in terms
    ]  # fmt: skip


@FEW
@given(glossaries(), st.sampled_from(("openmetadata", "datahub", "purview")))
def test_what_was_exported_changes_nothing_when_it_comes_back(terms: list[Term], format: str) -> None:
    """Also where the format cannot hold all that a term is."""
    plan = planned(exported(terms, format), *terms, format=format)
    assert [(v.said, v.differences()) for v in plan.verdicts if v.outcome == "changed"] == []
    assert plan.counts["new"] == 0


@st.composite
def openmetadata_rows(draw: st.DrawFn) -> list[dict[str, str]]:
    kinds = st.sampled_from(("", "synonym:", "broader:", "partOf:", "relatedTo:", "Business."))
    return [
        {
            "parent": draw(LINE), "name*": name, "displayName": draw(st.just("") | WORD.map(f"{name} {{}}".format)),
            "description": draw(CELL.filter(str.strip)), "synonyms": quoted(draw(LIST)),
            "relatedTerms": quoted(draw(kinds) + one for one in draw(LIST)),
            "references": quoted(draw(LIST)), "tags": draw(LINE), "reviewers": draw(LINE),
            "owner": draw(st.sampled_from(("", "user:alice@example.org", "team;marketing", "user:bob"))),
            "glossaryStatus": draw(st.sampled_from(("", "Draft", "approved", "DEPRECATED", "In Review", "Rejected"))),
            "color": draw(st.sampled_from(("", "#ff0000"))), "iconURL": draw(LINE),
            "extension": draw(st.sampled_from(("", "cost:12;unit:EUR|USD", "broken"))), "Cost centre": draw(LINE),
        }
        for name in draw(NAMED)
    ]  # fmt: skip


@FEW
@given(openmetadata_rows())
def test_openmetadata_goes_through_the_portal_unchanged(rows: list[dict[str, str]]) -> None:
    given = sheet(*rows)
    terms = imported(given)
    assert table(exported(terms, "openmetadata")) == table(given)
    assert planned(given, *terms).counts["unchanged"] == len(rows)


@st.composite
def purview_rows(draw: st.DrawFn) -> list[dict[str, str]]:
    return [
        {
            "Name": f"Sales_{name}", "Nick Name": draw(st.sampled_from((name, ""))),
            "Status": draw(st.sampled_from(("Draft", "Approved", "Alert", "expired", ""))),
            "Definition": draw(CELL.filter(str.strip)), "Acronym": draw(LINE),
            "Resources": draw(st.sampled_from(("", "Manual:https://example.org/a:b;", "https://example.org;"))),
            "Related Terms": draw(LINE), "Synonyms": draw(LINE), "Stewards": draw(LINE), "Experts": draw(LINE),
            "Parent Term Name": draw(LINE), "[Attribute][System default]Grain": draw(LINE),
        }
        for name in draw(NAMED)
    ]  # fmt: skip


@FEW
@given(purview_rows())
def test_purview_goes_through_the_portal_unchanged(rows: list[dict[str, str]]) -> None:
    given = sheet(*rows)
    terms = imported(given)
    assert table(exported(terms, "purview")) == table(given)
    assert planned(given, *terms).counts["unchanged"] == len(rows)


@st.composite
def datahub_trees(draw: st.DrawFn) -> dict[str, Any]:
    def term(name: str) -> dict[str, Any]:
        all_ = {
            "name": name, "id": draw(LINE), "description": draw(LINE.filter(bool)), "term_source": "INTERNAL",
            "owners": draw(st.sampled_from((None, {"users": ["alice"]}, {"users": ["a", "b"], "groups": ["g"]}))),
            "inherits": list(draw(LIST)), "contains": list(draw(LIST)), "related_terms": list(draw(LIST)),
            "custom_properties": draw(st.sampled_from((None, {"is_pii": "true"}, [{"a": "1"}, {"b": 2}]))),
            "knowledge_links": [{"label": one, "url": "https://example.org"} for one in draw(LIST)],
            "domain": draw(st.sampled_from(("", "urn:li:domain:marketing"))), "flavour": draw(LINE),
        }  # fmt: skip
        return {key: value for key, value in all_.items() if value}

    names = draw(NAMED)
    node = {"name": "Sales", "description": "All of sales", "owners": {"groups": ["sales"]}}
    half = len(names) // 2
    tree: dict[str, Any] = {"version": "1", "source": "DataHub", "owners": {"users": ["mjames"]}}
    if names[:half]:
        tree["nodes"] = [node | {"nodes": [{"name": "Orders", "terms": [term(name) for name in names[:half]]}]}]
    return tree | {"terms": [term(name) for name in names[half:]]}


@FEW
@given(datahub_trees())
def test_datahub_goes_through_the_portal_unchanged(tree: dict[str, Any]) -> None:
    given = yaml.safe_dump(tree).encode()
    terms = imported(given)
    assert yaml.safe_load(exported(terms, "datahub")) == tree
    assert planned(given, *terms).counts["unchanged"] == len(terms)


def test_each_format_is_known_by_its_head() -> None:
    term = a_term()
    for name in FORMATS:
        assert format_of(exported([term], name)).name == name
    assert format_of(b"\xef\xbb\xbfNAME ,DEFINITION\nx,y").name == "portal"
    assert format_of(b"name*;displayName;description;GlossaryStatus\na;b;c;Draft").name == "openmetadata"
    assert format_of(b"# old\nversion: 1\nnodes: []").name == "datahub"


NONSENSE = (
    (b"", "none that is known"),
    (b"hello", "none that is known"),
    (b"a,b\n1,2", "none that is known"),
    (b"PK\x03\x04\x00\x00", "no text file"),
    (b"name,definition,name\na,b,c", "there twice: name"),
    (b'name,definition\nx,"open', "Line 2: quotes do not close"),
    (b"nodes: [a", "no valid YAML in line"),
    (b"nodes: [a, b]", "where an entry with a name is expected"),
    (b"nodes: &a [*a]", "aliases"),
    (b"terms: 5", "where an entry with a name is expected"),
    (b"name,displayName\nx,y", "missing: description"),
    (b"nodes:\n" + b"".join(b"  " * n + b"- nodes:\n" for n in range(1, 60)), "nested too deeply"),
)


@pytest.mark.parametrize(("given", "words"), NONSENSE)
def test_what_is_no_glossary_is_refused_in_words(given: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read(given)


def test_files_that_are_too_large_are_refused() -> None:
    with pytest.raises(Invalid, match="at most 10 MB fit"):
        read(b"term_id,name\n" + b"x" * MOST_BYTES)
    with pytest.raises(Invalid, match=f"more than {MOST_ROWS:,} rows"):
        read(b"term_id,name\n" + b",x\n" * (MOST_ROWS + 1))


@pytest.mark.parametrize("given", ["name,definition\nGrün,Für 5 €".encode("cp1252")])
def test_an_old_encoding_is_read_and_told(given: bytes) -> None:
    plan = planned(given)
    assert plan.verdicts[0].name == "Grün"
    assert plan.remarks == (FALLBACK,)


def test_semicolons_and_tabs_separate_columns_too() -> None:
    for separator in ";\t,":
        (term,) = imported(separator.join(("Name", "Definition")).encode() + f"\nx y{separator}Words.".encode())
        assert (term.name, term.definition) == ("x y", "Words.")


def test_a_formula_is_text_on_the_way_out_and_itself_on_the_way_back() -> None:
    term = a_term(name="=cmd()", definition="@SUM(1)", synonyms=("-1", "'+2"))
    text = exported([term], "portal").decode("utf-8-sig")
    assert "'=cmd()" in text
    assert ",=cmd" not in text
    assert planned(text.encode(), term).counts["unchanged"] == 1


def test_datahub_reads_what_the_portal_put_into_custom_properties() -> None:
    term = a_term(acronym="NR", synonyms=("net turnover", "a;b"), state="approved", domain="Sales / Orders")
    (back,) = imported(exported([term], "datahub"))
    assert (back.acronym, back.synonyms, back.state, back.domain) == ("NR", term.synonyms, "approved", "Sales / Orders")
    assert json.loads(exported([term], "datahub").decode().count("custom_properties").__str__()) == 1


def test_a_node_without_terms_is_told() -> None:
    plan = planned(b"nodes:\n- name: Sales\n  nodes:\n  - name: Empty\nterms:\n- {name: x y, description: z}")
    assert "Node Sales/Empty has no terms" in plan.remarks[0]
