"""Issues that only the steps which see the page can raise: their definitions, and one constructor for each; and rows left out of a numbering."""

from __future__ import annotations

from itertools import pairwise

from schemas.invoice import Issue, Severity
from schemas.rules_totals import amounts_confirmed
from schemas.rules_types import HOLDS, SILENT, Row, Rule, Table, Verdict, broken

MOST_ROWS_MISSING = 3  # times as many numbered as extracted: then the numbers are not those of rows

_ERROR, _WARNING, _READING = Severity.ERROR, Severity.WARNING, Table.READING


def numbered_rows_are_complete(row: Row) -> Verdict:
    """Printed positions that count by one or by ten must not leave one out. Where the totals prove that no amount is missing, the page's own
    numbering has a gap, which is worth a warning."""
    items = row.invoice.line_items
    printed = [(item.position or "").strip(". ") for item in items]
    if len(items) < 2 or not all(position.isascii() and position.isdigit() and len(position) < 6 for position in printed):
        return SILENT
    numbers = [int(position) for position in printed]
    steps = [b - a for a, b in pairwise(numbers)]
    step = 10 if all(number % 10 == 0 for number in numbers) else 1
    if any(gap < step for gap in steps):
        return SILENT  # numbered anew in each section, or no numbers of rows at all
    shown = (numbers[-1] - min(numbers[0], step)) // step + 1
    if shown == len(items) or shown > MOST_ROWS_MISSING * len(items):
        return HOLDS if shown == len(items) else SILENT
    proved = row.once(amounts_confirmed)
    detail = f"The page numbers {shown} rows of items, {len(items)} were extracted."
    return broken(
        field="line_items", expected=str(shown), found=str(len(items)), detail=detail, severity=Severity.WARNING if proved else None
    )


NOT_AN_INVOICE = Rule(
    "LI-NOTINV",
    "Lineitem",
    _ERROR,
    _READING,
    "The document is an invoice or a credit note, not a quote, an order, a delivery note, a statement or a reminder.",
)
MISSING_ROWS = Rule(
    "LI-ROWS", "Lineitem", _ERROR, Table.DOCUMENTS, "Every row that the page numbers was extracted.", numbered_rows_are_complete
)
INJECTED_TEXT = Rule("LI-INJECT", "Lineitem", _ERROR, _READING, "The page holds no hidden text and no text that instructs a reader.")
XML_AGREES = Rule(
    "LI-XML",
    "Lineitem",
    _ERROR,
    _READING,
    "An e-invoice's XML agrees with the page that a person sees (number, date, seller, total, bank account) and with its own sums.",
)
SPLIT_FILE = Rule("LI-DOC-SPLIT", "Lineitem", _ERROR, _READING, "The file is one document; else each invoice in it becomes one.")
SEVERAL_INVOICES = Rule("LI-SEVERAL", "Lineitem", _ERROR, _READING, "The file holds one invoice.")

READ_TWICE = Rule("LI-TWICE", "Lineitem", _WARNING, _READING, "Each of the specialist's two networks reads the same value by itself.")
DISAGREEMENT = Rule("LI-AGREE", "Lineitem", _ERROR, _READING, "The specialist and a foundation model read the same value.")

FILE_RULES: tuple[Rule, ...] = (
    Rule("LI-DOC", "Lineitem", _ERROR, _READING, "The file can be processed."),
    Rule("LI-DOC-KIND", "Lineitem", _ERROR, _READING, "The file is a PDF, an XML invoice or a picture."),
    Rule("LI-DOC-ENCRYPTED", "Lineitem", _ERROR, _READING, "The file opens without a password."),
    Rule("LI-DOC-DAMAGED", "Lineitem", _ERROR, _READING, "The file's structure is intact."),
    Rule("LI-DOC-EMPTY", "Lineitem", _ERROR, _READING, "The file has content and at least one page."),
    Rule("LI-DOC-NOTEXT", "Lineitem", _ERROR, _READING, "The pages hold text that can be read."),
    SPLIT_FILE,
    Rule("LI-DOC-LIMIT", "Lineitem", _ERROR, _READING, "The file stays within the limits of size, pages, time and memory."),
)

READING_RULES: tuple[Rule, ...] = (
    NOT_AN_INVOICE,
    MISSING_ROWS,
    INJECTED_TEXT,
    XML_AGREES,
    SEVERAL_INVOICES,
    READ_TWICE,
    DISAGREEMENT,
    *FILE_RULES,
)


def not_an_invoice(document_type: str) -> Issue:
    """``document_type`` is the kind that the page was found to be, such as ``delivery_note``."""
    kind = document_type.replace("_", " ")
    message = f"This looks like a {kind}, not like an invoice or a credit note."
    return Issue(NOT_AN_INVOICE.id, NOT_AN_INVOICE.severity, "document_type", "invoice or credit note", kind, message)


def injected_text(words: str, *, hidden: bool) -> Issue:
    """``words`` is the text in question, cut to 200 characters; hidden text that does not instruct anybody is a warning only."""
    what = "text that a person cannot see" if hidden else "text that instructs a reader"
    severity = _WARNING if hidden else _ERROR
    return Issue(INJECTED_TEXT.id, severity, None, None, words[:200], f"The page holds {what}; it was not used.")


def page_differs(field: str, stated: str, printed: str | None) -> Issue:
    """The XML states ``stated``; the page prints ``printed`` instead, or (None) nothing that could be it."""
    name = field.rpartition(".")[2].replace("_", " ")
    instead = f"the page prints {printed}" if printed else "the page does not print it"
    message = f"The XML states {stated} as {name}, but {instead}. Ask the seller which one holds before you pay."
    return Issue(XML_AGREES.id, XML_AGREES.severity, field, stated, printed, message[:500])


def xml_contradicts(what: str, *, expected: str, found: str, field: str | None = None) -> Issue:
    """``what`` names the part of the XML that does not add up, such as ``sum of the lines``."""
    message = f"The XML contradicts itself: its {what} is {found}, expected {expected}."
    return Issue(XML_AGREES.id, XML_AGREES.severity, field, expected, found, message)


def several_invoices(numbers: str, count: int) -> Issue:
    """``count`` invoices in one file that could not be told apart safely; ``numbers`` are those found, for the person who splits them."""
    message = f"The file seems to hold {count} invoices ({numbers}); hand them in as one file each."
    return Issue(SEVERAL_INVOICES.id, SEVERAL_INVOICES.severity, None, "one invoice", str(count), message[:500])


def split_file(numbers: str, count: int) -> Issue:
    """``count`` invoices in one file, told apart by their page numbers; each is a document of its own now."""
    message = f"The file held {count} invoices ({numbers}); each was taken in as a document of its own."
    return Issue(SPLIT_FILE.id, SPLIT_FILE.severity, None, "one invoice", str(count), message[:500])


def ungrounded_value(field: str, text: str) -> Issue:
    """``text`` is what a foundation model answered and the page does not print; it was dropped, so this is the rule's warning only."""
    message = "A foundation model named a value that the page does not print; it was not used."
    return Issue("LI-GROUND", _WARNING, field, None, text[:200], message)


def readers_disagree(field: str, *, specialist: str | None, foundation: str | None, critical: bool) -> Issue:
    """Both values go to a person; a field that is not critical is a warning only."""
    message = f"The specialist reads {specialist or 'nothing'}, the foundation model {foundation or 'nothing'}: a person decides."
    return Issue(DISAGREEMENT.id, _ERROR if critical else _WARNING, field, foundation, specialist, message)


def read_differently(field: str, first: str | None, second: str | None) -> Issue:
    """``field`` is read as ``first``; one of the two networks by itself reads ``second`` (None: it finds nothing there)."""
    if field == "line_items":
        message = f"One of the two networks finds {second} rows of items here, not {first}."
    else:
        name = field.rpartition(".")[2].replace("_", " ")
        where = f" of row {int(field.split('.')[1]) + 1}" if field.startswith("line_items.") else ""
        told = f"reads the {name}{where} as {second}" if second is not None else f"finds no {name}{where}"
        message = f"One of the two networks {told}."
    return Issue(READ_TWICE.id, READ_TWICE.severity, field, second, first, message[:500])
