"""Rules for identifiers: VAT ids, bank accounts, and documents that were seen before."""

from __future__ import annotations

import re
from functools import lru_cache

from schemas.business_keys import iban_key, number_key, seller_keys
from schemas.countries import EU_COUNTRIES, buyer_country, codes, seller_country, vat_id_country
from schemas.invoice import Severity
from schemas.rules_types import HOLDS, SILENT, Finding, Row, Rule, Table, Verdict, broken

# Countries whose ids are printed without a country prefix, so that a prefix cannot be asked for.
_UNPREFIXED = codes("AU CA CN IN JP KR MX NZ SG US ZA BR AR CL CO PE TR IL AE SA BH OM UA RS TW TH")


@lru_cache(maxsize=8192)
def vat_id_is_valid(vat_id: str, country: str | None) -> bool | None:
    """Whether an id's structure and check digits are right; None where the country's scheme is unknown.

    ``country`` is the party's, for ids without prefix. Algorithms: python-stdnum.
    """
    from stdnum import get_cc_module
    from stdnum.eu import vat as eu_vat

    compact = re.sub(r"[^0-9A-Z+*&]", "", vat_id.upper())
    named = vat_id_country(vat_id)
    land = named or country
    if land is None:
        return None
    if land in EU_COUNTRIES:
        prefix = "EL" if land == "GR" else land
        return bool(eu_vat.is_valid(compact if named else prefix + compact))
    module = get_cc_module(land.lower(), "vat") or (get_cc_module("us", "ein") if land == "US" else None)
    if module is None:
        return None
    if land == "CH":
        compact = re.sub(r"(MWST|TVA|IVA|VAT)$", "", compact) + "MWST"
    elif land == "NO":
        compact = compact.removeprefix("NO")
        compact = compact if compact.endswith("MVA") else compact + "MVA"
    elif land == "GB" and compact.startswith("XI"):
        compact = compact[2:]
    return bool(module.is_valid(compact))


def vat_ids_named(row: Row) -> Verdict:
    header = row.invoice.header
    parties = (
        ("seller_vat_id", header.seller_vat_id, seller_country(row.invoice)),
        ("buyer_vat_id", header.buyer_vat_id, buyer_country(row.invoice)),
    )
    if all(value is None for _, value, _ in parties):
        return SILENT
    return tuple(
        Finding(f"header.{name}", "a country code before the number", value, f"The VAT id {value} does not start with a country code.")
        for name, value, country in parties
        if value is not None and vat_id_country(value) is None and country not in _UNPREFIXED
    )


def vat_ids_check(row: Row) -> Verdict:
    header = row.invoice.header
    found: list[Finding] = []
    judged = False
    for name, value, country in (
        ("seller_vat_id", header.seller_vat_id, seller_country(row.invoice)),
        ("buyer_vat_id", header.buyer_vat_id, buyer_country(row.invoice)),
    ):
        valid = vat_id_is_valid(value, country) if value else None
        judged |= valid is not None
        if valid is False:
            found.append(
                Finding(f"header.{name}", "an id with right check digits", value, f"The check digits of the VAT id {value} are wrong.")
            )
    return tuple(found) if judged else SILENT


def iban_checks(row: Row) -> Verdict:
    from stdnum import iban as iban_scheme

    iban = row.invoice.header.iban
    if not iban:
        return SILENT
    if iban_scheme.is_valid(iban_key(iban), check_country=False):
        return HOLDS
    return broken(
        field="header.iban", expected="right check digits (mod 97)", found=iban, detail=f"The check digits of the IBAN {iban} are wrong."
    )


def bank_account_is_known(row: Row) -> Verdict:
    header, known = row.invoice.header, row.context.known_bank_accounts
    if not header.iban:
        return SILENT
    accounts = {iban_key(account) for key in seller_keys(header) for account in known.get(key, ())}
    if not accounts:
        return SILENT
    if iban_key(header.iban) in accounts:
        return HOLDS
    detail = "This seller was paid to another account before; confirm the new one by telephone before anything is paid."
    return broken(field="header.iban", expected=", ".join(sorted(accounts)), found=header.iban, detail=detail)


def document_is_new(row: Row) -> Verdict:
    header, context = row.invoice.header, row.context
    keys = seller_keys(header)
    if not keys:
        return SILENT
    if header.invoice_number and any((key, number_key(header.invoice_number)) in context.known_invoices for key in keys):
        detail = f"An invoice {header.invoice_number} of this seller was processed before."
        return broken(field="header.invoice_number", expected="a number not seen before", found=header.invoice_number, detail=detail)
    amount, day = header.gross_total, header.issue_date
    if amount is not None and day is not None and any((key, amount, day) in context.known_amounts for key in keys):
        detail = f"Another document of this seller of {day} has the same total {amount:f}."
        return broken(field="header.gross_total", expected="another date or amount", found=amount, detail=detail, severity=Severity.WARNING)
    return HOLDS if header.invoice_number else SILENT


_ERROR, _WARNING, _DOC = Severity.ERROR, Severity.WARNING, Table.DOCUMENTS

PARTY_RULES: tuple[Rule, ...] = (
    Rule("BR-CO-09", "EN 16931 BR-CO-09", _WARNING, _DOC, "A VAT id starts with the code of the country that issued it.", vat_ids_named),
    Rule("LI-VATID", "National VAT id schemes", _WARNING, _DOC, "The check digits of the VAT ids are right.", vat_ids_check),
    Rule("LI-IBAN", "ISO 13616, ISO 7064 mod 97-10", _WARNING, _DOC, "The check digits of the IBAN are right.", iban_checks),
    Rule(
        "LI-BANK",
        "Lineitem",
        _ERROR,
        _DOC,
        "The bank account is one that this seller used before; a changed account is confirmed by telephone before anything is paid.",
        bank_account_is_known,
    ),
    Rule("LI-DUP", "Lineitem", _ERROR, _DOC, "The invoice was not processed before.", document_is_new),
)
