"""What may be attached to a ticket. The content tells what a file is; the name is only shown.

Whatever is accepted is only ever downloaded: with `media_type`, `Content-Disposition: attachment` and
`X-Content-Type-Options: nosniff`. So a picture that goes on as HTML, or a log with `<script>` in it, is never a page.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import secrets
import unicodedata
import zipfile
from dataclasses import dataclass

from data.errors import Invalid

MB = 2**20
MOST_FILES = 5
MOST_BYTES = 10 * MB
MOST_NAME = 120
MOST_ENTRIES = 10_000
"""In an archive: its list of contents is read, nothing is ever unpacked."""

MEDIA_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "log": "text/plain",
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
TEXTS = ("txt", "log", "csv", "json")
"""All of them are text, and harmless as such: among them the name may choose."""
ALIASES = {"jpeg": "jpg"}

_WHOLE = (
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"IEND\xaeB`\x82", "png"),
    (b"\xff\xd8\xff", b"\xff\xd9", "jpg"),
    (b"%PDF-", b"%%EOF", "pdf"),
)
"""How a file begins, and what it has further on unless it is cut off."""
_ARCHIVE, _ENTRY = (b"PK\x03\x04", b"PK\x05\x06"), b"PK\x01\x02"
_OFFICE, _SHEETS, _MACROS = "[Content_Types].xml", "xl/", "xl/vbaProject.bin"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MARKUP = re.compile(r"[\s\ufeff\u200b-\u200f\u2060]*<[a-z/!?]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NO_ARCHIVE = (zipfile.BadZipFile, ValueError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Accepted:
    name: str
    """To show and to download by: what the person called it, with the extension of what it is."""
    media_type: str
    extension: str
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class _Given:
    name: str
    claimed: str
    """The extension of its name, without dot."""
    content: bytes


def accept(name: str, content: bytes) -> Accepted:
    """`name` as the browser tells it. Raises Invalid with a sentence for the field."""
    shown = _visible(name)
    stem, claimed = _split(shown)
    given = _Given(_shortened(stem, claimed), claimed, content)
    if not content:
        raise _empty(given)
    if len(content) > MOST_BYTES:
        size = math.ceil(len(content) / MB * 10) / 10
        raise Invalid(f"{given.name} has {size:g} MB; {MOST_BYTES // MB} MB is the most.")
    extension = _extension(given)
    kept = stem if claimed in MEDIA_TYPES else shown
    digest = hashlib.sha256(content).hexdigest()
    return Accepted(_shortened(kept, extension), MEDIA_TYPES[extension], extension, len(content), digest)


def check_number(files: int) -> None:
    """Those of one ticket. Raises Invalid."""
    if files > MOST_FILES:
        raise Invalid(f"{MOST_FILES} files are the most, these are {files}; put some of them into a zip file.")


def stored_path(ticket_id: str) -> str:
    """Nothing that a person wrote is in it, and nobody can guess it."""
    return f"{ticket_id}/{secrets.token_hex(16)}"


def _visible(name: str) -> str:
    """Without folders, control characters and those that turn or hide text."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(c for c in unicodedata.normalize("NFC", last) if not unicodedata.category(c).startswith("C"))
    return " ".join(seen.split()).strip(". ") or "file"


def _split(name: str) -> tuple[str, str]:
    stem, dot, last = name.rpartition(".")
    return (stem, ALIASES.get(last.lower(), last.lower())) if dot else (name, "")


def _shortened(stem: str, extension: str) -> str:
    ending = f".{extension}"[:MOST_NAME] if extension else ""
    return (stem[: MOST_NAME - len(ending)].rstrip(". ") or "file") + ending


def _extension(given: _Given) -> str:
    for start, end, extension in _WHOLE:
        if given.content.startswith(start):
            if end not in given.content:
                raise _broken(given)
            return extension
    return _archive(given) if given.content.startswith(_ARCHIVE) else _text(given)


def _archive(given: _Given) -> str:
    if given.content.count(_ENTRY) > MOST_ENTRIES:
        raise Invalid(f"{given.name} holds more than {MOST_ENTRIES:,} files; attach fewer.")
    try:
        with zipfile.ZipFile(io.BytesIO(given.content)) as archive:
            names = set(archive.namelist())
    except _NO_ARCHIVE:
        raise _broken(given) from None
    if not names:
        raise _empty(given)
    if _OFFICE not in names:
        return "zip"
    if _MACROS in names:
        raise Invalid(f"{given.name} holds macros; save it as .xlsx without them and attach that.")
    if not any(name.startswith(_SHEETS) for name in names):
        raise Invalid(f"{given.name} is an Office document other than Excel; save it as PDF and attach that.")
    return "xlsx"


def _text(given: _Given) -> str:
    try:
        text = given.content.decode("utf-16" if given.content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise _no_text(given) from None
    if not text.strip():
        raise _empty(given)
    if _MARKUP.match(text):
        raise Invalid(f"{given.name} is HTML, SVG or XML, which can run like a program; zip it and attach that.")
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise Invalid(f"{given.name} has a control character in line {line}; save it as plain text and attach that.")
    if given.claimed in MEDIA_TYPES and given.claimed not in TEXTS:
        raise Invalid(f"{given.name} is text, not {given.claimed.upper()}; attach the real file, or call it .txt.")
    return given.claimed if given.claimed in TEXTS else "txt"


def _no_text(given: _Given) -> Invalid:
    if given.claimed in TEXTS:
        return Invalid(f"{given.name} is not UTF-8 text; save it as such (in Excel: “CSV UTF-8”) and attach that.")
    kinds = ", ".join(extension.upper() for extension in MEDIA_TYPES)
    return Invalid(f"{given.name} is none of the kinds that can be attached: {kinds}. Others can be zipped.")


def _empty(given: _Given) -> Invalid:
    return Invalid(f"{given.name} is empty.")


def _broken(given: _Given) -> Invalid:
    return Invalid(f"{given.name} is broken or cut off; attach it again.")
