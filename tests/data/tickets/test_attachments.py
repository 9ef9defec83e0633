"""What may be attached, by a corpus of honest, broken and hostile files."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import Invalid
from data.files.base import inside
from data.tickets.attachments import MEDIA_TYPES, MOST_BYTES, MOST_NAME, accept, check_number, stored_path

MB = 2**20


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def archive(*names: str, content: bytes = b"x") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


def numbered(cases: list[tuple[str, bytes, str]]) -> list[str]:
    return [f"{number} {case[2]:.40}" for number, case in enumerate(cases)]


def spoiled(whole: bytes, place: int, value: bytes) -> bytes:
    """An archive with other bytes at that place of its first entry in the list of contents."""
    at = whole.index(b"PK\x01\x02") + place
    return whole[:at] + value + whole[at + len(value) :]


HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
PNG = b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND")
JPG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9"
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\nstartxref\n9\n%%EOF\n"
ZIP = archive("a.txt")
TYPES = "[Content_Types].xml"
XLSX = archive(TYPES, "xl/workbook.xml")
HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'

ACCEPTED = [
    # honest files
    ("holiday.png", PNG, "holiday.png"),
    ("photo.jpg", JPG, "photo.jpg"),
    ("photo.JPEG", JPG, "photo.jpg"),
    ("report.pdf", PDF, "report.pdf"),
    ("note.txt", b"It stopped at 08:40.\r\n\tAgain.\n", "note.txt"),
    ("note.txt", "Größe 10 µm, 进度 🙂, مرحبا".encode(), "note.txt"),
    ("note.txt", b"\xef\xbb\xbfwith a mark", "note.txt"),
    ("note.txt", "in UTF-16".encode("utf-16"), "note.txt"),
    ("note.txt", b"\xfe\xff" + "big end first".encode("utf-16-be"), "note.txt"),
    ("job.log", b"<14>Nov 9 08:40 host app: 1 < 2\n", "job.log"),
    ("job.log", b"500 answered: <html><body>Oops</body></html>\n", "job.log"),
    ("rows.csv", b"a;b\n1;2\n", "rows.csv"),
    ("run.json", b'{"id": 1}', "run.json"),
    ("book.xlsx", XLSX, "book.xlsx"),
    ("logs.zip", ZIP, "logs.zip"),
    # the content tells
    ("photo.png", JPG, "photo.jpg"),
    ("scan.jpg", PDF, "scan.pdf"),
    ("book.zip", XLSX, "book.xlsx"),
    ("book.xlsx", ZIP, "book.zip"),
    ("pretty.html", PNG, "pretty.html.png"),
    ("picture", PNG, "picture.png"),
    ("query.sql", b"SELECT 1", "query.sql.txt"),
    ("clean.sh", b"#!/bin/sh\nrm -r /\n", "clean.sh.txt"),
    ("page.js", b"alert(1)", "page.js.txt"),
    ("tool.jar", archive("META-INF/MANIFEST.MF"), "tool.jar.zip"),
    # files that go on as something else: downloaded, so harmless
    ("both.png", PNG + HTML, "both.png"),
    ("both.html", PNG + HTML, "both.html.png"),
    ("both.jpg", JPG + HTML, "both.jpg"),
    ("both.pdf", PDF + ZIP, "both.pdf"),
    ("both.zip", archive("a.txt", content=HTML), "both.zip"),
    ("most.txt", b"x" * MOST_BYTES, "most.txt"),
    # names
    ("../../etc/passwd", b"root", "passwd.txt"),
    (r"C:\Users\ana\note.txt", b"x", "note.txt"),
    ("a\x00b\r\nc\x7f.txt", b"x", "abc.txt"),
    ("gnp.\u202etxt.exe", b"x", "gnp.txt.exe.txt"),
    ("zero\u200bwidth\ufeff.log", b"x", "zerowidth.log"),
    ("odd\ud800.txt", b"x", "odd.txt"),
    ("Bericht für Zoë 🙂.txt", b"x", "Bericht für Zoë 🙂.txt"),
    ("  two   words \u2028 .txt", b"x", "two words.txt"),
    ("..", b"x", "file.txt"),
    ("", b"x", "file.txt"),
    ("folder/", PNG, "file.png"),
    (".png", PNG, "png.png"),
    ("x" * 500 + ".png", PNG, "x" * 116 + ".png"),
    ("x." + "y" * 500, b"x", "x." + "y" * 114 + ".txt"),
]

REFUSED = [
    ("none.txt", b"", "none.txt is empty."),
    ("blank.txt", b" \r\n\t", "blank.txt is empty."),
    ("mark.txt", b"\xef\xbb\xbf", "mark.txt is empty."),
    ("empty.zip", archive(), "empty.zip is empty."),
    ("report.png", PNG + b"\0" * (11 * MB - len(PNG)), "^report.png has 11 MB; 10 MB is the most.$"),
    ("most.txt", b"x" * (MOST_BYTES + 1), "has 10.1 MB; 10 MB is the most"),
    # pretenders
    ("holiday.png", b"alert(document.cookie)", "holiday.png is text, not PNG"),
    ("holiday.png", b"#!/bin/sh\nrm -r /\n", "holiday.png is text, not PNG"),
    ("holiday.png", HTML, "HTML, SVG or XML"),
    ("photo.jpeg", b"no picture", "photo.jpg is text, not JPG"),
    ("rows.xlsx", b"a,b\n", "rows.xlsx is text, not XLSX"),
    ("logs.zip", b"no archive", "logs.zip is text, not ZIP"),
    ("holiday.png", PNG[:40], "holiday.png is broken or cut off"),
    ("holiday.png", b"\x89PNG\r\n\x1a\n" + HTML, "none of the kinds"),
    ("photo.jpg", JPG[:-2], "broken or cut off"),
    ("report.pdf", PDF[:30], "broken or cut off"),
    ("logs.zip", ZIP[:-10], "broken or cut off"),
    ("logs.zip", b"PK\x03\x04" + HTML, "broken or cut off"),
    ("future.zip", spoiled(ZIP, 6, b"\x63"), "broken or cut off"),
    ("name.zip", spoiled(archive("ä.txt"), 46, b"\xff"), "broken or cut off"),
    ("setup.png", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff", "none of the kinds that can be attached: PNG, JPG, PDF"),
    ("moving.gif", b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff;", "none of the kinds"),
    ("run.bin", b"\x7fELF\x02\x01\x01\0", "control character"),
    ("many.zip", archive(*(f"{n}" for n in range(10_001))), "more than 10,000 files"),
    ("macros.xlsm", archive(TYPES, "xl/workbook.xml", "xl/vbaProject.bin"), "holds macros"),
    ("letter.docx", archive(TYPES, "word/document.xml"), "other than Excel; save it as PDF"),
    # markup, however it begins
    ("page.html", HTML, "page.html is HTML, SVG or XML"),
    ("page.txt", b"<!DOCTYPE html><p>", "HTML, SVG or XML"),
    ("page.txt", b" \r\n\t<ScRipT>alert(1)</script>", "HTML, SVG or XML"),
    ("page.txt", b"<!-- a comment --><script>", "HTML, SVG or XML"),
    ("page.txt", b"\xef\xbb\xbf<script>", "HTML, SVG or XML"),
    ("page.txt", b"\xef\xbb\xbf" * 2 + "\u00a0\u2028\u200b<a>".encode(), "HTML, SVG or XML"),
    ("page.csv", HTML.decode().encode("utf-16"), "HTML, SVG or XML"),
    ("page.log", b"\xfe\xff" + SVG.decode().encode("utf-16-be"), "HTML, SVG or XML"),
    ("page.txt", SVG.decode().encode("utf-16-le"), "control character"),
    ("logo.svg", SVG, "HTML, SVG or XML"),
    ("logo.png", b'<?xml version="1.0"?>' + SVG, "HTML, SVG or XML"),
    ("feed.json", b"<?xml version='1.0'?><rss/>", "HTML, SVG or XML"),
    # text that is none
    ("rows.csv", "Größe".encode("latin-1"), "rows.csv is not UTF-8 text"),
    ("note.txt", b"\xff\xfeabc", "not UTF-8 text"),
    ("note.txt", "x".encode("utf-32"), "control character"),
    ("job.log", b"one\ntwo\n\x1b[31mred", "control character in line 3"),
    ("note.txt", b"a\0b", "control character in line 1"),
    ("note.txt", "a\x9bb".encode(), "control character"),
    ("x" * 5_000, b"", f"^x{{{MOST_NAME}}} is empty"),
]


@pytest.mark.parametrize(("name", "content", "shown"), ACCEPTED, ids=numbered(ACCEPTED))
def test_a_file_is_what_its_content_says(name: str, content: bytes, shown: str) -> None:
    accepted = accept(name, content)
    assert accepted.name == shown
    assert accepted.extension == shown.rpartition(".")[2]
    assert accepted.media_type == MEDIA_TYPES[accepted.extension]
    assert (accepted.size, accepted.sha256) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(("name", "content", "words"), REFUSED, ids=numbered(REFUSED))
def test_what_is_refused_says_what_to_do(name: str, content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        accept(name, content)


def test_no_kind_of_file_is_one_that_a_browser_runs() -> None:
    assert set(MEDIA_TYPES) == {"png", "jpg", "pdf", "txt", "log", "csv", "xlsx", "json", "zip"}
    assert not [told for told in MEDIA_TYPES.values() if "html" in told or "svg" in told or told.endswith("/xml")]


@given(st.sampled_from([PNG, JPG, PDF, ZIP, XLSX, b"text, "]), st.data())
def test_damaged_files_are_accepted_or_refused_but_never_break(whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole)))
    content = whole[:at] + data.draw(st.binary(max_size=40)) + whole[at + data.draw(st.integers(0, 40)) :]
    with suppress(Invalid):
        assert accept("any.zip", content).size == len(content)


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_is_safe_to_show(name: str) -> None:
    shown = accept(name, b"x").name
    assert 5 <= len(shown) <= MOST_NAME
    assert shown.isprintable()
    assert not set(shown) & set("/\\\u202e")
    assert not shown.startswith(".")
    assert accept(shown, b"x").name == shown


def test_five_files_are_the_most() -> None:
    check_number(5)
    with pytest.raises(Invalid, match="5 files are the most, these are 6"):
        check_number(6)


def test_nobody_can_guess_where_a_file_is_kept() -> None:
    paths = {stored_path("01K") for _ in range(100)}
    assert len(paths) == 100
    assert {inside(path).partition("/")[0] for path in paths} == {"01K"}
