"""Several invoices in one file, told by page numbers that begin again."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.words import Document, Page

# "Page 2 of 3" in the languages served; the word keeps dates, fractions and quantities out.
_PAGE_NUMBER = re.compile(
    r"\b(?:page|pages|seite|blatt|pagina|página|pág\.?|pag\.?|bladzijde|strona|sida|side|strana|sayfa|oldal)\s*:?\s*"
    r"(?P<number>\d{1,4})\s*(?:/|of|von|de|di|van|sur|z|av|af|ze|din)\s*(?P<count>\d{1,4})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FilePart:
    """Some pages of a PDF as a PDF of their own. ``first_page`` and ``last_page`` are theirs in the whole, from 1."""

    data: bytes
    first_page: int
    last_page: int


def numbered_parts(document: Document) -> list[Document]:
    """The document's parts where every page carries its number and the count begins again; one part otherwise.

    Each part is a whole run 1, 2 … n of pages that all say n, so that a page out of order or a missing one leaves the document in one.
    """
    parts: list[list[Page]] = []
    due = (1, 0)  # the number that the next page should carry, and the count of its part
    for page in document.pages:
        found = _PAGE_NUMBER.search(" ".join(page.texts))
        if found is None:
            return [document]
        number, count = int(found["number"]), int(found["count"])
        begins = due[0] == 1
        if number != due[0] or number > count or (not begins and count != due[1]):
            return [document]
        if begins:
            parts.append([])
        parts[-1].append(page)
        due = (1, 0) if number == count else (number + 1, count)
    if due[0] != 1 or len(parts) < 2:
        return [document]
    return [Document(tuple(part), document.reader) for part in parts]


def split_pdf(data: bytes, parts: Sequence[Document]) -> tuple[FilePart, ...]:
    """Each part as a file: the same bytes whenever it is done again. Nothing where the PDF cannot be taken
    apart, or is encrypted, which its parts would not be.

    Attachments, scripts and forms of the whole are left behind.
    """
    import pikepdf

    files: list[FilePart] = []
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as whole:
            if whole.is_encrypted or len(whole.pages) != sum(len(part.pages) for part in parts):
                return ()
            for part in parts:
                first, last = part.pages[0].number, part.pages[-1].number
                buffer = io.BytesIO()
                with pikepdf.new() as file:
                    file.pages.extend(whole.pages[first - 1 : last])
                    file.save(buffer, deterministic_id=True)
                files.append(FilePart(buffer.getvalue(), first, last))
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, LookupError, RuntimeError):
        return ()
    return tuple(files)
