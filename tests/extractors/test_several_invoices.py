"""Page numbers that begin again tell several invoices in one file; anything less leaves it whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from extractors.several_invoices import numbered_parts
from extractors.words import Document, Page


def document(*footers: str) -> Document:
    def page(number: int, footer: str) -> Page:
        words = ("Invoice", "4711", *footer.split())
        n = len(words)
        return Page(
            number, 595, 842, words, np.zeros((n, 4), np.float32), np.ones(n, np.float32), np.zeros(n, bool), np.ones(n, np.float32)
        )

    return Document(tuple(page(n, footer) for n, footer in enumerate(footers, start=1)), "pypdfium2")


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


def test_two_invoices_in_one_file_go_to_a_person_with_their_numbers() -> None:
    import io

    import pikepdf
    from hybrids import PAGE, page

    from extractors.pipeline import ExtractOptions, SourceFile, extract
    from schemas.invoice import Status

    first = page((*PAGE, "Seite 1 von 1"))
    second = page((*(line.replace("HP-2026/104", "HP-2026/117") for line in PAGE), "Seite 1 von 1"))
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(first)) as both, pikepdf.open(io.BytesIO(second)) as other:
        both.pages.extend(other.pages)
        both.save(buffer)
    invoice = extract(SourceFile("both", str(Path("both.pdf")), buffer.getvalue()), options=ExtractOptions(today=date(2026, 11, 21)))
    (issue,) = [issue for issue in invoice.issues if issue.rule == "LI-SEVERAL"]
    assert "HP-2026/104" in issue.message
    assert "HP-2026/117" in issue.message
    assert invoice.status is Status.REVIEW
