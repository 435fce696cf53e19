"""When two documents speak of the same seller, number or account: comparable keys out of printed spellings.

Shared by the duplicate and bank-detail rules and by the warehouse queries that feed them, so both sides spell a key alike.
"""

from __future__ import annotations

import re
import unicodedata

from schemas.invoice import Header


def number_key(invoice_number: str) -> str:
    """An invoice number without spaces, punctuation, letter case and leading zeros: ``Re-Nr. 00012/A`` and ``RE NR 00012-a`` agree."""
    letters = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", invoice_number).casefold())
    return letters.lstrip("0") or letters


def name_key(name: str) -> str:
    """A company's name without punctuation, accents and letter case."""
    plain = "".join(ch for ch in unicodedata.normalize("NFKD", name) if not unicodedata.combining(ch))
    return " ".join(re.findall(r"\w+", plain.casefold()))


def vat_key(vat_id: str) -> str:
    """A VAT id as capital letters and digits only."""
    return _capitals(vat_id)


def iban_key(iban: str) -> str:
    """An IBAN without spaces, in capitals."""
    return _capitals(iban)


def _capitals(printed: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", printed.upper())


def seller_keys(header: Header) -> tuple[str, ...]:
    """Every key under which this seller may be known: the VAT id (``vat:...``) first, then the name (``name:...``).

    Two documents are of one seller when they share a key; one of them may show the name only.
    """
    keys: list[str] = []
    if header.seller_vat_id and vat_key(header.seller_vat_id):
        keys.append("vat:" + vat_key(header.seller_vat_id))
    if header.seller_name and name_key(header.seller_name):
        keys.append("name:" + name_key(header.seller_name))
    return tuple(keys)
