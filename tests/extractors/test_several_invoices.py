"""Page numbers that begin again tell several invoices in one file; anything less leaves it whole."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import numpy as np
import pikepdf
import pytest
from hybrids import PAGE, page

from extractors.pipeline import ExtractOptions, SourceFile, extract, extract_many
from extractors.readers.text_layer import read_text_layer
from extractors.several_invoices import FilePart, numbered_parts, split_pdf
from extractors.words import Document, Page
from schemas.invoice import Status


def document(*footers: str) -> Document:
    def numbered(number: int, footer: str) -> Page:
        words = ("Invoice", "4711", *footer.split())
        n = len(words)
        return Page(
            number, 595, 842, words, np.zeros((n, 4), np.float32), np.ones(n, np.float32), np.zeros(n, bool), np.ones(n, np.float32)
        )

    return Document(tuple(numbered(n, footer) for n, footer in enumerate(footers, start=1)), "pypdfium2")


@pytest.mark.parametrize(
    ("footers", "sizes"),
    [
        (("Page 1 of 2", "Page 2 of 2", "Page 1 of 1"), [2, 1]),
        (("Seite 1/1", "Seite 1/1", "Seite 1/1"), [1, 1, 1]),
        (("Page 1 sur 2", "Page 2 sur 2"), [2]),
        (("Page 1 of 2", "Page 1 of 2"), [2]),  # copies of a first page: nobody knows
        (("Page 1 of 2", "Page 2 of 3"), [2]),
        (("Page 1 of 1", "terms without a number"), [2]),
        (("1/2 day", "1/2 day"), [2]),
        (("Page 1 of 1",), [1]),
    ],
)
def test_parts_are_whole_runs_of_page_numbers(footers: tuple[str, ...], sizes: list[int]) -> None:
    assert [len(part.pages) for part in numbered_parts(document(*footers))] == sizes


@pytest.fixture(scope="module")
def both() -> bytes:
    """Two invoices of one page each in one file, whose pages say so."""
    first = page((*PAGE, "Seite 1 von 1"))
    second = page((*(line.replace("HP-2026/104", "HP-2026/117") for line in PAGE), "Seite 1 von 1"))
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(first)) as whole, pikepdf.open(io.BytesIO(second)) as other:
        whole.pages.extend(other.pages)
        whole.attachments["other.txt"] = pikepdf.AttachedFileSpec(whole, b"attached", filename="other.txt")
        whole.save(buffer)
    return buffer.getvalue()


OPTIONS = ExtractOptions(today=date(2026, 11, 21))


def test_two_invoices_in_one_file_go_to_a_person_with_their_numbers(both: bytes) -> None:
    invoice = extract(SourceFile("both", "both.pdf", both), options=OPTIONS)
    (issue,) = [issue for issue in invoice.issues if issue.rule == "LI-SEVERAL"]
    assert "HP-2026/104" in issue.message
    assert "HP-2026/117" in issue.message
    assert invoice.status is Status.REVIEW


def test_a_file_of_several_invoices_is_taken_apart_where_parts_are_wanted(both: bytes) -> None:
    parts: dict[int, tuple[FilePart, ...]] = {}
    (whole,) = extract_many([SourceFile("both", "both.pdf", both)], options=OPTIONS, parts=parts)
    assert whole.status is Status.REJECTED
    assert [issue.rule for issue in whole.issues] == ["LI-DOC-SPLIT"]
    assert "HP-2026/104, HP-2026/117" in whole.issues[0].message
    assert [(part.first_page, part.last_page) for part in parts[0]] == [(1, 1), (2, 2)]
    sources = [SourceFile(str(n), f"{n}.pdf", part.data) for n, part in enumerate(parts[0])]
    invoices = extract_many(sources, options=OPTIONS, parts=parts)
    assert [invoice.header.invoice_number for invoice in invoices] == ["HP-2026/104", "HP-2026/117"]
    assert [invoice.header.gross_total for invoice in invoices] == [Decimal("1428.00")] * 2
    assert not any(issue.rule in ("LI-SEVERAL", "LI-DOC-SPLIT") for invoice in invoices for issue in invoice.issues)


def test_parts_have_the_same_bytes_each_time_and_nothing_but_their_pages(both: bytes) -> None:
    parts = numbered_parts(read_text_layer(both))
    files = split_pdf(both, parts)
    assert len({part.data for part in files}) == 2
    assert [part.data for part in split_pdf(both, parts)] == [part.data for part in files]
    assert all(b"attached" not in part.data and b"EmbeddedFile" not in part.data for part in files)
    assert [len(read_text_layer(part.data).pages) for part in files] == [1, 1]


def test_what_cannot_be_taken_apart_stays_whole(both: bytes) -> None:
    parts = numbered_parts(read_text_layer(both))
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(both)) as whole:
        whole.save(buffer, encryption=pikepdf.Encryption(user="", owner="secret"))
    assert split_pdf(buffer.getvalue(), parts) == ()
    assert split_pdf(b"%PDF-1.7 damaged", parts) == ()
    assert split_pdf(both, parts[:1]) == ()
