"""Any file to words: what kind of file it is, whether it keeps to the limits, and which reader reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from extractors.readers.einvoice_xml import claims_einvoice, is_einvoice
from extractors.readers.text_layer import open_text_layer
from extractors.readers.xml_elements import parse_xml
from extractors.words import Document, Page
from schemas.errors import DocumentLimitError, EmptyDocumentError, NotADocumentError, NoTextError

# Private use and replacement characters: fonts without a mapping to Unicode. More than this share and the text layer is noise.
MAX_UNMAPPED_SHARE = 0.5


class Kind(StrEnum):
    PDF = "PDF"
    XML = "XML"
    IMAGE = "image"
    ARCHIVE = "archive"
    OFFICE = "office document"
    HTML = "HTML page"
    EMAIL = "email"
    TEXT = "text"
    UNKNOWN = "file of unknown kind"


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What one document may cost. Time and memory are limited from outside, by the worker process that reads."""

    max_bytes: int = 50_000_000
    max_pages: int = 2_000


_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"II*\x00", Kind.IMAGE),
    (b"MM\x00*", Kind.IMAGE),
    (b"GIF8", Kind.IMAGE),
    (b"PK\x03\x04", Kind.ARCHIVE),
    (b"\x1f\x8b", Kind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"Rar!", Kind.ARCHIVE),
    (b"BZh", Kind.ARCHIVE),
    (b"\xfd7zXZ", Kind.ARCHIVE),
    (b"\xd0\xcf\x11\xe0", Kind.OFFICE),
    (b"{\\rtf", Kind.OFFICE),
)
_OFFICE_PARTS = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis", b"word/", b"xl/")
_EMAIL_FIELDS = (b"received:", b"return-path:", b"mime-version:", b"from:", b"message-id:", b"delivered-to:")


def kind_of(data: bytes) -> Kind:
    """The kind of a file by its first bytes; names and extensions are not trusted."""
    head = data[:1024]
    if b"%PDF-" in head:
        return Kind.PDF
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            office = kind is Kind.ARCHIVE and any(part in data[:4096] for part in _OFFICE_PARTS)
            return Kind.OFFICE if office else kind
    if (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or head[4:12] in (b"ftypheic", b"ftypavif", b"ftypmif1"):
        return Kind.IMAGE
    text = _as_text(head)
    if text is None:
        return Kind.UNKNOWN
    start = text.lstrip("\ufeff \t\r\n").lower()
    if start.startswith(("<!doctype html", "<html")):
        return Kind.HTML
    if start.startswith("<"):
        return Kind.XML
    if start.encode("utf-8", errors="replace").startswith(_EMAIL_FIELDS):
        return Kind.EMAIL
    return Kind.TEXT


def read_document(data: bytes, *, limits: ReadLimits | None = None, before: Callable[[Sequence[Page]], None] = lambda _: None) -> Document:
    """The words of a file. A bare e-invoice XML has none: a document without pages, reader ``xml``.

    ``before`` is shown the pages of a PDF, each of which is read when it looks at it, before all are read; what it raises ends the reading.
    Raises `EmptyDocumentError`, `DocumentLimitError`, `NotADocumentError`, `EncryptedDocumentError`, `DamagedDocumentError`, and
    `NoTextError` for images and for PDFs without a usable text layer.
    """
    limits = limits or ReadLimits()
    if not data:
        raise EmptyDocumentError("The file has no bytes.")
    if len(data) > limits.max_bytes:
        raise DocumentLimitError(f"The file has {len(data)} bytes, the limit is {limits.max_bytes}.")
    kind = kind_of(data)
    if kind is Kind.XML and is_einvoice(data):
        return Document((), "xml")
    if kind is Kind.XML and claims_einvoice(data):
        parse_xml(data)  # raises with what is wrong with it: not well-formed, too large, a document type
    if kind is Kind.IMAGE:
        raise NoTextError("The file is an image without a text layer; OCR (the ocr extra) would be needed to read it.")
    if kind is not Kind.PDF:
        raise NotADocumentError(f"Expected a PDF or an e-invoice XML, found {_with_article(kind)}.")
    with open_text_layer(data, max_pages=limits.max_pages) as layer:
        before(layer)
        document = layer.document()
    if not len(document):
        raise NoTextError(
            f"None of the {len(document.pages)} page(s) has a text layer; the document is probably a scan, which OCR reads (pip install rapidocr)."
        )
    if unmapped_share(document.pages) > MAX_UNMAPPED_SHARE:
        raise NoTextError("The text layer has no usable characters: its fonts do not say which letters their glyphs are.")
    return document


def _as_text(head: bytes) -> str | None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[: len(head) // 2 * 2].decode(encoding, errors="replace")
    if b"\x00" in head or sum(byte < 9 or 13 < byte < 32 for byte in head) > len(head) // 20:
        return None
    return head.decode("utf-8", errors="replace")


def _with_article(kind: Kind) -> str:
    return f"{'an' if kind.value[0] in 'aeiou' else 'a'} {kind.value}" if kind not in (Kind.TEXT, Kind.XML) else f"plain {kind.value}"


def unmapped_share(pages: Sequence[Page]) -> float:
    """The share of characters that fonts do not map to any letter, 0 to 1."""
    letters = unmapped = 0
    for page in pages:
        text = "".join(page.texts)
        letters += len(text)
        unmapped += sum("\ue000" <= c <= "\uf8ff" or c == "\ufffd" for c in text) if not text.isascii() else 0
    return unmapped / letters if letters else 0.0
