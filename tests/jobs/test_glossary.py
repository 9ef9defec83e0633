"""Glossaries on the command line: looked at, applied, taken out, and put in elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import Invalid, NotFound
from data.portal import Portal
from jobs.glossary import ACTOR, export_terms, import_terms
from tests.portals import clock, portal

__all__ = ["clock", "portal"]

FILE = b'name,definition,status\nNet revenue,"Invoiced, minus returns.",Approved\nGross,What comes in.,nonsense\n'


def stored(house: Portal) -> dict[str, int]:
    return {term.name: term.version for term in house.glossary.store.terms()}


def test_an_import_is_shown_before_it_is_done(portal: Portal, tmp_path: Path) -> None:
    file = tmp_path / "terms.csv"
    file.write_bytes(FILE)
    told = import_terms(portal, file)
    assert told[0] == "+ line 2, Net revenue"
    assert "! line 3, Gross: status: 'nonsense' is no state" in told[1]
    assert told[2:] == [
        "Read as this portal's CSV: 1 new, 0 changed, 0 unchanged, 1 refused.",
        "Nothing was changed yet. Apply it with --yes.",
    ]
    assert stored(portal) == {}
    assert import_terms(portal, file, yes=True)[-1] == "1 terms written."
    assert stored(portal) == {"Net revenue": 1}
    file.write_bytes(FILE.replace(b"minus", b"less"))
    assert import_terms(portal, file, yes=True)[0] == (
        "~ line 2, Net revenue: Definition Invoiced, minus returns. -> Invoiced, less returns."
    )
    assert stored(portal) == {"Net revenue": 2}
    assert [event.action for event in portal.audit.events_of("glossary_term", portal.glossary.store.terms()[0].id)] == [
        "glossary:import", "glossary:add"
    ]  # fmt: skip


def test_an_export_put_in_again_changes_nothing(portal: Portal, tmp_path: Path) -> None:
    file, out = tmp_path / "terms.csv", tmp_path / "out"
    file.write_bytes(FILE)
    import_terms(portal, file, yes=True)
    for format in ("portal", "openmetadata", "datahub", "purview"):
        assert export_terms(portal, out, format) == [f"The glossary is in {out}."]
        assert "0 new, 0 changed, 1 unchanged, 0 refused" in import_terms(portal, out, yes=True)[-1]
    assert export_terms(portal, None)[0].startswith("term_id,name,acronym")


def test_what_cannot_be_read_or_written_is_told(portal: Portal, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file"):
        import_terms(portal, tmp_path / "nothing.csv")
    with pytest.raises(Invalid, match="Which file"):
        import_terms(portal, None)
    with pytest.raises(Invalid, match="cannot be read"):
        import_terms(portal, tmp_path)
    with pytest.raises(Invalid, match="cannot be written"):
        export_terms(portal, tmp_path)
    assert ACTOR.door == "job"
