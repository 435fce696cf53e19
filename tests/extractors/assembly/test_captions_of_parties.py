"""Whose a name is: headings over it, keys in front of it, business terms beside it, the holder of the account."""

import pytest
from tagged_pages import tagged

from extractors.assembly.caption_words import match, plain
from extractors.assembly.document import assemble
from extractors.assembly.header import clean_name
from schemas.invoice import Header

SELLER, BUYER = "header.seller_name", "header.buyer_name"


def read(*lines: tuple[float, float, str], **opinions: dict[str, float]) -> Header:
    return assemble(tagged(*lines, opinions=opinions, language="en")).header


@pytest.mark.parametrize(
    ("topic", "text", "kind"),
    [
        ("number", "Evidenční číslo", "invoice_number"), ("number", "FS nr", "invoice_number"), ("number", "Bonnummer", "invoice_number"),
        ("number", "Vorgangs-Nr.", "invoice_number"), ("number", "Comprobante fiscal digital", "invoice_number"),
        ("number", "Nr kontraktu", "other_number"), ("number", "IBAN cuenta de abono:", "other_number"), ("number", "VO-nummer", "other_number"),
        ("number", "Cde client", "order_number"), ("number", "Nº rectificativa", "credit_number"), ("number", "İade Faturası No", "credit_number"),
        ("number", "İadeye konu olan fatura", "corrected_number"), ("number", "Related invoice", "corrected_number"),
        ("date", "Ydelsesdato", "other_date"), ("date", "Opdrachtdatum", "other_date"), ("date", "Fattura del", "issue_date"),
        ("party", "Ns. dati", "seller"), ("party", "Vs. dati", "buyer"), ("party", "Nos coordonnées", "seller"),
        ("title", "Progress invoice", "document"), ("title", "Monthly", "document"),
    ],
)  # fmt: skip
def test_captions_of_header_values_in_many_languages(topic: str, text: str, kind: str) -> None:
    assert match(topic, plain(text), whole=topic in ("party", "title")) == kind


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("En faveur de Moulin Blanc", "Moulin Blanc"), ("Zugunsten Tannenhof KG", "Tannenhof KG"), ("A favore di Rovereto Snc", "Rovereto Snc"),
        ("Betalningsmottagarens namn Bergslagen AB", "Bergslagen AB"), ("In favour of Harbour Mills", "Harbour Mills"), ("Favour Mills", "Favour Mills"),
    ],
)  # fmt: skip
def test_who_is_paid_is_named_without_the_words_that_say_so(printed: str, name: str) -> None:
    assert clean_name(printed) == name


@pytest.mark.parametrize("key", ["Name:", "Nazwa pełna", "Firma", ""])
def test_a_key_between_a_heading_and_a_name_hides_the_heading_from_none(key: str) -> None:
    names = {"Nordwind": {SELLER: 0.9, BUYER: 0.05}, "Tannenhof": {SELLER: 0.8, BUYER: 0.15}}
    keys = ((50.0, 112.0, key), (350.0, 112.0, key)) if key else ()
    y = 124.0 if key else 112.0
    found = read((50, 100, "Buyer"), (350, 100, "Seller"), *keys, (50, y, "Nordwind"), (350, y, "Tannenhof"), **names)
    assert (found.seller_name, found.buyer_name) == ("Tannenhof", "Nordwind")


def test_what_is_no_key_between_a_heading_and_a_name_is_left_to_the_network() -> None:
    names = {"Nordwind": {SELLER: 0.97}}
    assert read((50, 100, "Buyer"), (50, 112, "Harbour 7"), (350, 124, "Nordwind"), **names).seller_name == "Nordwind"


def test_the_heading_over_the_key_of_a_name_is_that_of_the_name() -> None:
    """Two blocks beside each other; the value stands right of its heading's edge, and the line begins in the other block."""
    names = {"Nordwind": {BUYER: 0.75, SELLER: 0.2}, "Tannenhof": {SELLER: 0.75, BUYER: 0.2}}
    lines = ((50.0, 100.0, "Customer"), (350.0, 100.0, "Supplier"), (50.0, 114.0, "Name:"), (110.0, 114.0, "Tannenhof"))
    found = read(*lines, (350.0, 114.0, "Name:"), (440.0, 114.0, "Nordwind"), **names)
    assert (found.seller_name, found.buyer_name) == ("Nordwind", "Tannenhof")


@pytest.mark.parametrize(("seller_term", "buyer_term", "swapped"), [("[BT-27]", "[BT-44]", False), ("[BT-44]", "[BT-27]", True)])
@pytest.mark.parametrize("over", [True, False])
def test_the_number_of_a_business_term_tells_whose_a_name_is(seller_term: str, buyer_term: str, swapped: bool, over: bool) -> None:
    names = {"Nordwind": {SELLER: 0.7, BUYER: 0.2}, "Tannenhof": {BUYER: 0.7, SELLER: 0.2}}
    if over:
        lines = (
            (50.0, 100.0, f"Name {seller_term}"),
            (50.0, 112.0, "Nordwind"),
            (50.0, 200.0, f"Name {buyer_term}"),
            (50.0, 212.0, "Tannenhof"),
        )
    else:
        lines = ((50.0, 100.0, f"Name {seller_term} Nordwind"), (50.0, 200.0, f"Name {buyer_term} Tannenhof"))
    found = read(*lines, **names)
    parties = ("Tannenhof", "Nordwind") if swapped else ("Nordwind", "Tannenhof")
    assert (found.seller_name, found.buyer_name) == parties


@pytest.mark.parametrize(("caption", "paid"), [("Account holder:", True), ("Virement pour", True), ("Delivered by", False)])
def test_the_holder_of_the_account_is_the_seller(caption: str, paid: bool) -> None:
    names = {"Nordwind": {SELLER: 0.8, BUYER: 0.15}, "Tannenhof": {BUYER: 0.75, SELLER: 0.2}}
    found = read((50, 100, "Nordwind"), (50, 200, "Tannenhof"), (50, 700, f"{caption} TANNENHOF"), **names)
    assert (found.seller_name, found.buyer_name) == (("Tannenhof", "Nordwind") if paid else ("Nordwind", "Tannenhof"))


@pytest.mark.parametrize(("heading", "seller"), [("Recipient)", "Nordwind"), ("Recipient", None)])
def test_half_of_a_remark_in_brackets_heads_no_block(heading: str, seller: str | None) -> None:
    found = read((50, 88, "(Original for"), (50, 100, heading), (50, 112, "Nordwind"), Nordwind={SELLER: 0.9, BUYER: 0.06})
    assert found.seller_name == seller


@pytest.mark.parametrize(("labels", "buyer"), [(("Order", "Date", "Bank"), "Contoso"), (("Name", "Name", "Name"), "Fabrikam")])
def test_numbers_of_business_terms_that_stand_with_labels_of_all_kinds_tell_nothing(labels: tuple[str, ...], buyer: str) -> None:
    """BT-27 is the seller's name; where it numbers anything, the headings say whose a name is."""
    page = [(50.0, 40.0 + 12 * k, f"BT-27 {label}: x") for k, label in enumerate(labels)]
    page += [(50.0, 112.0, "Customer"), (50.0, 124.0, "BT-27 Name: Contoso"), (300.0, 180.0, "Fabrikam")]
    found = assemble(tagged(*page, opinions={"Contoso": {BUYER: 0.6, SELLER: 0.3}, "Fabrikam": {BUYER: 0.3, SELLER: 0.6}})).header
    assert found.buyer_name == buyer
