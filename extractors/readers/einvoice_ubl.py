"""OASIS UBL 2.1 Invoice and CreditNote. Element to business term: EN 16931-3-2."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from extractors.readers.einvoice_cii import CREDIT_NOTE_CODES, adjustment, distinct, last_date, tax_category, without_spaces
from extractors.readers.einvoice_prices import Price, unit_price
from extractors.readers.xml_elements import Element, date_of, decimal_of, find, find_all, local_name, text_of
from schemas.invoice import Adjustment, AdjustmentKind, DocumentType, Header, Invoice, LineItem, TaxLine


def read_ubl(root: Element) -> Invoice:
    """The content of a UBL document; identity, pages and evidence are the caller's."""
    seller, buyer = find(root, "AccountingSupplierParty/Party"), find(root, "AccountingCustomerParty/Party")
    total = find(root, "LegalMonetaryTotal")
    tax_total = _tax_total(root)
    code = text_of(root, "InvoiceTypeCode|CreditNoteTypeCode")
    credit = local_name(root) == "CreditNote" or code in CREDIT_NOTE_CODES
    issued = date_of(root, "IssueDate")
    terms = [text for found in find_all(root, "PaymentTerms/Note") if (text := text_of(found))]
    header = Header(
        invoice_number=text_of(root, "ID"),
        issue_date=issued,
        due_date=date_of(root, "DueDate") or date_of(root, "PaymentMeans/PaymentDueDate") or last_date(terms, issued),
        purchase_order=text_of(root, "OrderReference/ID"),
        currency=text_of(root, "DocumentCurrencyCode"),
        seller_name=_name(seller),
        seller_vat_id=_vat_id(seller),
        buyer_name=_name(buyer),
        buyer_vat_id=_vat_id(buyer),
        iban=next(iter(accounts(root)), None),
        net_total=decimal_of(total, "TaxExclusiveAmount"),
        tax_total=decimal_of(tax_total, "TaxAmount"),
        gross_total=decimal_of(total, "TaxInclusiveAmount"),
        amount_due=decimal_of(total, "PayableAmount"),
    )
    reasons = [text for found in find_all(root, "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReason") if (text := text_of(found))]
    notes = [text for found in find_all(root, "Note") if (text := text_of(found))]
    return Invoice(
        id="",
        sha256="",
        source="",
        pages=0,
        document_type=DocumentType.CREDIT_NOTE if credit else DocumentType.INVOICE,
        header=header,
        tax_breakdown=tuple(_tax_line(tax) for tax in find_all(tax_total, "TaxSubtotal")),
        line_items=tuple(_line(item) for item in find_all(root, "InvoiceLine|CreditNoteLine")),
        document_adjustments=(
            *_allowances_and_charges(root),
            *adjustment(AdjustmentKind.PREPAID, decimal_of(total, "PrepaidAmount"), None),
            *adjustment(AdjustmentKind.ROUNDING, decimal_of(total, "PayableRoundingAmount"), None),
        ),
        seller_country=text_of(seller, "PostalAddress/Country/IdentificationCode"),
        buyer_country=text_of(buyer, "PostalAddress/Country/IdentificationCode"),
        notes=distinct([*reasons, *notes]),
    )


def accounts(root: Element) -> tuple[str, ...]:
    """Every account that the seller may be paid to (BT-84), without spaces."""
    found = [text_of(account) for account in find_all(root, "PaymentMeans/PayeeFinancialAccount/ID")]
    return distinct([account for text in found if (account := without_spaces(text))])


def stated_sums(root: Element) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """The sums of lines (BT-106), allowances (BT-107) and charges (BT-108) that the document states."""
    total = find(root, "LegalMonetaryTotal")
    return (
        decimal_of(total, "LineExtensionAmount"),
        decimal_of(total, "AllowanceTotalAmount"),
        decimal_of(total, "ChargeTotalAmount"),
    )


def line_prices(root: Element) -> tuple[tuple[Price, Price], ...]:
    """Net price (BT-146) and the price before its discount (BT-148) of each line that `read_ubl` returns."""
    items = list(find_all(root, "InvoiceLine|CreditNoteLine"))
    return tuple(
        (_net_price(i), Price(decimal_of(i, "Price/AllowanceCharge/BaseAmount"), decimal_of(i, "Price/BaseQuantity"))) for i in items
    )


def _net_price(item: Element) -> Price:
    return Price(decimal_of(item, "Price/PriceAmount"), decimal_of(item, "Price/BaseQuantity"))


def _name(party: Element | None) -> str | None:
    """The legal name (BT-27, BT-44); the trading name only where that is missing."""
    return text_of(party, "PartyLegalEntity/RegistrationName") or text_of(party, "PartyName/Name")


def _vat_id(party: Element | None) -> str | None:
    for scheme in find_all(party, "PartyTaxScheme"):
        if text_of(scheme, "TaxScheme/ID") == "VAT":
            return without_spaces(text_of(scheme, "CompanyID"))
    return None


def _tax_total(root: Element) -> Element | None:
    """The total in the document's currency: the one with a breakdown (BG-23), or the first."""
    totals = list(find_all(root, "TaxTotal"))
    return next((total for total in totals if find(total, "TaxSubtotal") is not None), totals[0] if totals else None)


def _tax_line(tax: Element) -> TaxLine:
    return TaxLine(
        category=tax_category(text_of(tax, "TaxCategory/ID")),
        rate=decimal_of(tax, "TaxCategory/Percent"),
        taxable_amount=decimal_of(tax, "TaxableAmount"),
        tax_amount=decimal_of(tax, "TaxAmount"),
    )


def _is_charge(item: Element) -> bool:
    return text_of(item, "ChargeIndicator") in ("true", "1")


def _allowances_and_charges(root: Element) -> Iterator[Adjustment]:
    for item in find_all(root, "AllowanceCharge"):
        kind = AdjustmentKind.CHARGE if _is_charge(item) else AdjustmentKind.ALLOWANCE
        yield from adjustment(kind, decimal_of(item, "Amount"), text_of(item, "AllowanceChargeReason"))


def _line(item: Element) -> LineItem:
    quantity = find(item, "InvoicedQuantity|CreditedQuantity")
    product = find(item, "Item")
    changes = list(find_all(item, "AllowanceCharge"))
    discounts = [found for found in changes if not _is_charge(found)]
    discount = sum(((decimal_of(found, "Amount") or Decimal(0)) * (-1 if _is_charge(found) else 1) for found in changes), Decimal(0))
    billed, amount = decimal_of(quantity), decimal_of(item, "LineExtensionAmount")
    return LineItem(
        position=text_of(item, "ID"),
        item_code=text_of(product, "SellersItemIdentification/ID") or text_of(product, "StandardItemIdentification/ID"),
        description=text_of(product, "Name") or text_of(product, "Description"),
        quantity=billed,
        unit=quantity.get("unitCode") if quantity is not None else None,
        unit_price=unit_price(_net_price(item), billed, discount, amount),
        discount=discount or None,
        discount_percent=decimal_of(discounts[0], "MultiplierFactorNumeric") if len(discounts) == len(changes) == 1 else None,
        net_amount=amount,
        tax_rate=decimal_of(product, "ClassifiedTaxCategory/Percent"),
        tax_category=tax_category(text_of(product, "ClassifiedTaxCategory/ID")),
    )
