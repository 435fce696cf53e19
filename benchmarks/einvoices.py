"""Whether e-invoices are read exactly: ``python -m benchmarks.einvoices FOLDER``.

Every PDF and XML file of FOLDER that holds an e-invoice is read by the product and, independently, by XPath from the paths of EN 16931's syntax
bindings (CEN/TS 16931-3-2 for UBL, -3-3 for CII; ZUGFeRD 1.0 by its schema), on XML that another library (factur-x) took out of the PDF. Each value
that either of the two gives is compared; what differs is listed.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from extractors.readers.einvoice_xml import find_xml, read_einvoice

Values = dict[str, str | None]

_CII = {
    "doc": "//*[local-name()='ExchangedDocument' or local-name()='HeaderExchangedDocument']",
    "agree": "//*[local-name()='ApplicableHeaderTradeAgreement' or local-name()='ApplicableSupplyChainTradeAgreement']",
    "settle": "//*[local-name()='ApplicableHeaderTradeSettlement' or local-name()='ApplicableSupplyChainTradeSettlement']",
}
_SUMS = f"{_CII['settle']}/*[contains(local-name(),'MonetarySummation')]"


def _steps(path: str) -> str:
    """``A/B`` as a path of elements whatever their namespace; ``.`` and attributes stay."""
    return "/".join(step if step.startswith(("@", ".")) else f"*[local-name()='{step}']" for step in path.split("/"))


def _party(name: str) -> dict[str, str]:
    at = f"{_CII['agree']}/{_steps(f'{name}TradeParty')}"
    short = name.lower()
    registration = f"{_steps('SpecifiedTaxRegistration')}/*[local-name()='ID'][@schemeID='VA' or @schemeID='VAT']"
    return {f"{short}_name": f"{at}/{_steps('Name')}", f"{short}_vat_id": f"{at}/{registration}"}


_CII_HEADER = {
    "invoice_number": f"{_CII['doc']}/{_steps('ID')}",
    "issue_date": f"{_CII['doc']}/{_steps('IssueDateTime/DateTimeString')}",
    "due_date": f"{_CII['settle']}/{_steps('SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString')}",
    "purchase_order": f"{_CII['agree']}/{_steps('BuyerOrderReferencedDocument')}/*[local-name()='IssuerAssignedID' or local-name()='ID']",
    "currency": f"{_CII['settle']}/{_steps('InvoiceCurrencyCode')}",
    **_party("Seller"),
    **_party("Buyer"),
    "iban": f"{_CII['settle']}/{_steps('SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID')}",
    "net_total": f"{_SUMS}/{_steps('TaxBasisTotalAmount')}",
    "tax_total": f"{_SUMS}/{_steps('TaxTotalAmount')}",
    "gross_total": f"{_SUMS}/{_steps('GrandTotalAmount')}",
    "amount_due": f"{_SUMS}/{_steps('DuePayableAmount')}",
}
# Lines that only inform (BT-X-8), and ZUGFeRD 1.0's lines with a remark in place of a product, are not billed.
_CII_LINES = (
    "//*[local-name()='IncludedSupplyChainTradeLineItem'][not(.//*[local-name()='LineStatusReasonCode'][.='GROUP' or .='INFORMATION'])]"
    "[.//*[local-name()='LineTotalAmount'] or *[local-name()='SpecifiedTradeProduct']/*[local-name()='Name']]"
)
_CII_LINE = {
    "position": _steps("AssociatedDocumentLineDocument/LineID"),
    "description": _steps("SpecifiedTradeProduct/Name"),
    "quantity": f"*[contains(local-name(),'TradeDelivery')]/{_steps('BilledQuantity')}",
    "unit": f"*[contains(local-name(),'TradeDelivery')]/{_steps('BilledQuantity')}/@unitCode",
    "unit_price": f"*[contains(local-name(),'TradeAgreement')]/{_steps('NetPriceProductTradePrice/ChargeAmount')}",
    "priced_units": f"*[contains(local-name(),'TradeAgreement')]/{_steps('NetPriceProductTradePrice/BasisQuantity')}",
    "net_amount": f"*[contains(local-name(),'TradeSettlement')]/*[contains(local-name(),'MonetarySummation')]/{_steps('LineTotalAmount')}",
    "tax_rate": "*[contains(local-name(),'TradeSettlement')]/*[local-name()='ApplicableTradeTax']"
    "/*[local-name()='RateApplicablePercent' or local-name()='ApplicablePercent']",
    "tax_category": f"*[contains(local-name(),'TradeSettlement')]/{_steps('ApplicableTradeTax/CategoryCode')}",
}
_UBL_HEADER = {
    "invoice_number": f"/*/{_steps('ID')}",
    "issue_date": f"/*/{_steps('IssueDate')}",
    "due_date": f"/*/{_steps('DueDate')}",
    "purchase_order": f"/*/{_steps('OrderReference/ID')}",
    "currency": f"/*/{_steps('DocumentCurrencyCode')}",
    "seller_name": f"/*/{_steps('AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName')}",
    "seller_vat_id": f"/*/{_steps('AccountingSupplierParty/Party/PartyTaxScheme/CompanyID')}",
    "buyer_name": f"/*/{_steps('AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName')}",
    "buyer_vat_id": f"/*/{_steps('AccountingCustomerParty/Party/PartyTaxScheme/CompanyID')}",
    "iban": f"/*/{_steps('PaymentMeans/PayeeFinancialAccount/ID')}",
    "net_total": f"/*/{_steps('LegalMonetaryTotal/TaxExclusiveAmount')}",
    "tax_total": "/*/*[local-name()='TaxTotal'][*[local-name()='TaxSubtotal']]/*[local-name()='TaxAmount']",
    "gross_total": f"/*/{_steps('LegalMonetaryTotal/TaxInclusiveAmount')}",
    "amount_due": f"/*/{_steps('LegalMonetaryTotal/PayableAmount')}",
}
_UBL_LINES = "/*/*[local-name()='InvoiceLine' or local-name()='CreditNoteLine']"
_UBL_LINE = {
    "position": _steps("ID"),
    "description": _steps("Item/Name"),
    "quantity": "*[local-name()='InvoicedQuantity' or local-name()='CreditedQuantity']",
    "unit": "*[local-name()='InvoicedQuantity' or local-name()='CreditedQuantity']/@unitCode",
    "unit_price": _steps("Price/PriceAmount"),
    "priced_units": _steps("Price/BaseQuantity"),
    "net_amount": _steps("LineExtensionAmount"),
    "tax_rate": _steps("Item/ClassifiedTaxCategory/Percent"),
    "tax_category": _steps("Item/ClassifiedTaxCategory/ID"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.einvoices", description="Compare the reading of e-invoices with an independent one.")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    equal: Counter[str] = Counter()
    total: Counter[str] = Counter()
    files = seconds = 0
    for path in sorted(options.folder.iterdir()):
        data = path.read_bytes() if path.suffix.lower() in (".pdf", ".xml") else b""
        xml = independent_xml(data)
        begun = time.perf_counter()
        found = find_xml(data) if data else None
        if xml is None and found is None:
            continue
        files += 1
        if xml is None or found is None:
            print(f"{path.name}: found by {'the product' if found else 'factur-x'} only")
        if found is None:
            continue
        own = product_values(found)
        seconds += time.perf_counter() - begun
        for name, ours, other in compare(own, independent_values(xml or found)):
            kind = name.rpartition(".")[2] if name.startswith("line") else name
            total[kind] += 1
            equal[kind] += ours == other
            if ours != other:
                print(f"{path.name}: {name}: product {ours!r}, XPath {other!r}")
    if not files:
        raise SystemExit(f"benchmarks: no e-invoice in {options.folder}")
    print("\n| field | equal | of |\n|---|---:|---:|")
    print("\n".join(f"| {kind} | {equal[kind]} | {total[kind]} |" for kind in sorted(total)))
    share = equal.total() / total.total()
    print(f"\n{files} e-invoices, {equal.total()} of {total.total()} values equal ({share:.2%}), {seconds / files * 1000:.1f} ms each")


def independent_xml(data: bytes) -> bytes | None:
    """The e-invoice of a file as the factur-x library finds it: the file itself, or the attachment of a standard's name."""
    from facturx import get_xml_from_pdf

    if data.lstrip()[:1] == b"<":
        return data
    if b"%PDF-" not in data[:1024]:
        return None
    try:
        name, xml = get_xml_from_pdf(data, check_xsd=False)
    except Exception:  # noqa: BLE001 - a foreign library's opinion of a foreign file: no opinion
        return None
    return xml if name else None


def independent_values(xml: bytes) -> Values:
    """Header and line values by XPath."""
    from lxml import etree

    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    ubl = "oasis" in etree.QName(root).namespace
    header, lines, line = (_UBL_HEADER, _UBL_LINES, _UBL_LINE) if ubl else (_CII_HEADER, _CII_LINES, _CII_LINE)
    values: Values = {f"header.{name}": _first(root, path) for name, path in header.items()}
    for i, item in enumerate(root.xpath(lines)):
        found = {name: _first(item, path) for name, path in line.items()}
        found["unit_price"] = _for_one(found["unit_price"], found.pop("priced_units"))
        values |= {f"line.{i}.{name}": value for name, value in found.items()}
    return values


def _for_one(price: str | None, units: str | None) -> str | None:
    """The price (BT-146) of one unit where it is stated for several (BT-149)."""
    if price is None or units is None or Decimal(units) in (0, 1):
        return price
    return format(round(Decimal(price) / Decimal(units), 6), "f")


def product_values(xml: bytes) -> Values:
    """Header and line values as the product reads them."""
    invoice = read_einvoice(xml, id="", sha256="", source="", pages=0).to_json()
    values: Values = {f"header.{name}": value for name, value in invoice["header"].items()}
    for i, item in enumerate(invoice["line_items"]):
        values |= {f"line.{i}.{name}": item[name] for name in _CII_LINE if name in item}
    return values


def compare(own: Values, other: Values) -> list[tuple[str, str | None, str | None]]:
    """(name, product's value, independent value) of all values that one of them has, written alike."""
    pairs = [(name, _plain(name, own.get(name)), _plain(name, other.get(name))) for name in sorted({*own, *other})]
    return [pair for pair in pairs if pair[1] is not None or pair[2] is not None]


def _first(node: Any, path: str) -> str | None:
    for found in node.xpath(path):
        text = found if isinstance(found, str) else "".join(found.itertext())
        if text.strip():
            return text
    return None


def _plain(name: str, value: str | None) -> str | None:
    """Spelling that carries no meaning taken out: spaces, trailing zeros, the separators of dates, blanks of identifiers."""
    if value is None or not value.strip():
        return None
    text = " ".join(value.split())
    kind = name.rpartition(".")[2]
    if kind in ("issue_date", "due_date"):
        return text.replace("-", "")[:8]
    if kind in ("iban", "seller_vat_id", "buyer_vat_id"):
        return text.replace(" ", "")
    if kind.endswith(("total", "amount", "due", "price", "rate")) or kind == "quantity":
        try:
            return format(Decimal(text).normalize(), "f")
        except InvalidOperation:
            return text
    return text


if __name__ == "__main__":
    main()
