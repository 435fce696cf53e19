"""VAT ids, bank accounts, order numbers and due dates that a page names without their being the invoice's."""

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble
from schemas.invoice import Header

SELLER_ID, BUYER_ID = "header.seller_vat_id", "header.buyer_vat_id"
IBAN, ORDER, DUE, ISSUED = "header.iban", "header.purchase_order", "header.due_date", "header.issue_date"
ACCOUNT = "DE89370400440532013000"


def header(*lines: tuple[float, float, str], language: str = "en", **opinions: dict[str, float]) -> Header:
    return assemble(tagged(*lines, opinions=opinions, language=language)).header


@pytest.mark.parametrize(
    ("sentence", "language", "iban"),
    [
        ("We will collect the amount from your account", "en", None),
        ("Lastschrift erfolgt von Ihrem Konto", "de", None),
        ("Le montant sera prélevé sur votre compte", "fr", None),
        ("Dit bedrag wordt geïnd van uw rekening", "nl", None),
        ("Please pay into our account", "en", ACCOUNT),
        ("Quote your account number when paying to IBAN", "en", ACCOUNT),
        ("Bei Zahlung von Ihrem Konto bitte auf IBAN", "de", ACCOUNT),
        ("Prélèvement sur votre compte IBAN", "fr", None),
        ("Bitte überweisen Sie auf das Konto", "de", ACCOUNT),
    ],
)
def test_nobody_pays_to_an_account_that_is_debited(sentence: str, language: str, iban: str | None) -> None:
    assert header((50, 80, f"{sentence} {ACCOUNT}"), language=language, **{ACCOUNT: {IBAN: 0.8}}).iban == iban


def test_an_account_that_is_debited_is_not_paid_to_in_any_place() -> None:
    lines = ((50.0, 80.0, f"IBAN {ACCOUNT}"), (50.0, 200.0, f"Direct debit from your account {ACCOUNT}"))
    assert header(*lines, **{ACCOUNT: {IBAN: 0.9}}).iban is None


def test_a_bank_account_goes_on_wherever_the_next_line_begins() -> None:
    told = {w: {IBAN: 0.95} for w in ("DE89", "3704", "0044")}
    assert header((50, 80, "Please transfer to IBAN DE89 3704 0044"), (210, 92, "0532 0130 00 at our bank"), **told).iban == ACCOUNT
    assert header((50, 80, "Please transfer to IBAN DE89 3704 0044"), (50, 92, "[BT-84] 0532 0130 00"), **told).iban == ACCOUNT


@pytest.mark.parametrize(
    ("printed", "language", "vat_id"),
    [
        ("NEQ 1149000123", "fr", None), ("BSN 123456782", "nl", None), ("Org.nr 556677-8899", "sv", None),
        ("Momsreg.nr 556677-8899", "sv", "556677-8899"), ("Org.nr 987654321MVA", "no", "987654321MVA"),
        ("NIF 123456789", "pt", "123456789"),
    ],
)  # fmt: skip
def test_the_number_of_another_register_is_no_vat_id(printed: str, language: str, vat_id: str | None) -> None:
    assert header((50, 80, printed), language=language, **{printed.split()[-1]: {SELLER_ID: 0.9}}).seller_vat_id == vat_id


@pytest.mark.parametrize(
    ("printed", "vat_id"),
    [("VERGI NO 1234567890", "1234567890"), ("Org.nr. NO 987654321", "NO987654321"), ("VAT IT 12345678901", "IT12345678901")],
)
def test_letters_are_a_prefix_where_the_number_has_the_length_of_the_country(printed: str, vat_id: str) -> None:
    assert header((50, 80, printed), **{printed.split()[-1]: {SELLER_ID: 0.9}}).seller_vat_id == vat_id


def test_groups_of_digits_in_front_of_a_vat_id_belong_to_it() -> None:
    told = {w: {SELLER_ID: 0.9} for w in ("789", "RT0001")}
    assert header((50, 80, "GST/HST No.: 123 456 789 RT0001"), **told).seller_vat_id == "123456789RT0001"


@pytest.mark.parametrize(("caption", "found"), [("V.D. / No:", "1234567890"), ("Barkod:", None)])
def test_a_caption_tells_of_a_tax_id_that_the_network_doubts(caption: str, found: str | None) -> None:
    assert header((50, 80, f"{caption} 1234567890"), language="tr", **{"1234567890": {SELLER_ID: 0.3}}).seller_vat_id == found


@pytest.mark.parametrize(
    ("caption", "field"),
    [("DIČ prodávajícího:", "seller_vat_id"), ("NIP nabywcy:", "buyer_vat_id"), ("Bill-to VAT ID", "buyer_vat_id")],
)
def test_the_end_of_a_label_may_say_whose_vat_id_it_is(caption: str, field: str) -> None:
    against = {SELLER_ID: 0.6, BUYER_ID: 0.3} if field == "buyer_vat_id" else {SELLER_ID: 0.3, BUYER_ID: 0.6}
    assert getattr(header((50, 80, f"{caption} 12345678"), **{"12345678": against}), field) == "12345678"


@pytest.mark.parametrize(("told", "field"), [(0.9, "seller_vat_id"), (0.55, "buyer_vat_id")])
def test_a_heading_over_a_vat_id_says_less_than_a_sure_network(told: float, field: str) -> None:
    lines = ((50.0, 80.0, "Bill to"), (50.0, 94.0, "VAT no. GB123456782"))
    found = header(*lines, GB123456782={SELLER_ID: told, BUYER_ID: 0.95 - told})
    assert (found.seller_vat_id or "", found.buyer_vat_id or "")[field == "buyer_vat_id"] == "GB123456782"


def test_a_vat_id_that_stands_in_two_places_is_rather_the_sellers() -> None:
    half = {number: {SELLER_ID: 0.48, BUYER_ID: 0.48} for number in ("GB123456782", "GB987654335")}
    lines = ((50.0, 80.0, "VAT no. GB123456782"), (50.0, 120.0, "VAT no. GB987654335"))
    assert header(*lines, (50, 700, "VAT no. GB123456782"), **half).seller_vat_id == "GB123456782"
    assert header(*lines, (50, 700, "VAT no. GB987654335"), **half).seller_vat_id == "GB987654335"


@pytest.mark.parametrize(
    ("printed", "probability", "order"),
    [
        ("Your reference: 4411", 0.15, None), ("Your reference: 4411", 0.6, "4411"), ("Your reference: PO4411", 0.15, "PO4411"),
        ("Order: 4411", 0.6, None), ("Order: 4411", 0.9, "4411"), ("Delivery note: PO4411", 0.6, None),
    ],
)  # fmt: skip
def test_what_an_order_number_takes(printed: str, probability: float, order: str | None) -> None:
    assert header((50, 80, printed), **{printed.split()[-1]: {ORDER: probability}}).purchase_order == order


@pytest.mark.parametrize(
    ("sentence", "language", "due"),
    [
        ("Der Rechnungsbetrag wurde am", "de", False), ("Paid via PayPal on", "en", False), ("Offer valid until", "en", False),
        ("Payable in two parts: £ 120.00 on", "en", False), ("Zahlbar bis", "de", True),
        ("Scadenze:", "it", True), ("The amount was charged to your card on", "en", False),
    ],
)  # fmt: skip
def test_the_day_of_a_payment_or_of_a_part_of_it_is_no_due_date(sentence: str, language: str, due: bool) -> None:
    lines = ((50.0, 80.0, "Invoice date 01.10.2024"), (50.0, 400.0, f"{sentence} 24.10.2024"))
    told = {"01.10.2024": {ISSUED: 0.95}, "24.10.2024": {DUE: 0.7}}
    assert (header(*lines, language=language, **told).due_date is not None) is due


def test_the_only_tax_id_is_rather_the_sellers() -> None:
    told = {"51824753556": {SELLER_ID: 0.4, BUYER_ID: 0.5}}
    assert header((50, 80, "ABN 51824753556"), **told).seller_vat_id == "51824753556"
    assert header((50, 80, "Customer ABN 51824753556"), **told).buyer_vat_id == "51824753556"


def test_an_id_behind_a_name_is_of_the_party_of_that_name() -> None:
    names = {w: {"header.buyer_name": 0.9} for w in ("Rowland", "Timber")}
    lines = ((50.0, 80.0, "Rowland Timber"), (50.0, 400.0, "Rowland Timber - GB123456727"), (50.0, 500.0, "VAT GB987654335"))
    ids = {"GB123456727": {SELLER_ID: 0.6, BUYER_ID: 0.3}, "GB987654335": {SELLER_ID: 0.5, BUYER_ID: 0.4}}
    assert header(*lines, **names, **ids).buyer_vat_id == "GB123456727"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("NIT 901.234.567-8", True), ("CNPJ: 12.345.678/0001-95", True), ("GST Reg. No. 201234567D", True), ("Contract 901.234.567-8", False),
        ("Umsatzsteuer-Identifikationsnummer lautet 136695976", True),
    ],
)  # fmt: skip
def test_a_caption_tells_of_a_tax_id_in_many_countries(line: str, found: bool) -> None:
    number = line.split()[-1]
    assert (header((50, 80, line), **{number: {SELLER_ID: 0.2}}).seller_vat_id is not None) == found


def test_the_caption_of_a_tax_id_may_end_the_line_above() -> None:
    lines = ((50.0, 80.0, "Terms of the house: Bellavista Norte S.A. - NIF"), (50.0, 92.0, "A12345674 - Reg. Merc. Sevilla"))
    assert header(*lines, language="es", A12345674={SELLER_ID: 0.2}).seller_vat_id == "A12345674"


def test_the_number_of_an_order_is_no_tax_id() -> None:
    told = {w: {BUYER_ID: 0.6} for w in ("KLT", "2301-19")}
    assert header((50, 80, "Your PO No. KLT 2301-19"), **told).buyer_vat_id is None


@pytest.mark.parametrize(("label", "vat_id"), [("VAT REG NO", "123456727"), ("MVA:", "NO123456727")])
def test_no_in_a_label_in_capitals_is_not_norway(label: str, vat_id: str) -> None:
    printed = f"{label} 123 4567 27" if label.endswith("NO") else f"{label} NO 123 4567 27"
    assert header((50, 80, printed), **{w: {SELLER_ID: 0.95} for w in ("123", "4567", "27")}).seller_vat_id == vat_id


def test_a_tax_id_is_given_with_its_country_where_it_is_printed_so_too() -> None:
    lines = ((50.0, 80.0, "DIČ: 2023456789"), (50.0, 92.0, "IČ DPH: SK2023456789"))
    assert header(*lines, language="cs", **{"2023456789": {SELLER_ID: 0.9}}).seller_vat_id == "SK2023456789"
