from __future__ import annotations

from decimal import Decimal

import pytest
from invoices import invoice, line, tax, untaxed

from schemas.errors import ConfigurationError
from schemas.invoice import Invoice, Route
from schemas.tax_phrases import find_phrases, parse_phrases
from schemas.tax_treatment import assign_tax_categories


def open_invoice(*, rate: str | None = "0", buyer: str | None = None, seller: str | None = "DE136695976", **more: object) -> Invoice:
    """An untaxed invoice on which no category is printed."""
    return untaxed(
        "S", rate=rate, lines=(line(rate=rate, category=None),), breakdown=(tax(rate, "100.00", "0.00", None),),
        header={"seller_vat_id": seller, "buyer_vat_id": buyer}, **more,
    )  # fmt: skip


def category(document: Invoice, text: str = "") -> str | None:
    return assign_tax_categories(document, text).line_items[0].tax_category


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Steuerfreie innergemeinschaftliche Lieferung gem. § 4 Nr. 1b i.V.m. § 6a UStG", "K"),
        ("INTRA-COMMUNITY SUPPLY, VAT exempt under art. 138 of Directive 2006/112/EC", "K"),
        ("Exonération de TVA, article 262 ter I du CGI", "K"),
        ("Steuerfreie Ausfuhrlieferung nach § 6 UStG", "G"),
        ("Operación exenta por exportación", "G"),
        ("Steuerschuldnerschaft des Leistungsempfängers (§13b UStG)", "AE"),
        ("Btw verlegd", "AE"),
        ("Inversión del sujeto pasivo", "AE"),
        ("Autoliquidation de la TVA par le preneur", "AE"),
        ("Omvänd betalningsskyldighet", "AE"),
        ("Gemäß § 19 Abs. 1 UStG wird keine Umsatzsteuer berechnet", "E"),
        ("TVA non applicable, art. 293 B du CGI", "E"),
        ("Operazione in franchigia da IVA ai sensi della L. 190/2014 - regime forfettario", "E"),
        ("Factuur vrijgesteld van OB o.g.v. de kleineondernemersregeling", "E"),
        ("Sprzedawca zwolniony podmiotowo z podatku VAT", "E"),
        ("Differenzbesteuerung: Gebrauchtgegenstände/Sonderregelung", "E"),
        ("Nullsteuersatz nach § 12 Abs. 3 UStG", "Z"),
        ("Durchlaufende Posten, nicht steuerbar", "O"),
    ],
)
def test_phrases_decide_untaxed_lines(text: str, expected: str) -> None:
    document = assign_tax_categories(open_invoice(), f"Rechnung R-17\n\n{text}\n\nVielen Dank")
    assert (document.line_items[0].tax_category, document.tax_breakdown[0].category) == (expected, expected)
    assert document.notes[0].startswith(text.split()[0])


def test_a_rate_above_zero_is_standard_whatever_the_terms_say() -> None:
    text = "Reverse charge applies to customers in other member states."
    assert category(invoice(lines=(line(category=None),)), text) == "S"


def test_the_canaries_have_their_own_tax() -> None:
    document = invoice(
        lines=(line(rate="7", category=None),), breakdown=(tax("7", "100.00", "7.00", None),), header={"seller_vat_id": "ESB12345674"}
    )
    assert category(document, "IGIC 7 %") == "L"
    assert category(document, "IPSI 7 %") == "M"


@pytest.mark.parametrize(
    ("seller", "buyer", "spend", "expected"),
    [
        ("DE136695976", "ATU12345675", "materials_and_merchandise", "K"),
        ("DE136695976", "ATU12345675", "professional_services", "AE"),
        ("DE136695976", "CHE-123.456.788", "materials_and_merchandise", "G"),
        ("DE136695976", "CHE-123.456.788", "professional_services", "O"),
        ("DE136695976", None, "insurance", "E"),
        ("GB980780684", None, "materials_and_merchandise", "Z"),
        (None, None, None, "E"),
    ],
)
def test_parties_decide_where_the_page_is_silent(seller: str | None, buyer: str | None, spend: str | None, expected: str) -> None:
    document = open_invoice(seller=seller, buyer=buyer)
    document = document.replace(line_items=(line(rate="0", category=None, spend_category=spend),))
    assert category(document) == expected


def test_nothing_printed_and_nobody_known_stays_open() -> None:
    document = open_invoice(rate=None, seller=None).replace(tax_breakdown=())
    assert category(document) is None
    assert category(document.replace(seller_country="US")) == "O"


def test_a_line_without_rate_in_a_mixed_invoice_stays_open() -> None:
    document = invoice(lines=(line(rate=None, category=None),), breakdown=(tax("19"), tax("0", "5.00", "0.00", None)))
    assert category(document) is None
    assert category(invoice(lines=(line(rate=None, category=None),))) == "S"


def test_printed_codes_stand_where_they_fit_the_rate() -> None:
    assert category(untaxed("O"), "Steuerfreie Ausfuhrlieferung") == "O"
    wrong = untaxed("S", lines=(line(rate="0", category="S"),))
    assert category(wrong, "Steuerfreie Ausfuhrlieferung") == "G"
    assert category(wrong.replace(route=Route.EINVOICE_XML)) == "S"


def test_printed_values_and_rates_are_left_alone() -> None:
    document = invoice(lines=(line(rate=None, category=None),))
    assert assign_tax_categories(document, "").line_items[0].tax_rate is None
    assert assign_tax_categories(document, "").header == document.header


def test_a_longer_phrase_wins_and_paragraphs_need_their_sign() -> None:
    names = [match.treatment.name for match in find_phrases("Hauptstr. 13b, 66 Stück, 90 g; § 13b UStG")]
    assert names == ["reverse_charge"]
    assert [m.treatment.name for m in find_phrases("innergemeinschaftliche sonstige Leistung")] == ["reverse_charge"]


def test_long_pages_are_read_in_no_time() -> None:
    assert find_phrases("steuer frei 19 ustg art nr lieferung " * 20_000)[:1]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "expected a list"),
        ({"treatments": [{"category": "E"}]}, "entry 1"),
        ({"treatments": [{"treatment": "x", "category": "Q", "source": "law"}]}, "found 'Q'"),
        ({"treatments": [{"treatment": "x", "category": "E"}]}, "source is missing"),
        ({"treatments": [{"treatment": "x", "category": "E", "source": "law", "phrases": {"de": [" ."]}}]}, "x, de"),
    ],
)
def test_unusable_phrase_files_are_refused_with_the_entry(document: object, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        parse_phrases(document)


def test_zero_rate_of_a_breakdown_row_without_rate() -> None:
    document = open_invoice().replace(tax_breakdown=(tax(None, "100.00", "0.00", None),))
    assert assign_tax_categories(document, "Reverse charge").tax_breakdown[0].category == "AE"
    assert assign_tax_categories(document, "Reverse charge").tax_breakdown[0].taxable_amount == Decimal("100.00")
