"""E-invoices: the XML inside a PDF or on its own, as an `Invoice`.

Syntaxes: UN/CEFACT Cross Industry Invoice (Factur-X, ZUGFeRD 2.x, XRechnung), its predecessor in ZUGFeRD 1.0, and OASIS UBL 2.1
(Peppol, XRechnung). Business terms are those of EN 16931.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from extractors.readers import einvoice_cii, einvoice_ubl
from extractors.readers.einvoice_prices import Price
from extractors.readers.xml_elements import MAX_XML_BYTES, Element, local_name, namespace, parse_xml
from schemas.errors import DocumentError, NotADocumentError
from schemas.invoice import AdjustmentKind, Evidence, Header, Invoice, Issue, LineItem, Route
from schemas.rules_reading import xml_contradicts

_CII = {
    ("CrossIndustryInvoice", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
    ("CrossIndustryDocument", "urn:ferd:CrossIndustryDocument:invoice:1p0"),
}
_UBL = {
    ("Invoice", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"),
    ("CreditNote", "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"),
}
_MAX_ATTACHMENTS = 50
_MAX_PAGES = 20  # whose pinned files are looked at
_BEGINNING = 4096  # bytes of an attachment that tell whether it may be XML; what may not is left packed
_CENT = Decimal("0.01")


def find_xml(data: bytes, *, password: str | None = None) -> bytes | None:
    """The e-invoice in a file: the file itself, or the first attachment of a PDF that is one, whatever it is called; else None.

    Never raises for the file's sake: what cannot be opened has no e-invoice.
    """
    return next(iter(find_all_xml(data, password=password)), None)


def find_all_xml(data: bytes, *, password: str | None = None) -> tuple[bytes, ...]:
    """As `find_xml`, all different ones in the order of the attachments: a file should hold one, and more than one is worth a look."""
    if b"%PDF-" not in data[:1024]:
        return (data,) if is_einvoice(data) else ()
    return tuple(dict.fromkeys(xml for xml in _attachments(data, password) if is_einvoice(xml)))


def is_einvoice(xml: bytes) -> bool:
    """Whether the bytes are well-formed XML with an e-invoice's root element."""
    if b"<" not in xml[:200]:
        return False
    try:
        return _syntax(parse_xml(xml)) is not None
    except DocumentError:
        return False


def claims_einvoice(xml: bytes) -> bool:
    """Whether the beginning names the namespace of an e-invoice, well-formed or not."""
    head = xml[:_BEGINNING].replace(b"\x00", b"")
    return any(name.encode() in head for _, name in _CII | _UBL)


def read_einvoice(xml: bytes, *, id: str, sha256: str, source: str, pages: int) -> Invoice:
    """The invoice that the XML states, route ``einvoice_xml``.

    Evidence names the XML as the origin of each value: page 0 and an empty box, because the value was not read on a page.
    Raises `DamagedDocumentError` for malformed XML, `DocumentLimitError` for too much of it, `NotADocumentError` for XML of another kind.
    """
    root = parse_xml(xml)
    syntax = _syntax(root)
    if syntax is None:
        raise NotADocumentError(f"Expected an e-invoice in CII or UBL syntax, found XML with the root element {local_name(root)!r}.")
    content = einvoice_cii.read_cii(root) if syntax == "cii" else einvoice_ubl.read_ubl(root)
    return content.replace(
        id=id,
        sha256=sha256,
        source=source,
        pages=pages,
        route=Route.EINVOICE_XML,
        confidence=1.0,
        evidence=_evidence(content.header, content.line_items),
        issues=tuple(_contradictions(content, root, syntax)),
    )


def accounts_and_prices(xml: bytes) -> tuple[tuple[str, ...], tuple[tuple[Price, Price], ...]]:
    """What the XML states beside the invoice: every account to pay to, and per line its net price and the price before its discount."""
    root = parse_xml(xml)
    module = einvoice_cii if _syntax(root) == "cii" else einvoice_ubl
    return module.accounts(root), module.line_prices(root)


def _contradictions(invoice: Invoice, root: Element, syntax: str) -> Iterator[Issue]:
    """Sums that the XML states against its own lines, allowances and charges: the fields that `Invoice` has no place for."""
    module = einvoice_cii if syntax == "cii" else einvoice_ubl
    amounts = [line.net_amount for line in invoice.line_items]
    lines = sum((amount for amount in amounts if amount is not None), Decimal(0)) if amounts and None not in amounts else None
    by_kind = {kind: sum((a.amount for a in invoice.document_adjustments if a.kind is kind), Decimal(0)) for kind in AdjustmentKind}
    computed = (lines, by_kind[AdjustmentKind.ALLOWANCE], by_kind[AdjustmentKind.CHARGE])
    names = ("sum of the lines (BT-106)", "sum of allowances (BT-107)", "sum of charges (BT-108)")
    for name, stated, expected in zip(names, module.stated_sums(root), computed, strict=True):
        if stated is not None and expected is not None and abs(stated - expected) >= _CENT:
            yield xml_contradicts(name, expected=format(expected, "f"), found=format(stated, "f"))


def _syntax(root: Element) -> str | None:
    name = (local_name(root), namespace(root))
    return "cii" if name in _CII else "ubl" if name in _UBL else None


def _evidence(header: Header, lines: tuple[LineItem, ...]) -> dict[str, Evidence]:
    evidence: dict[str, Evidence] = {}
    for prefix, record in (("header", header), *((f"line_items.{i}", line) for i, line in enumerate(lines))):
        for name in record.__dataclass_fields__:
            value = getattr(record, name)
            if value is not None and value != {}:
                words = format(value, "f") if isinstance(value, Decimal) else str(value)
                evidence[f"{prefix}.{name}"] = Evidence(0, (0.0, 0.0, 0.0, 0.0), words, 1.0, "einvoice_xml")
    return evidence


def _attachments(data: bytes, password: str | None) -> Iterator[bytes]:
    """What may be XML among the files embedded in a PDF: named ones, those associated with the document (ISO 32000-2, 14.13), those pinned
    to a page."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True, password=password or "") as pdf:
            streams = [stream for stream in _file_streams(pdf) if stream is not None]
            for stream in streams[:_MAX_ATTACHMENTS]:
                content = _unpacked(stream)
                if content:
                    yield content
    except (
        pikepdf.PdfError,
        pikepdf.PasswordError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        OSError,
        RuntimeError,
        RecursionError,
    ):
        return  # encrypted or damaged: the page's own reader says so


def _file_streams(pdf: Any) -> Iterator[Any]:
    import pikepdf

    for specification in pdf.attachments.values():
        yield _stream_of(specification.obj)
    associated = pdf.Root.get("/AF")
    for specification in associated if isinstance(associated, pikepdf.Array) else ():
        yield _stream_of(specification)
    for page in list(pdf.pages)[:_MAX_PAGES]:
        annotations = page.obj.get("/Annots")
        for annotation in annotations if isinstance(annotations, pikepdf.Array) else ():
            if isinstance(annotation, pikepdf.Dictionary) and annotation.get("/Subtype") == "/FileAttachment":
                yield _stream_of(annotation.get("/FS"))


def _stream_of(specification: Any) -> Any:
    import pikepdf

    files = specification.get("/EF") if isinstance(specification, pikepdf.Dictionary) else None
    if not isinstance(files, pikepdf.Dictionary):
        return None
    for key in ("/UF", "/F"):
        stream = files.get(key)
        if isinstance(stream, pikepdf.Stream):
            return stream
    return None


def _unpacked(stream: Any) -> bytes | None:
    """The stream's bytes, or None where they would exceed `MAX_XML_BYTES`: inflated here, because a library would inflate a bomb whole."""
    import pikepdf

    filters = stream.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)] if filters is not None else []
    raw = bytes(stream.read_raw_bytes())
    if not names:
        return raw if len(raw) <= MAX_XML_BYTES and _may_be_xml(raw) else None
    if names != ["/FlateDecode"] or stream.get("/DecodeParms") is not None:
        return None
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(raw, _BEGINNING)
        if not _may_be_xml(content):
            return None
        content += inflater.decompress(inflater.unconsumed_tail, MAX_XML_BYTES + 1 - len(content))
    except zlib.error:
        return None
    return content if len(content) <= MAX_XML_BYTES else None


def _may_be_xml(beginning: bytes) -> bool:
    return b"<" in beginning[:200]
