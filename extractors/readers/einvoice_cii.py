"""UN/CEFACT Cross Industry Invoice (D16B, D22B) and its predecessor in ZUGFeRD 1.0: the elements differ by name only.

A path's ``|`` gives both names. Element to business term: EN 16931-3-3.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from extractors.readers.einvoice_prices import Price, unit_price
from extractors.readers.xml_elements import Element, date_of, dates_in, decimal_of, find, find_all, text_of
from schemas.invoice import TAX_CATEGORIES, Adjustment, AdjustmentKind, DocumentType, Header, Invoice, LineItem, TaxLine

# UNTDID 1001 codes that EN 16931 counts as credit notes.
CREDIT_NOTE_CODES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
_TRANSACTION = "SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction"
_AGREEMENT = "ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement"
_SETTLEMENT = "ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement"
_SUMMATION = "SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation"
_LINE_AGREEMENT = "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement"
_LINE_DELIVERY = "SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery"
_LINE_SETTLEMENT = "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement"
_LINE_SUMMATION = "SpecifiedTradeSettlementLineMonetarySummation|SpecifiedTradeSettlementMonetarySummation"
_RATE = "RateApplicablePercent|ApplicablePercent"


def read_cii(root: Element) -> Invoice:
    """The content of a CII document; identity, pages and evidence are the caller's."""
    document = find(root, "ExchangedDocument|HeaderExchangedDocument")
    transaction = find(root, _TRANSACTION)
    agreement, settlement = find(transaction, _AGREEMENT), find(transaction, _SETTLEMENT)
    seller, buyer = find(agreement, "SellerTradeParty"), find(agreement, "BuyerTradeParty")
    summation = find(settlement, _SUMMATION)
    currency = text_of(settlement, "InvoiceCurrencyCode") or _currency_of_amounts(summation)
    issued = date_of(document, "IssueDateTime/DateTimeString")
    header = Header(
        invoice_number=text_of(document, "ID"),
        issue_date=issued,
        due_date=date_of(settlement, "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString")
        or last_date(_texts(settlement, "SpecifiedTradePaymentTerms/Description"), issued),
        purchase_order=text_of(agreement, "BuyerOrderReferencedDocument/IssuerAssignedID|ID"),
        currency=currency,
        seller_name=text_of(seller, "Name"),
        seller_vat_id=_vat_id(seller),
        buyer_name=text_of(buyer, "Name"),
        buyer_vat_id=_vat_id(buyer),
        iban=next(iter(accounts(root)), None),
        net_total=decimal_of(summation, "TaxBasisTotalAmount"),
        tax_total=_in_currency(find_all(summation, "TaxTotalAmount"), currency),
        gross_total=decimal_of(summation, "GrandTotalAmount"),
        amount_due=decimal_of(summation, "DuePayableAmount"),
    )
    return Invoice(
        id="",
        sha256="",
        source="",
        pages=0,
        document_type=DocumentType.CREDIT_NOTE if text_of(document, "TypeCode") in CREDIT_NOTE_CODES else DocumentType.INVOICE,
        header=header,
        tax_breakdown=tuple(_tax_line(tax) for tax in find_all(settlement, "ApplicableTradeTax")),
        line_items=tuple(_line(item) for item in find_all(transaction, "IncludedSupplyChainTradeLineItem") if _is_billed(item)),
        document_adjustments=(
            *_allowances_and_charges(settlement),
            *adjustment(AdjustmentKind.PREPAID, decimal_of(summation, "TotalPrepaidAmount"), None),
            *adjustment(AdjustmentKind.ROUNDING, decimal_of(summation, "RoundingAmount"), None),
        ),
        seller_country=text_of(seller, "PostalTradeAddress/CountryID"),
        buyer_country=text_of(buyer, "PostalTradeAddress/CountryID"),
        notes=distinct(
            [*_texts(settlement, "ApplicableTradeTax/ExemptionReason"), *_texts(document, "IncludedNote/Content")],
        ),
    )


def accounts(root: Element) -> tuple[str, ...]:
    """Every IBAN that the seller may be paid to (BT-84), without spaces."""
    path = "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID"
    found = _texts(find(find(root, _TRANSACTION), _SETTLEMENT), path)
    return distinct([iban for text in found if (iban := without_spaces(text))])


def stated_sums(root: Element) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """The sums of lines (BT-106), allowances (BT-107) and charges (BT-108) that the document states."""
    summation = find(find(find(root, _TRANSACTION), _SETTLEMENT), _SUMMATION)
    return (
        decimal_of(summation, "LineTotalAmount"),
        decimal_of(summation, "AllowanceTotalAmount"),
        decimal_of(summation, "ChargeTotalAmount"),
    )


def line_prices(root: Element) -> tuple[tuple[Price, Price], ...]:
    """Net price (BT-146) and the price before its discount (BT-148) of each line that `read_cii` returns."""
    items = [item for item in find_all(find(root, _TRANSACTION), "IncludedSupplyChainTradeLineItem") if _is_billed(item)]
    agreements = [find(item, _LINE_AGREEMENT) for item in items]
    return tuple(
        (_stated_price(find(a, "NetPriceProductTradePrice")), _stated_price(find(a, "GrossPriceProductTradePrice"))) for a in agreements
    )


def last_date(sentences: list[str], issued: date | None) -> date | None:
    """The last day that the payment terms (BT-20) name, where it is not before the day of issue: later ones than that of a cash discount."""
    named = [day for sentence in sentences for day in dates_in(sentence)]
    return max(named) if named and (issued is None or max(named) >= issued) else None


def tax_category(code: str | None) -> str | None:
    """The EN 16931 code; ``IC`` is what ZUGFeRD 1.0 and some programs write for an intra-community supply (K)."""
    code = "K" if code == "IC" else code
    return code if code in TAX_CATEGORIES else None


def adjustment(kind: AdjustmentKind, amount: Decimal | None, description: str | None) -> tuple[Adjustment, ...]:
    """One adjustment, or none where the amount is missing or zero."""
    return (Adjustment(kind, amount, description),) if amount else ()


def distinct(texts: list[str]) -> tuple[str, ...]:
    """The texts in order, each once."""
    return tuple(dict.fromkeys(texts))


def without_spaces(text: str | None) -> str | None:
    """An identifier as its standard writes it."""
    return text.replace(" ", "") if text else None


def _texts(element: Element | None, path: str) -> list[str]:
    return [text for found in find_all(element, path) if (text := text_of(found))]


def _vat_id(party: Element | None) -> str | None:
    for found in find_all(party, "SpecifiedTaxRegistration/ID"):
        if found.get("schemeID") in ("VA", "VAT"):
            return without_spaces(text_of(found))
    return None


def _in_currency(amounts: Iterator[Element], currency: str | None) -> Decimal | None:
    """The tax total in the invoice's currency; a second one is in the seller's accounting currency (BT-111)."""
    found = list(amounts)
    same = [amount for amount in found if amount.get("currencyID") in (currency, None)]
    return decimal_of((same or found)[0]) if found else None


def _currency_of_amounts(summation: Element | None) -> str | None:
    """The one currency that the totals carry, for a document that leaves its own field empty."""
    found = {code for amount in (summation if summation is not None else ()) if (code := amount.get("currencyID"))}
    return found.pop() if len(found) == 1 else None


def _stated_price(price: Element | None) -> Price:
    return Price(decimal_of(price, "ChargeAmount"), decimal_of(price, "BasisQuantity"))


def _tax_line(tax: Element) -> TaxLine:
    return TaxLine(
        category=tax_category(text_of(tax, "CategoryCode")),
        rate=decimal_of(tax, _RATE),
        taxable_amount=decimal_of(tax, "BasisAmount"),
        tax_amount=decimal_of(tax, "CalculatedAmount"),
    )


def _is_charge(item: Element) -> bool:
    return text_of(item, "ChargeIndicator/Indicator") in ("true", "1")


def _allowances_and_charges(settlement: Element | None) -> Iterator[Adjustment]:
    for item in find_all(settlement, "SpecifiedTradeAllowanceCharge"):
        kind = AdjustmentKind.CHARGE if _is_charge(item) else AdjustmentKind.ALLOWANCE
        yield from adjustment(kind, decimal_of(item, "ActualAmount"), text_of(item, "Reason"))
    for item in find_all(settlement, "SpecifiedLogisticsServiceCharge"):
        yield from adjustment(AdjustmentKind.CHARGE, decimal_of(item, "AppliedAmount"), text_of(item, "Description"))


def _is_billed(item: Element) -> bool:
    """Whether a line counts towards the total: not a heading, a remark or a line that only informs (BT-X-8)."""
    if text_of(item, "AssociatedDocumentLineDocument/LineStatusReasonCode") in ("GROUP", "INFORMATION"):
        return False
    amount = find(find(item, _LINE_SETTLEMENT), f"{_LINE_SUMMATION}/LineTotalAmount")
    return amount is not None or text_of(item, "SpecifiedTradeProduct/Name") is not None


def _line(item: Element) -> LineItem:
    agreement, settlement = find(item, _LINE_AGREEMENT), find(item, _LINE_SETTLEMENT)
    product = find(item, "SpecifiedTradeProduct")
    quantity = find(item, f"{_LINE_DELIVERY}/BilledQuantity")
    changes = list(find_all(settlement, "SpecifiedTradeAllowanceCharge"))
    discounts = [found for found in changes if not _is_charge(found)]
    discount = sum(((decimal_of(found, "ActualAmount") or Decimal(0)) * (-1 if _is_charge(found) else 1) for found in changes), Decimal(0))
    billed, amount = decimal_of(quantity), decimal_of(settlement, f"{_LINE_SUMMATION}/LineTotalAmount")
    return LineItem(
        position=text_of(item, "AssociatedDocumentLineDocument/LineID"),
        item_code=text_of(product, "SellerAssignedID") or text_of(product, "GlobalID"),
        description=text_of(product, "Name") or text_of(product, "Description"),
        quantity=billed,
        unit=quantity.get("unitCode") if quantity is not None else None,
        unit_price=unit_price(_stated_price(find(agreement, "NetPriceProductTradePrice")), billed, discount, amount),
        discount=discount or None,
        discount_percent=decimal_of(discounts[0], "CalculationPercent") if len(discounts) == len(changes) == 1 else None,
        net_amount=amount,
        tax_rate=decimal_of(settlement, f"ApplicableTradeTax/{_RATE}"),
        tax_category=tax_category(text_of(settlement, "ApplicableTradeTax/CategoryCode")),
    )
