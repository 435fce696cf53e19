"""XML from strangers: a parser without entities, DTDs and network, and typed access by local names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from schemas.errors import DamagedDocumentError, DocumentLimitError, NotADocumentError

MAX_XML_BYTES = 20_000_000  # an invoice of 10,000 lines has about 15 million
_DECIMAL = re.compile(r"[+-]?(?:\d{1,24}(?:\.\d{0,24})?|\.\d{1,24})")
_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"),  # ISO 8601; a time or zone after it does not matter
    re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)"),  # UNTDID 2379, format 102
)
_DATE_IN_TEXT = re.compile(
    r"(?<!\d)(?:(?P<d>\d{1,2})\s?[./]\s?(?P<m>\d{1,2})\s?[./]\s?(?P<y>\d{4})|(?P<y2>\d{4})-(?P<m2>\d\d)-(?P<d2>\d\d))(?!\d)"
)

Element = Any  # lxml has no types


def parse_xml(xml: bytes) -> Element:
    """The root element.

    Raises `DocumentLimitError` above `MAX_XML_BYTES`, `NotADocumentError` where the file declares a document type (e-invoices have none;
    entities are the way in for attacks) and `DamagedDocumentError` where it is not well-formed.
    """
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] (no type information)

    if len(xml) > MAX_XML_BYTES:
        raise DocumentLimitError(f"The XML has {len(xml)} bytes, the limit is {MAX_XML_BYTES}.")
    if re.search(rb"<!\x00?(?:D\x00?O\x00?C\x00?T|E\x00?N\x00?T)", xml, re.IGNORECASE):
        raise NotADocumentError("The XML declares a document type or entities, which e-invoices do not have; it is not read.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise DamagedDocumentError(f"The XML is not well-formed: {exc}") from exc
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise NotADocumentError("The XML declares a document type, which e-invoices do not have; it is not read.")
    return root


def local_name(element: Element) -> str:
    """The tag without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Element) -> str:
    """The namespace of the tag, empty if it has none."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def find_all(element: Element | None, path: str) -> Iterator[Element]:
    """Descendants along a path of local names: ``Party/TaxScheme|Scheme/ID``; ``|`` separates names that mean the same."""
    if element is None:
        return
    step, _, rest = path.partition("/")
    names = step.split("|")
    for child in element:
        if local_name(child) in names:
            if rest:
                yield from find_all(child, rest)
            else:
                yield child


def find(element: Element | None, path: str) -> Element | None:
    """The first element along the path."""
    return next(find_all(element, path), None)


def text_of(element: Element | None, path: str = "") -> str | None:
    """The first text along the path that is not empty, white space collapsed."""
    for found in (element,) if not path else find_all(element, path):
        text = " ".join((found.text or "").split()) if found is not None else ""
        if text:
            return text
    return None


def dates_in(text: str | None) -> list[date]:
    """Every date that a sentence names with the day first (``30.11.2026``) or in ISO 8601; dates that do not exist are left out."""
    found: list[date] = []
    for match in _DATE_IN_TEXT.finditer(text or ""):
        try:
            found.append(date(int(match["y"] or match["y2"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"])))
        except ValueError:
            continue
    return found


def decimal_of(element: Element | None, path: str = "") -> Decimal | None:
    """The first number along the path; None where it is no plain decimal number."""
    text = text_of(element, path)
    return Decimal(text) if text is not None and _DECIMAL.fullmatch(text) else None


def date_of(element: Element | None, path: str = "") -> date | None:
    """The first date along the path, ISO 8601 or ``YYYYMMDD``; None where it is no date."""
    text = text_of(element, path)
    for pattern in _DATES:
        match = pattern.match(text or "")
        if match:
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                return None
    return None
