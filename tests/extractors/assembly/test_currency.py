"""Currencies: names, symbols, and what only looks like one."""

import pytest
from tagged_pages import tagged

from extractors.assembly.currency import currency_code
from extractors.assembly.document import assemble


@pytest.mark.parametrize(
    ("token", "language", "country", "code"),
    [
        ("EUR", "de", None, "EUR"), ("€", "fr", None, "EUR"), ("(kr)", "sv", None, "SEK"), ("kr.", "da", None, "DKK"), ("$", "en", "CA", "CAD"),
        ("$", "en", None, "USD"), ("$", "es", None, "MXN"), ("M.N.", "es", None, "MXN"), ("A$", "en", None, "AUD"), ("Pos.", "de", None, None),
    ],
)  # fmt: skip
def test_a_token_is_read_as_its_currency(token: str, language: str, country: str | None, code: str | None) -> None:
    assert currency_code(token, language=language, country=country) == code


@pytest.mark.parametrize(
    ("line", "language", "code"),
    [
        ("Invoice FT-57199", "en", None),
        ("Ref RS-2807 KR-63", "en", None),
        ("container 20ft", "nl", None),
        ("Total 1 250,00Ft", "hu", "HUF"),
        ("Total kr1.250,00", "da", "DKK"),
        ("Totaal kr4352,14 kr261,13", "nl", "SEK"),
        ("Total EUR: 14.00", "en", "EUR"),
        ("TOTAL - 0.49M.N.", "es", "MXN"),
        ("Gesamt netto 1243.47Fr.", "de", "CHF"),
        ("Att betala SEK# 52,78", "sv", "SEK"),
        ("Netto Euro10.249,73", "de", "EUR"),
        ("Total 83.37Euro", "en", "EUR"),
        ("INVOICE TOTAL: −17.12C$", "en", "CAD"),
        ("Inclusief btw: €(362.230,82)", "nl", "EUR"),
        ("Valuta documentoEUR", "it", "EUR"),
        ("Bedrag in euro 12,00", "nl", "EUR"),
        ("Eurotax 12,00", "nl", None),
        ("DATUM ZDANITELNÉHO PLNĚNÍ 12,00", "cs", None),
    ],
)
def test_letters_on_numbers_are_a_currency_only_on_amounts(line: str, language: str, code: str | None) -> None:
    assert assemble(tagged((50, 80, line), opinions={}, language=language)).header.currency == code


def test_a_mexican_tax_number_makes_the_dollar_a_peso() -> None:
    page = tagged((50, 40, "ABC010203XY9 Obras"), (50, 80, "Total $ 100.00"), opinions={"$": {"header.currency": 0.9}}, language="en")
    assert assemble(page).header.currency == "MXN"


def test_an_amount_converted_into_another_currency_does_not_outvote_the_totals() -> None:
    amounts = {"$100.00": {"header.net_total": 0.9}, "$20.00": {"header.tax_total": 0.9}, "$120.00": {"header.gross_total": 0.9}}
    page = tagged(
        (50, 60, "Net $100.00"),
        (50, 80, "Tax $20.00"),
        (50, 100, "Total $120.00"),
        (50, 140, "Equivalent EUR 111.00"),
        opinions={**amounts, "EUR": {"header.currency": 0.98}},
        language="en",
    )
    assert assemble(page).header.currency == "USD"


def test_a_printed_code_says_which_dollar_is_meant() -> None:
    opinions = {"$": {"header.currency": 0.9}, "CAD": {"header.currency": 0.9}}
    page = tagged((50, 40, "Depot Bendigo VIC 3350"), (50, 60, "Invoice currency CAD"), (50, 80, "Each $ 100.00"), opinions=opinions)
    assert assemble(page).header.currency == "CAD"


def test_a_canadian_account_number_makes_the_dollar_canadian() -> None:
    opinions = {"$": {"header.currency": 0.9}, **{w: {"header.seller_vat_id": 0.9} for w in ("123", "456", "789", "RT0001")}}
    page = tagged((50, 60, "TPS 123 456 789 RT0001"), (50, 80, "Total $ 100.00"), opinions=opinions, language="fr")
    assert assemble(page).header.currency == "CAD"


@pytest.mark.parametrize(("rate", "code"), [("9.0353", "GBP"), ("9.1353", "USD")])
def test_a_total_times_the_printed_rate_is_in_a_foreign_currency(rate: str, code: str) -> None:
    page = tagged(
        (50, 80, "Total 1200.00"),
        (50, 120, "Exchange rate 1 USD = " + rate + " GBP"),
        (50, 140, "Total USD 10842.36"),
        opinions={"1200.00": {"header.gross_total": 0.9}, "USD": {"header.currency": 0.5}},
    )
    assert assemble(page).header.currency == code


@pytest.mark.parametrize("converted", ["Total GBP USD 10842.36", "Total USD 10 842.36"])
def test_a_converted_total_is_told_by_the_code_beside_it_however_it_is_grouped(converted: str) -> None:
    page = tagged(
        (50, 80, "Total 1200.00"),
        (50, 120, "Exchange rate USD/GBP 9.0353"),
        (50, 140, converted),
        opinions={"1200.00": {"header.gross_total": 0.9}, "USD": {"header.currency": 0.5}},
    )
    assert assemble(page).header.currency == "GBP"


def test_the_sellers_own_address_says_which_dollar_is_meant() -> None:
    seller = {"Billabong": {"header.seller_name": 0.97}, "Corp": {"header.buyer_name": 0.97}, "$": {"header.currency": 0.9}}
    page = tagged(
        (50, 40, "Billabong"),
        (50, 52, "QLD 4000"),
        (300, 40, "Corp"),
        (300, 52, "Denver CO 80202"),
        (300, 64, "Denver CO 80203 USA"),
        (50, 200, "Total $ 100.00"),
        opinions=seller,
    )
    assert assemble(page).header.currency == "AUD"


def test_a_price_told_in_the_name_of_an_item_says_nothing_of_the_documents_currency() -> None:
    in_name = {word: {"line.description": 0.95} for word in ("Printing,", "16.35", "USD", "each")}
    assert assemble(tagged((50, 80, "Printing, 16.35 USD each"), opinions=in_name)).header.currency is None
    assert assemble(tagged((50, 80, "Printing, 16.35 USD each"), opinions={})).header.currency == "USD"


def test_a_code_beside_the_totals_outvotes_one_that_the_network_saw_elsewhere() -> None:
    amounts = {"4893.55": {"header.net_total": 0.9}, "1223.39": {"header.tax_total": 0.9}, "6116.94": {"header.gross_total": 0.9}}
    page = tagged(
        (50, 40, "Disposal 75.59 EUR each"),
        (50, 80, "Net 4893.55 DKK"),
        (50, 100, "Tax 1223.39 DKK"),
        (50, 120, "Total 6116.94 DKK"),
        opinions={**amounts, "EUR": {"header.currency": 0.6}},
    )
    assert assemble(page).header.currency == "DKK"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("Ballarat VIC, 3350", "AUD"),
        ("Adelaide SA 5000", "AUD"),
        ("A.C.N. 004 028 077", "AUD"),
        ("Omaha, NE, 68102", "USD"),
        ("FEIN 16-8199772", "USD"),
    ],
)
def test_state_postcode_and_register_tell_the_dollar(address: str, code: str) -> None:
    page = tagged((50, 40, address), (50, 52, "CP 80000"), (50, 80, "Total $ 100.00"), opinions={"$": {"header.currency": 0.9}})
    assert assemble(page).header.currency == code


@pytest.mark.parametrize(
    ("lines", "language", "code"),
    [
        (("Torvet 7, 7000 Fredericia, Danmark", "Total 418,20 kr."), "en", "DKK"),
        (("Storgata 7, 0155 Oslo, Norway", "Total 418,20 kr."), "en", "NOK"),
        (("Torvet 7, 7000 Fredericia, Danmark", "Total 418,20 kr."), "sv", "SEK"),
    ],
)
def test_the_country_that_the_page_names_says_which_krone_is_meant(lines: tuple[str, ...], language: str, code: str) -> None:
    page = tagged(
        *((50.0, 80.0 + 20 * k, line) for k, line in enumerate(lines)), opinions={"kr.": {"header.currency": 0.9}}, language=language
    )
    assert assemble(page).header.currency == code


def test_letters_that_another_word_begins_with_are_no_faint_currency() -> None:
    lines = ((50.0, 80.0, "Ft : 2023-4417"), (50.0, 100.0, "Importi in EUR"))
    assert assemble(tagged(*lines, opinions={"Ft": {"header.currency": 0.1}}, language="it")).header.currency == "EUR"
    assert assemble(tagged(*lines, opinions={"Ft": {"header.currency": 0.1}}, language="hu")).header.currency == "HUF"


def test_a_code_beside_the_totals_says_more_than_a_faint_symbol_elsewhere() -> None:
    lines = ((50.0, 80.0, "Data $ 12"), (50.0, 300.0, "TOTAL NET RON: 61.205,30"), (50.0, 320.0, "TOTAL CU TVA: 61.205,30"))
    amount = {"header.net_total": 0.5, "header.gross_total": 0.45}
    page = tagged(*lines, opinions={"$": {"header.currency": 0.06}, "61.205,30": amount}, language="ro")
    assert assemble(page).header.currency == "RON"


def test_national_letters_in_front_of_amounts_count_where_the_seller_is_at_home() -> None:
    lines = ((50.0, 80.0, "NIP PL 1234563218"), (50.0, 200.0, "Net price zł64,00"))
    ids = {"PL": {"header.seller_vat_id": 0.97}, "1234563218": {"header.seller_vat_id": 0.97}}
    assert assemble(tagged(*lines, opinions=ids, language="en")).header.currency == "PLN"
    assert assemble(tagged(*lines, opinions={}, language="en")).header.currency is None


def test_the_mexican_peso_is_read_in_front_of_amounts() -> None:
    assert assemble(tagged((50, 80, "Total M.N.12,430.75"), opinions={}, language="es")).header.currency == "MXN"


@pytest.mark.parametrize(
    ("line", "code"), [("Rate 1 GBP = 11.4200 CHF", None), ("Rate 1 EUR = 11.4200 CHF", "EUR"), ("All prices in CHF", "CHF")]
)
def test_an_exchange_rate_alone_tells_no_currency_but_the_countrys_own(line: str, code: str | None) -> None:
    page = tagged((50, 60, "DE"), (50, 80, line), opinions={"DE": {"header.seller_vat_id": 0.1}}, language="de")
    assert assemble(page).header.currency == code


def test_a_converted_total_may_be_negative_and_in_groups() -> None:
    amounts = {"-10": {"header.gross_total": 0.9}, "000,00": {"header.gross_total": 0.9}}
    page = tagged(
        (50, 100, "Celkem Kč -10 000,00"),
        (50, 140, "Fakturováno GBP -125 000,00"),
        (50, 160, "Kurz GBP/CZK 12,5000"),
        opinions={**amounts, "GBP": {"header.currency": 0.98}, "Kč": {"header.currency": 0.3}},
        language="cs",
    )
    assert assemble(page).header.currency == "CZK"


@pytest.mark.parametrize(
    ("lines", "language", "code"),
    [
        (("Kudu Supplies (Pty) Ltd", "Total R1,250.00"), "en", "ZAR"), (("Kudu Supplies (Pty) Ltd", "Customer SAR007", "Total R 1250.00"), "en", "ZAR"),
        (("Kudu Supplies Ltd", "Part R1,250.00"), "en", None), (("Customer SAR007",), "en", None), (("Total SAR 0.70",), "en", "SAR"),
        (("Ferretería Norte S.A.S., Bogotá", "Total $ 1.250,00"), "es", "COP"), (("Ferretería Sur, Santiago de Chile", "Total $ 1.250"), "es", "CLP"),
    ],
)  # fmt: skip
def test_the_sellers_country_tells_rand_and_peso(lines: tuple[str, ...], language: str, code: str | None) -> None:
    told = {"$": {"header.currency": 0.9}, "1250.00": {"header.gross_total": 0.9}, "SAR": {"header.currency": 0.9}}
    page = tagged(*((50.0, 40.0 + 20 * k, line) for k, line in enumerate(lines)), opinions=told, language=language)
    assert assemble(page).header.currency == code
