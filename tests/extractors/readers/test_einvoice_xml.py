from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest

from extractors.readers.einvoice_xml import find_xml, is_einvoice, read_einvoice
from schemas.errors import DamagedDocumentError, DocumentError, DocumentLimitError, NotADocumentError
from schemas.invoice import Adjustment, AdjustmentKind, DocumentType, Header, Invoice, LineItem, Route, TaxLine

D = Decimal


def read(xml: bytes) -> Invoice:
    return read_einvoice(xml, id="a", sha256="0" * 64, source="a.xml", pages=0)


HEADER = Header(
    invoice_number="R-77",
    issue_date=date(2026, 3, 1),
    due_date=date(2026, 3, 31),
    purchase_order="PO-5",
    currency="EUR",
    seller_name="Seller GmbH",
    seller_vat_id="DE136695976",
    buyer_name="Buyer SA",
    buyer_vat_id="FR40303265045",
    iban="DE89370400440532013000",
    net_total=D("95.00"),
    tax_total=D("18.05"),
    gross_total=D("113.05"),
    amount_due=D("100.00"),
)
TAXES = (TaxLine("S", D("19.00"), D("95.00"), D("18.05")),)
LINES = (
    LineItem(
        position="1",
        item_code="A-1",
        description="Widget",
        quantity=D("10"),
        unit="C62",
        unit_price=D("11.00"),
        discount=D("10.00"),
        net_amount=D("100.00"),
        tax_rate=D("19.00"),
        tax_category="S",
    ),
)
ADJUSTMENTS = (Adjustment(AdjustmentKind.ALLOWANCE, D("5.00"), "Loyalty"), Adjustment(AdjustmentKind.PREPAID, D("13.05"), None))

_PARTY_CII = """<ram:{tag}><ram:Name>{name}</ram:Name><ram:PostalTradeAddress><ram:CountryID>{country}</ram:CountryID></ram:PostalTradeAddress>
  <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">12/345/678</ram:ID></ram:SpecifiedTaxRegistration>
  <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{vat}</ram:ID></ram:SpecifiedTaxRegistration></ram:{tag}>"""
_SELLER_CII = _PARTY_CII.format(tag="SellerTradeParty", name="Seller GmbH", country="DE", vat="DE136695976")
_BUYER_CII = _PARTY_CII.format(tag="BuyerTradeParty", name="Buyer SA", country="FR", vat="FR 40303265045")


def cii(type_code: str = "380") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
 <rsm:ExchangedDocument><ram:ID>R-77</ram:ID><ram:TypeCode>{type_code}</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20260301</udt:DateTimeString></ram:IssueDateTime>
  <ram:IncludedNote><ram:Content>Delivered in   March.</ram:Content></ram:IncludedNote></rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:IncludedSupplyChainTradeLineItem>
   <ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
   <ram:SpecifiedTradeProduct><ram:SellerAssignedID>A-1</ram:SellerAssignedID><ram:Name>Widget</ram:Name></ram:SpecifiedTradeProduct>
   <ram:SpecifiedLineTradeAgreement><ram:GrossPriceProductTradePrice><ram:ChargeAmount>12.00</ram:ChargeAmount></ram:GrossPriceProductTradePrice>
    <ram:NetPriceProductTradePrice><ram:ChargeAmount>11.00</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
   <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">10</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
   <ram:SpecifiedLineTradeSettlement>
    <ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
     <ram:RateApplicablePercent>19.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
    <ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator>
     <ram:ActualAmount>10.00</ram:ActualAmount></ram:SpecifiedTradeAllowanceCharge>
    <ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>100.00</ram:LineTotalAmount>
    </ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
  </ram:IncludedSupplyChainTradeLineItem>
  <ram:IncludedSupplyChainTradeLineItem>
   <ram:AssociatedDocumentLineDocument><ram:LineID>1.1</ram:LineID><ram:LineStatusReasonCode>INFORMATION</ram:LineStatusReasonCode>
   </ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:Name>Part of the widget</ram:Name></ram:SpecifiedTradeProduct>
  </ram:IncludedSupplyChainTradeLineItem>
  <ram:ApplicableHeaderTradeAgreement>{_SELLER_CII}{_BUYER_CII}
   <ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO-5</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
  </ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
   <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount>
    <ram:IBANID>DE89 3704 0044 0532 0130 00</ram:IBANID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
   <ram:ApplicableTradeTax><ram:CalculatedAmount>18.05</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
    <ram:BasisAmount>95.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19.00</ram:RateApplicablePercent>
   </ram:ApplicableTradeTax>
   <ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator>
    <ram:ActualAmount>5.00</ram:ActualAmount><ram:Reason>Loyalty</ram:Reason></ram:SpecifiedTradeAllowanceCharge>
   <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20260331</udt:DateTimeString></ram:DueDateDateTime>
   </ram:SpecifiedTradePaymentTerms>
   <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>100.00</ram:LineTotalAmount>
    <ram:TaxBasisTotalAmount>95.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="CHF">19.00</ram:TaxTotalAmount>
    <ram:TaxTotalAmount currencyID="EUR">18.05</ram:TaxTotalAmount><ram:GrandTotalAmount>113.05</ram:GrandTotalAmount>
    <ram:TotalPrepaidAmount>13.05</ram:TotalPrepaidAmount><ram:DuePayableAmount>100.00</ram:DuePayableAmount>
   </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  </ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>""".encode()


def zugferd_1() -> bytes:
    """The same invoice with the element names of ZUGFeRD 1.0."""
    names = (
        ("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", "urn:ferd:CrossIndustryDocument:invoice:1p0"),
        ("CrossIndustryInvoice", "CrossIndustryDocument"),
        ("rsm:ExchangedDocument", "rsm:HeaderExchangedDocument"),
        ("rsm:SupplyChainTradeTransaction", "rsm:SpecifiedSupplyChainTradeTransaction"),
        ("ApplicableHeaderTrade", "ApplicableSupplyChainTrade"),
        ("SpecifiedLineTrade", "SpecifiedSupplyChainTrade"),
        ("SettlementHeaderMonetarySummation", "SettlementMonetarySummation"),
        ("SettlementLineMonetarySummation", "SettlementMonetarySummation"),
        ("RateApplicablePercent", "ApplicablePercent"),
        ("IssuerAssignedID", "ID"),
    )
    text = cii().decode()
    for new, old in names:
        text = text.replace(new, old)
    return text.encode()


def ubl(root: str = "Invoice") -> bytes:
    credit = root == "CreditNote"
    quantity = "CreditedQuantity" if credit else "InvoicedQuantity"
    due = "" if credit else "<cbc:DueDate>2026-03-31</cbc:DueDate>"
    payment_due = "<cbc:PaymentDueDate>2026-03-31</cbc:PaymentDueDate>" if credit else ""

    def party(role: str, name: str, country: str, vat: str) -> str:
        return f"""<cac:{role}><cac:Party><cac:PartyName><cbc:Name>Trading name</cbc:Name></cac:PartyName>
  <cac:PostalAddress><cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>99</cbc:CompanyID><cac:TaxScheme><cbc:ID>FC</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyTaxScheme><cbc:CompanyID>{vat}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:{role}>"""

    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:ID>R-77</cbc:ID><cbc:IssueDate>2026-03-01</cbc:IssueDate>{due}
 <cbc:{root}TypeCode>{"381" if credit else "380"}</cbc:{root}TypeCode><cbc:Note>Delivered in March.</cbc:Note>
 <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cac:OrderReference><cbc:ID>PO-5</cbc:ID></cac:OrderReference>
 {party("AccountingSupplierParty", "Seller GmbH", "DE", "DE136695976")}{party("AccountingCustomerParty", "Buyer SA", "FR", "FR40303265045")}
 <cac:PaymentMeans>{payment_due}<cac:PayeeFinancialAccount><cbc:ID>DE89370400440532013000</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
 <cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReason>Loyalty</cbc:AllowanceChargeReason>
  <cbc:Amount currencyID="EUR">5.00</cbc:Amount></cac:AllowanceCharge>
 <cac:TaxTotal><cbc:TaxAmount currencyID="CHF">19.00</cbc:TaxAmount></cac:TaxTotal>
 <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">18.05</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">95.00</cbc:TaxableAmount>
  <cbc:TaxAmount currencyID="EUR">18.05</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19.00</cbc:Percent></cac:TaxCategory>
 </cac:TaxSubtotal></cac:TaxTotal>
 <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="EUR">95.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="EUR">113.05</cbc:TaxInclusiveAmount>
  <cbc:PrepaidAmount currencyID="EUR">13.05</cbc:PrepaidAmount><cbc:PayableAmount currencyID="EUR">100.00</cbc:PayableAmount>
 </cac:LegalMonetaryTotal>
 <cac:{root}Line><cbc:ID>1</cbc:ID><cbc:{quantity} unitCode="C62">10</cbc:{quantity}>
  <cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount>
  <cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount currencyID="EUR">10.00</cbc:Amount></cac:AllowanceCharge>
  <cac:Item><cbc:Name>Widget</cbc:Name><cac:SellersItemIdentification><cbc:ID>A-1</cbc:ID></cac:SellersItemIdentification>
   <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19.00</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="EUR">11.00</cbc:PriceAmount></cac:Price></cac:{root}Line>
</{root}>""".encode()


@pytest.mark.parametrize("xml", [cii(), zugferd_1(), ubl(), ubl("CreditNote")], ids=["cii", "zugferd-1.0", "ubl", "ubl-credit-note"])
def test_every_syntax_gives_the_same_invoice(xml: bytes) -> None:
    invoice = read(xml)
    assert invoice.header == HEADER
    assert invoice.tax_breakdown == TAXES
    assert invoice.line_items == LINES
    assert invoice.document_adjustments == ADJUSTMENTS
    assert (invoice.seller_country, invoice.buyer_country) == ("DE", "FR")
    assert invoice.notes == ("Delivered in March.",)
    assert invoice.route is Route.EINVOICE_XML
    assert invoice.document_type is (DocumentType.CREDIT_NOTE if b"CreditNote" in xml else DocumentType.INVOICE)
    assert json.loads(json.dumps(invoice.to_json()))["header"]["gross_total"] == "113.05"


def test_each_value_says_that_the_xml_set_it() -> None:
    evidence = read(cii()).evidence
    assert evidence["header.gross_total"].set_by == "einvoice_xml"
    assert evidence["header.gross_total"].words == "113.05"
    assert evidence["line_items.0.description"].words == "Widget"


def test_type_code_381_is_a_credit_note() -> None:
    assert read(cii("381")).document_type is DocumentType.CREDIT_NOTE


def test_numbers_that_are_none_are_left_out() -> None:
    for bad in ("NaN", "1e999999", "12,50", "Infinity"):
        assert read(cii().replace(b">113.05<", f">{bad}<".encode())).header.gross_total is None


def test_impossible_dates_are_left_out() -> None:
    assert read(cii().replace(b"20260301", b"20260231")).header.issue_date is None


@pytest.mark.parametrize("name", ["factur-x.xml", "zugferd-invoice.xml", "anything.bin"])
@pytest.mark.parametrize("xml", [cii(), ubl()], ids=["cii", "ubl"])
def test_embedded_xml_is_found_by_its_content(pdf: Callable[..., bytes], name: str, xml: bytes) -> None:
    assert find_xml(_with_attachments(pdf(lambda page: None), {"a.txt": b"no", "b.xml": b"<other/>", name: xml})) == xml


def test_embedded_xml_that_is_only_associated_is_found(pdf: Callable[..., bytes]) -> None:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(lambda page: None))) as document:
        stream = document.make_stream(cii())
        specification = pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F="x.xml", EF=pikepdf.Dictionary(F=stream))
        document.Root.AF = pikepdf.Array([document.make_indirect(specification)])
        document.save(buffer)
    assert find_xml(buffer.getvalue()) == cii()


def test_files_without_an_einvoice_have_none(pdf: Callable[..., bytes]) -> None:
    plain = pdf(lambda page: None)
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as document:
        document.save(locked, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    for data in (b"", b"text", b"<order/>", plain, plain[: len(plain) // 2], locked.getvalue(), b"%PDF-1.7 broken"):
        assert find_xml(data) is None
    assert find_xml(cii()) == cii()


def test_a_compressed_bomb_is_not_inflated(pdf: Callable[..., bytes]) -> None:
    bomb = b"<Invoice>" + b" " * 60_000_000
    data = _with_attachments(pdf(lambda page: None), {"bomb.xml": bomb})
    assert len(data) < 1_000_000
    assert find_xml(data) is None


_DOCTYPES = {
    "external entity": '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    "parameter entity": '<!DOCTYPE Invoice [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]>',
    "external subset": '<!DOCTYPE Invoice SYSTEM "http://127.0.0.1/x.dtd">',
    "billion laughs": '<!DOCTYPE Invoice [<!ENTITY x "ha">'
    + "".join(f'<!ENTITY x{n} "{f"&x{n - 1 or str()};" * 10}">' for n in range(1, 12))
    + "]>",
}


@pytest.mark.parametrize("doctype", _DOCTYPES.values(), ids=_DOCTYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_document_types_are_refused(doctype: str, encoding: str) -> None:
    text = ubl().decode().replace("R-77", "&x;").replace('<?xml version="1.0" encoding="UTF-8"?>', doctype)
    with pytest.raises(DocumentError):
        read(text.encode(encoding))
    assert not is_einvoice(text.encode(encoding))


def test_malformed_other_and_oversized_xml_are_named() -> None:
    with pytest.raises(DamagedDocumentError, match="not well-formed"):
        read(cii()[:-20])
    with pytest.raises(NotADocumentError, match="order"):
        read(b"<order/>")
    with pytest.raises(DocumentLimitError):
        read(b"<a>" + b" " * 20_000_001)


def test_an_invoice_made_by_another_library_is_read() -> None:
    pytest.importorskip("drafthorse")
    from drafthorse.models.accounting import ApplicableTradeTax
    from drafthorse.models.document import Document
    from drafthorse.models.tradelines import LineItem as Line

    document = Document()
    document.context.guideline_parameter.id = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"
    document.header.id = "DH-1"
    document.header.type_code = "380"
    document.header.issue_date_time = date(2026, 5, 4)
    document.trade.agreement.seller.name = "Maker Ltd"
    document.trade.agreement.buyer.name = "Taker Ltd"
    document.trade.settlement.currency_code = "GBP"
    line = Line()
    line.document.line_id = "1"
    line.product.name = "Hammer"
    line.agreement.net.amount = D("7.50")
    line.delivery.billed_quantity = (D("4"), "C62")
    line.settlement.trade_tax.category_code = "S"
    line.settlement.trade_tax.rate_applicable_percent = D("20.00")
    line.settlement.monetary_summation.total_amount = D("30.00")
    document.trade.items.add(line)
    tax = ApplicableTradeTax()
    tax.calculated_amount, tax.basis_amount, tax.category_code, tax.rate_applicable_percent = D("6.00"), D("30.00"), "S", D("20.00")
    document.trade.settlement.trade_tax.add(tax)
    summation = document.trade.settlement.monetary_summation
    summation.line_total, summation.tax_basis_total = D("30.00"), D("30.00")
    summation.tax_total = (D("6.00"), "GBP")
    summation.grand_total, summation.due_amount = D("36.00"), D("36.00")

    invoice = read(document.serialize(schema=None))
    assert invoice.header.invoice_number == "DH-1"
    assert invoice.header.issue_date == date(2026, 5, 4)
    assert (invoice.header.seller_name, invoice.header.buyer_name) == ("Maker Ltd", "Taker Ltd")
    assert (invoice.header.net_total, invoice.header.tax_total, invoice.header.gross_total) == (D("30.00"), D("6.00"), D("36.00"))
    assert [(item.description, item.quantity, item.unit_price, item.net_amount) for item in invoice.line_items] == [
        ("Hammer", D("4"), D("7.50"), D("30.00"))
    ]


def test_ubl_made_by_another_library_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the library writes a log where it stands
    import json2ubl

    def euros(amount: str) -> dict[str, str]:
        return {"value": amount, "currencyID": "EUR"}

    standard = {"id": "S", "percent": "19", "taxScheme": {"id": "VAT"}}
    subtotal = {"taxableAmount": euros("30.00"), "taxAmount": euros("5.70"), "taxCategory": standard}
    content = {
        "document_type": "380",
        "id": "JU-1",
        "issueDate": "2026-05-04",
        "dueDate": "2026-06-03",
        "invoiceTypeCode": "380",
        "documentCurrencyCode": "EUR",
        "orderReference": {"id": "PO-1"},
        "accountingSupplierParty": {
            "party": {
                "partyTaxScheme": [{"companyID": "DE136695976", "taxScheme": {"id": "VAT"}}],
                "partyLegalEntity": [{"registrationName": "Maker Ltd"}],
            }
        },
        "accountingCustomerParty": {"party": {"partyLegalEntity": [{"registrationName": "Taker Ltd"}]}},
        "paymentMeans": [{"paymentMeansCode": "58", "payeeFinancialAccount": {"id": "DE89370400440532013000"}}],
        "taxTotal": [{"taxAmount": euros("5.70"), "taxSubtotal": [subtotal]}],
        "legalMonetaryTotal": {
            "lineExtensionAmount": euros("30.00"),
            "taxExclusiveAmount": euros("30.00"),
            "taxInclusiveAmount": euros("35.70"),
            "payableAmount": euros("35.70"),
        },
        "invoiceLine": [
            {
                "id": "1",
                "invoicedQuantity": {"value": "4", "unitCode": "C62"},
                "lineExtensionAmount": euros("30.00"),
                "item": {"name": "Hammer", "classifiedTaxCategory": [standard]},
                "price": {"priceAmount": euros("7.50")},
            }
        ],
    }
    (made,) = json2ubl.json_dict_to_ubl_xml([content])["documents"]
    invoice = read(made["xml"].encode())
    assert invoice.header == Header(
        invoice_number="JU-1",
        issue_date=date(2026, 5, 4),
        due_date=date(2026, 6, 3),
        purchase_order="PO-1",
        currency="EUR",
        seller_name="Maker Ltd",
        seller_vat_id="DE136695976",
        buyer_name="Taker Ltd",
        iban="DE89370400440532013000",
        net_total=D("30.00"),
        tax_total=D("5.70"),
        gross_total=D("35.70"),
        amount_due=D("35.70"),
    )
    assert [
        (item.description, item.quantity, item.unit, item.unit_price, item.net_amount, item.tax_rate) for item in invoice.line_items
    ] == [("Hammer", D("4"), "C62", D("7.50"), D("30.00"), D("19"))]
    assert [(tax.category, tax.rate, tax.tax_amount) for tax in invoice.tax_breakdown] == [("S", D("19"), D("5.70"))]


def _with_attachments(data: bytes, files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        for name, content in files.items():
            document.attachments[name] = pikepdf.AttachedFileSpec(document, content, filename=name)
        document.save(buffer, compress_streams=True)
    return buffer.getvalue()
