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

from extractors.readers.einvoice_cii import read_cii
from extractors.readers.einvoice_ubl import read_ubl
from extractors.readers.xml_elements import MAX_XML_BYTES, Element, local_name, namespace, parse_xml
from schemas.errors import DocumentError, NotADocumentError
from schemas.invoice import Evidence, Header, Invoice, LineItem, Route

_CII = {
    ("CrossIndustryInvoice", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
    ("CrossIndustryDocument", "urn:ferd:CrossIndustryDocument:invoice:1p0"),
}
_UBL = {
    ("Invoice", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"),
    ("CreditNote", "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"),
}
_MAX_ATTACHMENTS = 50


def find_xml(data: bytes) -> bytes | None:
    """The e-invoice in a file: the file itself, or the first attachment of a PDF that is one, whatever it is called; else None.

    Never raises for the file's sake: what cannot be opened has no e-invoice.
    """
    if b"%PDF-" not in data[:1024]:
        return data if is_einvoice(data) else None
    return next((xml for xml in _attachments(data) if is_einvoice(xml)), None)


def is_einvoice(xml: bytes) -> bool:
    """Whether the bytes are well-formed XML with an e-invoice's root element."""
    if b"<" not in xml[:200]:
        return False
    try:
        return _syntax(parse_xml(xml)) is not None
    except DocumentError:
        return False


def read_einvoice(xml: bytes, *, id: str, sha256: str, source: str, pages: int) -> Invoice:
    """The invoice that the XML states, route ``einvoice_xml``.

    Evidence names the XML as the origin of each value: page 0 and an empty box, because the value was not read on a page.
    Raises `DamagedDocumentError` for malformed XML, `DocumentLimitError` for too much of it, `NotADocumentError` for XML of another kind.
    """
    root = parse_xml(xml)
    syntax = _syntax(root)
    if syntax is None:
        raise NotADocumentError(f"Expected an e-invoice in CII or UBL syntax, found XML with the root element {local_name(root)!r}.")
    content = read_cii(root) if syntax == "cii" else read_ubl(root)
    return content.replace(
        id=id,
        sha256=sha256,
        source=source,
        pages=pages,
        route=Route.EINVOICE_XML,
        confidence=1.0,
        evidence=_evidence(content.header, content.line_items),
    )


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


def _attachments(data: bytes) -> Iterator[bytes]:
    """Files embedded in a PDF: named ones first, then those only associated with the document (ISO 32000-2, 14.13)."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
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
        return raw if len(raw) <= MAX_XML_BYTES else None
    if names != ["/FlateDecode"] or stream.get("/DecodeParms") is not None:
        return None
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(raw, MAX_XML_BYTES + 1)
    except zlib.error:
        return None
    return content if len(content) <= MAX_XML_BYTES else None
