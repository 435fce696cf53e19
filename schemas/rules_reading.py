"""Issues that only the steps which see the page can raise: their definitions, and one constructor for each."""

from __future__ import annotations

from schemas.invoice import Issue, Severity
from schemas.rules_types import Rule, Table

_ERROR, _WARNING, _READING = Severity.ERROR, Severity.WARNING, Table.READING

NOT_AN_INVOICE = Rule(
    "LI-NOTINV",
    "Lineitem",
    _ERROR,
    _READING,
    "The document is an invoice or a credit note, not a quote, an order, a delivery note, a statement or a reminder.",
)
MISSING_ROWS = Rule("LI-ROWS", "Lineitem", _ERROR, _READING, "Every row that the page shows was extracted.")
INJECTED_TEXT = Rule("LI-INJECT", "Lineitem", _ERROR, _READING, "The page holds no hidden text and no text that instructs a reader.")

UNGROUNDED = Rule("LI-GROUND", "Lineitem", Severity.WARNING, _READING, "Every value that a foundation model names is printed on the page.")
DISAGREEMENT = Rule("LI-AGREE", "Lineitem", _ERROR, _READING, "The specialist and a foundation model read the same value.")

FILE_RULES: tuple[Rule, ...] = (
    Rule("LI-DOC", "Lineitem", _ERROR, _READING, "The file can be processed."),
    Rule("LI-DOC-KIND", "Lineitem", _ERROR, _READING, "The file is a PDF, an XML invoice or a picture."),
    Rule("LI-DOC-ENCRYPTED", "Lineitem", _ERROR, _READING, "The file opens without a password."),
    Rule("LI-DOC-DAMAGED", "Lineitem", _ERROR, _READING, "The file's structure is intact."),
    Rule("LI-DOC-EMPTY", "Lineitem", _ERROR, _READING, "The file has content and at least one page."),
    Rule("LI-DOC-NOTEXT", "Lineitem", _ERROR, _READING, "The pages hold text that can be read."),
    Rule("LI-DOC-LIMIT", "Lineitem", _ERROR, _READING, "The file stays within the limits of size, pages, time and memory."),
)

READING_RULES: tuple[Rule, ...] = (NOT_AN_INVOICE, MISSING_ROWS, INJECTED_TEXT, UNGROUNDED, DISAGREEMENT, *FILE_RULES)


def not_an_invoice(document_type: str) -> Issue:
    """``document_type`` is the kind that the page was found to be, such as ``delivery_note``."""
    kind = document_type.replace("_", " ")
    message = f"This looks like a {kind}, not like an invoice or a credit note."
    return Issue(NOT_AN_INVOICE.id, NOT_AN_INVOICE.severity, "document_type", "invoice or credit note", kind, message)


def missing_rows(*, shown: int, extracted: int) -> Issue:
    message = f"The page shows {shown} rows of items, {extracted} were extracted."
    return Issue(MISSING_ROWS.id, MISSING_ROWS.severity, "line_items", str(shown), str(extracted), message)


def injected_text(words: str, *, hidden: bool) -> Issue:
    """``words`` is the text in question, cut to 200 characters; hidden text that does not instruct anybody is a warning only."""
    what = "text that a person cannot see" if hidden else "text that instructs a reader"
    severity = _WARNING if hidden else _ERROR
    return Issue(INJECTED_TEXT.id, severity, None, None, words[:200], f"The page holds {what}; it was not used.")


def ungrounded_value(field: str, text: str) -> Issue:
    """``text`` is what a foundation model answered and the page does not print; it was dropped."""
    message = "A foundation model named a value that the page does not print; it was not used."
    return Issue(UNGROUNDED.id, UNGROUNDED.severity, field, None, text[:200], message)


def readers_disagree(field: str, *, specialist: str | None, foundation: str | None, critical: bool) -> Issue:
    """Both values go to a person; a field that is not critical is a warning only."""
    message = f"The specialist reads {specialist or 'nothing'}, the foundation model {foundation or 'nothing'}: a person decides."
    return Issue(DISAGREEMENT.id, _ERROR if critical else _WARNING, field, foundation, specialist, message)
