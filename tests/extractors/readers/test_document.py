from __future__ import annotations

import io
import pathlib
import subprocess
import sys
import zipfile
from collections.abc import Callable

import pytest
from PIL import Image

from extractors.readers.document import Kind, ReadLimits, kind_of, read_document
from schemas.errors import DamagedDocumentError, DocumentLimitError, EmptyDocumentError, NotADocumentError, NoTextError

UBL = b'<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'


def office_file() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return buffer.getvalue()


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"junk before the header\n%PDF-1.5", Kind.PDF),
        (UBL, Kind.XML),
        (b"\xef\xbb\xbf<a/>", Kind.XML),
        ("\ufeff<a/>".encode("utf-16-le"), Kind.XML),
        (picture(), Kind.IMAGE),
        (office_file(), Kind.OFFICE),
        (b"PK\x03\x04 anything", Kind.ARCHIVE),
        (b"<!DOCTYPE html><html></html>", Kind.HTML),
        (b"From: a@example.org\r\nTo: b@example.org\r\n\r\nhello", Kind.EMAIL),
        ("Rechnung über 12 €".encode(), Kind.TEXT),
        (bytes(range(256)), Kind.UNKNOWN),
    ],
)
def test_the_first_bytes_tell_the_kind(data: bytes, kind: Kind) -> None:
    assert kind_of(data) is kind


def test_a_pdf_is_read(pdf: Callable[..., bytes]) -> None:
    assert read_document(pdf(lambda page: page.drawString(100, 700, "Hello"))).pages[0].texts == ("Hello",)


def test_an_einvoice_on_its_own_has_no_pages() -> None:
    document = read_document(UBL)
    assert (document.pages, document.reader) == ((), "xml")


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", EmptyDocumentError, "no bytes"),
        (b"just text called .pdf", NotADocumentError, "text"),
        (b"<order/>", NotADocumentError, "XML"),
        (UBL[:-2], DamagedDocumentError, "not well-formed"),
        (UBL.replace(b"<Invoice", b"<!DOCTYPE a []><Invoice"), NotADocumentError, "document type"),
        (office_file(), NotADocumentError, "an office document"),
        (picture(), NoTextError, "image"),
    ],
)
def test_other_files_are_refused_with_their_kind(data: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        read_document(data)


def test_limits(pdf: Callable[..., bytes]) -> None:
    data = pdf(*[lambda page: page.drawString(100, 700, "Hello")] * 2)
    with pytest.raises(DocumentLimitError, match="bytes"):
        read_document(data, limits=ReadLimits(max_bytes=100))
    with pytest.raises(DocumentLimitError, match="pages"):
        read_document(data, limits=ReadLimits(max_pages=1))


def test_pages_without_text_are_named_a_scan(pdf: Callable[..., bytes]) -> None:
    with pytest.raises(NoTextError, match="scan"):
        read_document(pdf(lambda page: page.rect(10, 10, 100, 100)))


_EVERY_FILE = """
import pathlib, sys
from extractors.readers.document import read_document
from extractors.readers.einvoice_xml import find_xml
from extractors.readers.page_pictures import render_page
from schemas.errors import DocumentError
for path in sys.argv[1:]:
    data = pathlib.Path(path).read_bytes()
    for step in (read_document, lambda data: render_page(data, page=1)):
        try:
            step(data)
        except DocumentError as error:
            assert str(error)
    find_xml(data)
print("survived")
"""


@pytest.mark.slow
def test_damaged_and_hostile_files_end_in_a_named_error(corpus: pathlib.Path) -> None:
    paths = [str(path) for path in sorted((corpus / "broken").glob("*.pdf"))]
    done = subprocess.run([sys.executable, "-c", _EVERY_FILE, *paths], capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "survived"), done.stderr[-2000:]
