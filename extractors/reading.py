"""From bytes to an e-invoice's values or to the words that the model is to read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extractors.categories import categorised
from extractors.long_documents import ends, is_long
from extractors.options import ExtractOptions, SourceFile
from extractors.readers.document import MAX_UNMAPPED_SHARE, read_document, unmapped_share
from extractors.readers.einvoice_xml import find_xml
from extractors.readers.scanned_documents import pages_to_recognise, recognise
from extractors.words import Document, Page
from schemas.errors import DocumentError, NoTextError
from schemas.invoice import Invoice


def read_source(
    source: SourceFile,
    blank: Invoice,
    options: ExtractOptions,
    *,
    refuse: Callable[[Sequence[Page]], None] = lambda _: None,
    on_page: Callable[[], None] = lambda: None,
) -> tuple[Invoice, Document | None]:
    """The invoice of the file's XML and None, or a blank invoice and the words that the model is to read.

    ``refuse`` is shown the pages of a document without XML, as early as can be: each page of a text layer is read when it looks at it, and what it
    raises spares reading the others. ``on_page`` is called before each page that OCR reads. Raises the `DocumentError` that says why the file cannot
    be read.
    """
    without_text: NoTextError | None = None

    def before(pages: Sequence[Page]) -> None:
        if is_long(pages) and _has_text(ends(pages), options) and (options.ignore_xml or find_xml(source.data) is None):
            refuse(pages)

    try:
        document = read_document(source.data, limits=options.limits, before=before)
    except NoTextError as exc:  # a scan may carry its XML
        without_text, document = exc, Document((), "none")
    blank = blank.replace(pages=len(document.pages))
    if not options.ignore_xml or not (document.pages or without_text):
        invoice = _from_xml(source, blank, document, options)
        if invoice is not None and document.pages and not _is_complete(invoice):  # profiles without lines, or with lines without prices
            blank = blank.replace(issues=invoice.issues)
        elif invoice is not None:
            return invoice, None
    if options.ocr.is_usable:
        layer = _text_layer(source, document, options)
        document = recognise(source.data, layer, options=options.ocr, on_page=on_page)
        if document is not layer:
            refuse(document.pages)
    elif without_text is not None:
        raise without_text
    return blank.replace(pages=len(document.pages)), document


def _has_text(pages: Sequence[Page], options: ExtractOptions) -> bool:
    """Whether the words of these pages tell what is on them. Where OCR will read some of them anew, they are judged after it."""
    if options.ocr.is_usable:
        return not pages_to_recognise(Document(tuple(pages), ""))
    return any(len(page) for page in pages) and unmapped_share(pages) <= MAX_UNMAPPED_SHARE


def _text_layer(source: SourceFile, document: Document, options: ExtractOptions) -> Document | None:
    """The pages of a PDF with whatever words they have; None for a picture file."""
    from extractors.readers.document import Kind, kind_of
    from extractors.readers.text_layer import read_text_layer

    if document.pages:
        return document
    return read_text_layer(source.data, max_pages=options.limits.max_pages) if kind_of(source.data) is Kind.PDF else None


def _is_complete(invoice: Invoice) -> bool:
    """Whether the XML holds what the page does: Factur-X MINIMUM and BASIC WL have no lines, ZUGFeRD 1.0 BASIC has no prices."""
    return any(line.unit_price is not None or line.tax_rate is not None for line in invoice.line_items)


def _from_xml(source: SourceFile, blank: Invoice, document: Document, options: ExtractOptions) -> Invoice | None:
    """The invoice of embedded or bare XML; None where there is none, or where a PDF's XML cannot be read and its page must do."""
    from extractors.readers.einvoice_xml import find_all_xml, read_einvoice
    from schemas.rules_reading import xml_contradicts

    found = find_all_xml(source.data)
    if not found:
        return None
    xml = found[0]
    try:
        invoice = read_einvoice(xml, id=blank.id, sha256=blank.sha256, source=blank.source, pages=blank.pages)
    except DocumentError:
        if not document.pages:
            raise
        return None
    if len(found) > 1:
        several = xml_contradicts("number of different e-invoices in one PDF", expected="1", found=str(len(found)))
        invoice = invoice.replace(issues=(*invoice.issues, several))
    if document.pages:
        invoice = _compared(invoice, xml, document)
    text = "\n".join(" ".join(page.texts) for page in document.pages)
    return categorised([invoice], [text], options.bookkeeping)[0]


def _compared(invoice: Invoice, xml: bytes, document: Document) -> Invoice:
    """The XML's invoice as its page prints the prices, with the contradictions between the two."""
    from extractors.page_agreement import disagreements, printed_price, text_of
    from extractors.readers.einvoice_xml import accounts_and_prices

    accounts, prices = accounts_and_prices(xml)
    text = text_of(document)
    lines = tuple(printed_price(line, *stated, text=text) for line, stated in zip(invoice.line_items, prices, strict=True))
    return invoice.replace(line_items=lines, issues=(*invoice.issues, *disagreements(invoice, document, accounts=accounts)))
