"""An invoice as OASIS UBL 2.1 (Invoice or CreditNote) with the business terms of EN 16931. Element to business term: EN 16931-3-2.

Only what was read is written: nothing is invented to fill a required field. `missing_for_ubl` says what keeps a document from being one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] (no type information)

from schemas.invoice import Adjustment, AdjustmentKind, DocumentType, Invoice, LineItem, TaxLine
from schemas.price_bases import is_base_note, noted_bases
from schemas.rules_lines import multiplies

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
ROOT = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"
CUSTOMIZATION = "urn:cen.eu:en16931:2017"
INVOICE_CODE, CREDIT_NOTE_CODE = "380", "381"  # UNTDID 1001
CREDIT_TRANSFER = "30"  # UNTDID 4461
ONE, MUTUALLY_DEFINED = "C62", "ZZ"  # UN/ECE Recommendation 20: no unit printed; a unit printed that is no code
EXEMPTING = frozenset({"E", "AE", "K", "G", "O"})  # categories that need their reason (BR-E-10 and its like)

Element = Any  # lxml has no types


def missing_for_ubl(invoice: Invoice) -> list[str]:
    """What a UBL document cannot do without and this one lacks, in words; [] when it can be written."""
    header = invoice.header
    missing = [name for name in ("invoice_number", "issue_date", "currency", "seller_name") if not getattr(header, name)]
    if header.currency and not re.fullmatch("[A-Z]{3}", header.currency):
        missing.append("a currency of three letters")
    if header.amount_due is None and header.gross_total is None:
        missing.append("gross_total")
    if not invoice.line_items:
        missing.append("line items")
    missing += [f"net amount of line {n}" for n, item in enumerate(invoice.line_items, start=1) if _net_amount(item) is None]
    return missing


def ubl_of(invoice: Invoice) -> bytes:
    """The XML, UTF-8. Raises `ValueError` naming what is missing (`missing_for_ubl`)."""
    if missing := missing_for_ubl(invoice):
        raise ValueError(f"{invoice.id} cannot be written as UBL: no {', no '.join(missing)}")
    credit = invoice.document_type is DocumentType.CREDIT_NOTE
    name = "CreditNote" if credit else "Invoice"
    header, currency = invoice.header, str(invoice.header.currency)
    root: Element = etree.Element(f"{{{ROOT.format(name)}}}{name}", nsmap={None: ROOT.format(name), "cac": CAC, "cbc": CBC})
    _text(root, "CustomizationID", CUSTOMIZATION)
    _text(root, "ID", header.invoice_number)
    _text(root, "IssueDate", header.issue_date)
    if not credit:
        _text(root, "DueDate", header.due_date)
    _text(root, f"{name}TypeCode", CREDIT_NOTE_CODE if credit else INVOICE_CODE)
    for note in invoice.notes:
        _text(root, "Note", note)
    _text(root, "DocumentCurrencyCode", currency)
    if header.purchase_order:
        _text(_group(root, "OrderReference"), "ID", header.purchase_order)
    _party(root, "AccountingSupplierParty", header.seller_name, header.seller_vat_id, invoice.seller_country)
    _party(root, "AccountingCustomerParty", header.buyer_name, header.buyer_vat_id, invoice.buyer_country)
    if header.iban or (credit and header.due_date):
        means = _group(root, "PaymentMeans")
        _text(means, "PaymentMeansCode", CREDIT_TRANSFER)
        if credit:
            _text(means, "PaymentDueDate", header.due_date)
        if header.iban:
            _text(_group(means, "PayeeFinancialAccount"), "ID", header.iban.replace(" ", ""))
    adjustments = invoice.document_adjustments
    for item in adjustments:
        if item.kind in (AdjustmentKind.ALLOWANCE, AdjustmentKind.CHARGE):
            _allowance_or_charge(root, item, currency)
    _tax_total(root, invoice, currency)
    withheld = _sum(adjustments, AdjustmentKind.WITHHOLDING)
    if withheld and not credit:
        _amount(_group(root, "WithholdingTaxTotal"), "TaxAmount", withheld, currency)
    _totals(root, invoice, currency)
    for number, item in enumerate(invoice.line_items, start=1):
        _line(root, item, number, currency, credit=credit, bases=noted_bases(invoice.notes))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _party(root: Element, role: str, name: str | None, vat_id: str | None, country: str | None) -> None:
    party = _group(_group(root, role), "Party")
    if country:
        _text(_group(_group(party, "PostalAddress"), "Country"), "IdentificationCode", country)
    if vat_id:
        scheme = _group(party, "PartyTaxScheme")
        _text(scheme, "CompanyID", vat_id)
        _text(_group(scheme, "TaxScheme"), "ID", "VAT")
    if name:
        _text(_group(party, "PartyLegalEntity"), "RegistrationName", name)


def _allowance_or_charge(parent: Element, item: Adjustment, currency: str) -> None:
    group = _group(parent, "AllowanceCharge")
    _text(group, "ChargeIndicator", "true" if item.kind is AdjustmentKind.CHARGE else "false")
    _text(group, "AllowanceChargeReason", item.description)
    _amount(group, "Amount", item.amount, currency)


def _tax_total(root: Element, invoice: Invoice, currency: str) -> None:
    rows = [row for row in invoice.tax_breakdown if row.tax_amount is not None]
    total = invoice.header.tax_total
    if total is None and rows:
        total = sum((row.tax_amount for row in rows if row.tax_amount is not None), Decimal(0))
    if total is None:
        return
    group = _group(root, "TaxTotal")
    _amount(group, "TaxAmount", total, currency)
    for row in rows:
        subtotal = _group(group, "TaxSubtotal")
        _amount(subtotal, "TaxableAmount", row.taxable_amount, currency)
        _amount(subtotal, "TaxAmount", row.tax_amount, currency)
        _tax_category(subtotal, "TaxCategory", row, reason=" ".join(note for note in invoice.notes if not is_base_note(note)))


def _tax_category(parent: Element, name: str, row: TaxLine, *, reason: str = "") -> None:
    group = _group(parent, name)
    _text(group, "ID", row.category)
    _text(group, "Percent", _plain(row.rate))
    if row.category in EXEMPTING and reason:
        _text(group, "TaxExemptionReason", reason)
    _text(_group(group, "TaxScheme"), "ID", "VAT")


def _totals(root: Element, invoice: Invoice, currency: str) -> None:
    header, adjustments = invoice.header, invoice.document_adjustments
    total = _group(root, "LegalMonetaryTotal")
    lines = sum((_net_amount(item) or Decimal(0) for item in invoice.line_items), Decimal(0))
    _amount(total, "LineExtensionAmount", lines, currency)
    _amount(total, "TaxExclusiveAmount", header.net_total, currency)
    _amount(total, "TaxInclusiveAmount", header.gross_total, currency)
    for name, kind in (
        ("AllowanceTotalAmount", AdjustmentKind.ALLOWANCE),
        ("ChargeTotalAmount", AdjustmentKind.CHARGE),
        ("PrepaidAmount", AdjustmentKind.PREPAID),
        ("PayableRoundingAmount", AdjustmentKind.ROUNDING),
    ):
        _amount(total, name, _sum(adjustments, kind), currency)
    _amount(total, "PayableAmount", header.amount_due if header.amount_due is not None else header.gross_total, currency)


def _line(root: Element, item: LineItem, number: int, currency: str, *, credit: bool, bases: Mapping[Decimal, Sequence[int]]) -> None:
    line = _group(root, "CreditNoteLine" if credit else "InvoiceLine")
    _text(line, "ID", item.position or str(number))
    if item.quantity is not None:
        quantity = _text(line, "CreditedQuantity" if credit else "InvoicedQuantity", _plain(item.quantity))
        quantity.set("unitCode", _unit_code(item.unit))
    _amount(line, "LineExtensionAmount", _net_amount(item), currency)
    if item.discount:
        discount = _group(line, "AllowanceCharge")
        _text(discount, "ChargeIndicator", "false")
        _text(discount, "MultiplierFactorNumeric", _plain(item.discount_percent))
        _amount(discount, "Amount", item.discount, currency)
    product = _group(line, "Item")
    name = item.description or item.item_code or f"Line {number}"
    if "\n" in name or len(name) > 100:
        _text(product, "Description", name)
    _text(product, "Name", " ".join(name.split())[:100])
    if item.item_code:
        _text(_group(product, "SellersItemIdentification"), "ID", item.item_code)
    if item.tax_category:
        _tax_category(product, "ClassifiedTaxCategory", TaxLine(item.tax_category, item.tax_rate))
    if item.unit_price is not None:
        price = _group(line, "Price")
        _text(price, "PriceAmount", _plain(item.unit_price)).set("currencyID", currency)
        units = next((units for units in bases.get(item.unit_price, ()) if multiplies(item, rate=None, units=units)), None)
        if units is not None and not multiplies(item, rate=None):
            _text(price, "BaseQuantity", units).set("unitCode", _unit_code(item.unit))


def _net_amount(item: LineItem) -> Decimal | None:
    """The line's net amount (BT-131): as printed, or out of the gross amount and the rate where only those are."""
    if item.net_amount is not None:
        return item.net_amount
    if item.gross_amount is None or item.tax_rate is None:
        return None
    return (item.gross_amount * 100 / (100 + item.tax_rate)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _unit_code(unit: str | None) -> str:
    if not unit:
        return ONE
    return unit if re.fullmatch("[A-Z0-9]{2,3}", unit) else MUTUALLY_DEFINED


def _sum(adjustments: tuple[Adjustment, ...], kind: AdjustmentKind) -> Decimal | None:
    amounts = [item.amount for item in adjustments if item.kind is kind]
    return sum(amounts, Decimal(0)) if amounts else None


def _group(parent: Element, name: str) -> Element:
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def _text(parent: Element, name: str, value: object) -> Element:
    """A value; None writes nothing. Characters that XML cannot hold become U+FFFD."""
    if value is None:
        return None
    child = etree.SubElement(parent, f"{{{CBC}}}{name}")
    child.text = re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "�", str(value))
    return child


def _amount(parent: Element, name: str, value: Decimal | None, currency: str) -> None:
    if value is not None:
        _text(parent, name, _plain(value)).set("currencyID", currency)


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
