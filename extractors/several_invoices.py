"""Several invoices in one file, told by page numbers that begin again."""

from __future__ import annotations

import re

from extractors.words import Document, Page

# "Page 2 of 3" in the languages served; the word keeps dates, fractions and quantities out.
_PAGE_NUMBER = re.compile(
    r"\b(?:page|pages|seite|blatt|pagina|página|pág\.?|pag\.?|bladzijde|strona|sida|side|strana|sayfa|oldal)\s*:?\s*"
    r"(?P<number>\d{1,4})\s*(?:/|of|von|de|di|van|sur|z|av|af|ze|din)\s*(?P<count>\d{1,4})\b",
    re.IGNORECASE,
)


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
