"""What stands beside a value decides where the network is in doubt or mistaken."""

from datetime import date
from decimal import Decimal

import pytest
from tagged_pages import tagged

from extractors.assembly.caption_words import match, plain
from extractors.assembly.document import assemble
from extractors.assembly.header import clean_identifier, clean_name, clean_vat_id, iban_is_valid
from extractors.assembly.spans import Words, find_spans, join_wrapped


@pytest.mark.parametrize(
    ("topic", "text", "kind"),
    [
        ("amount", "Rechnungssumme ohne USt.", "net_total"),
        ("amount", "Total (incl. VAT)", "gross_total"),
        ("amount", "VAT total:", "tax_total"),
        ("amount", "Sum før mva:", "net_total"),
        ("amount", "Net invoice total", "net_total"),
        ("amount", "Totale (IVA escl.)", "net_total"),
        ("amount", "VAT included in total: 20", "tax_total"),
        ("amount", "Total VAT included", "gross_total"),
        ("amount", "Kwota do zapłaty:", "amount_due"),
        ("number", "Kunden-Nr.", "other_number"),
        ("number", "N° facture :", "invoice_number"),
        ("number", "P.O. Box", "other_number"),
        ("number", "Credit for invoice", "corrected_number"),
        ("number", "Gutschrift zu Rechnung Nr.", "corrected_number"),
        ("number", "Krediterar faktura nr", "corrected_number"),
        ("number", "A storno della fattura n.", "corrected_number"),
        ("date", "Datum/Uhrzeit", "issue_date"),
        ("date", "Udskrevet den", "other_date"),
        ("date", "Faktureringsperiode 1-12-2023 -", "other_date"),
        ("date", "Datum valuty", "other_date"),
        ("number", "Stornorechnung Nr.", "credit_number"),
        ("number", "Číslo opravného dokladu", "credit_number"),
        ("number", "Credit No.", "credit_number"),
        ("number", "Invoice Code", "invoice_number"),
        ("number", "Factnr:", "invoice_number"),
        ("number", "Schlussrechnung", "invoice_number"),
        ("number", "XRechnung", None),
        ("number", "Identifiant", "other_number"),
        ("number", "Betreft factuur:", "corrected_number"),
        ("number", "Číslo požadavku", "other_number"),
        ("amount", "Razem przed rabatem", "line_total"),
        ("amount", "Total before discount", "line_total"),
        ("amount", "Total discount", "allowance"),
        ("party", "Date furnizor", "seller"),
        ("number", "NC n.º", "credit_number"),
        ("number", "Gutschrift zu Rechnung", "corrected_number"),
        ("number", "Re: Invoice", "invoice_number"),
        ("number", "Your Order Ref", "order_number"),
        ("number", "N° BDC:", "order_number"),
        ("number", "Obj. zákazníka:", "order_number"),
        ("number", "Rekv.nr.:", "order_number"),
        ("number", "Buyer's reference", "other_number"),
        ("number", "Referenz des Käufers:", "other_number"),
        ("number", "Notre n° de commande", "other_number"),
        ("number", "Naše obj. č.:", "other_number"),
        ("number", "Ord. n.", "weak_order_number"),
        ("date", "Date de valeur", "other_date"),
        ("date", "Date d'édition", "issue_date"),
        ("date", "Liefer- und Leistungsdatum:", "other_date"),
        ("date", "Fatura tarihi", "issue_date"),
        ("date", "Düz. Tarihi", "issue_date"),
        ("date", "Hizmet verilen tarih", "other_date"),
        ("date", "Data contabilística:", "other_date"),
        ("date", "Vervaldag", "due_date"),
        ("date", "F. vto.", "due_date"),
        ("party", "Käufer/Leistungsempfänger", "buyer"),
        ("party", "Zleceniodawca", "buyer"),
        ("party", "Dane sprzedawcy", "seller"),
        ("party", "Datos fiscales emisor", "seller"),
        ("party", "Coordonnées du client", "buyer"),
        ("party", "Luogo di destinazione", "delivery"),
        ("party", "Laskun saaja", "buyer"),
        ("party", "Saaja", "other_party"),
    ],
)
def test_captions_are_told_apart(topic: str, text: str, kind: str | None) -> None:
    assert match(topic, plain(text)) == kind


def test_the_spanish_abbreviation_of_an_invoice_heads_no_party() -> None:
    assert match("party", plain("Fra.:"), whole=True) is None


def test_a_copyright_line_is_no_invoice_number() -> None:
    found = assemble(
        tagged(
            (50, 40, "Layout © ABC 2025"),
            (50, 80, "Invoice No. 4711-A"),
            opinions={
                "ABC": {"header.invoice_number": 0.6},
                "2025": {"header.invoice_number": 0.95},
                "4711-A": {"header.invoice_number": 0.4},
            },
        )
    )
    assert found.header.invoice_number == "4711-A"


def test_a_customer_number_is_no_invoice_number() -> None:
    found = assemble(
        tagged(
            (50, 80, "Customer number: 998877"),
            (50, 100, "Invoice number: 210111"),
            opinions={"998877": {"header.invoice_number": 0.93}, "210111": {"header.invoice_number": 0.38}},
        )
    )
    assert found.header.invoice_number == "210111"


def test_the_last_day_of_a_discount_is_not_the_due_date() -> None:
    found = assemble(
        tagged(
            (50, 60, "Rechnungsdatum: 01.06.2025"),
            (50, 100, "Zahlbar bis 15.06.2025 mit 2 % Skonto"),
            (50, 120, "oder netto bis 01.07.2025"),
            opinions={
                "01.06.2025": {"header.issue_date": 0.97},
                "15.06.2025": {"header.due_date": 0.8},
                "01.07.2025": {"header.due_date": 0.3},
            },
            language="de",
        )
    )
    assert found.header.due_date == date(2025, 7, 1)
    assert found.header.issue_date == date(2025, 6, 1)


def test_day_and_month_change_places_where_only_that_puts_the_due_date_after_the_issue_date() -> None:
    found = assemble(
        tagged(
            (50, 60, "Invoice date: 01/11/20"),
            (50, 80, "Due date: 02/01/20"),
            (50, 100, "Regina SK S4P 3Y2 Canada"),
            opinions={"01/11/20": {"header.issue_date": 0.97}, "02/01/20": {"header.due_date": 0.97}},
        )
    )
    assert (found.header.issue_date, found.header.due_date) == (date(2020, 1, 11), date(2020, 2, 1))


def test_a_due_date_never_lies_before_the_issue_date() -> None:
    found = assemble(
        tagged(
            (50, 60, "Invoice date: 2025-06-10"),
            (50, 80, "2025-06-01"),
            opinions={"2025-06-10": {"header.issue_date": 0.97}, "2025-06-01": {"header.due_date": 0.9}},
        )
    )
    assert found.header.due_date is None


def test_the_headings_of_the_blocks_tell_seller_from_buyer() -> None:
    found = assemble(
        tagged(
            (50, 80, "Seller"),
            (50, 94, "Nordwind GmbH"),
            (50, 108, "VAT ID: DE123456789"),
            (50, 200, "Buyer"),
            (50, 214, "Tannenhof AG"),
            (50, 228, "VAT ID: DE987654321"),
            opinions={
                "Nordwind": {"header.buyer_name": 0.6, "header.seller_name": 0.2},
                "Tannenhof": {"header.seller_name": 0.6, "header.buyer_name": 0.2},
                "GmbH": {"header.buyer_name": 0.6, "header.seller_name": 0.2},
                "AG": {"header.seller_name": 0.6, "header.buyer_name": 0.2},
                "DE123456789": {"header.seller_vat_id": 0.97},
                "DE987654321": {"header.seller_vat_id": 0.97},
            },
        )
    )
    assert (found.header.seller_name, found.header.buyer_name) == ("Nordwind GmbH", "Tannenhof AG")
    assert (found.header.seller_vat_id, found.header.buyer_vat_id) == ("DE123456789", "DE987654321")


SELLER, BUYER = "header.seller_name", "header.buyer_name"
BOTH_SWAPPED = {"Nordwind": {BUYER: 0.95}, "GmbH": {BUYER: 0.95}, "Tannenhof": {SELLER: 0.95}, "AG": {SELLER: 0.95}}


def test_the_foot_of_the_page_sets_right_the_blocks_that_the_network_took_for_each_other() -> None:
    blocks = ((50.0, 80.0, "Nordwind GmbH"), (50.0, 200.0, "Tannenhof AG"))
    foot = {"NORDWIND": {SELLER: 0.95}, "GMBH": {SELLER: 0.95}}
    found = assemble(tagged(*blocks, (50, 800, "NORDWIND GMBH"), opinions={**BOTH_SWAPPED, **foot}))
    assert (found.header.seller_name or "").casefold() == "nordwind gmbh"
    assert found.header.buyer_name == "Tannenhof AG"
    alone = assemble(tagged(*blocks, opinions=BOTH_SWAPPED))
    assert (alone.header.seller_name, alone.header.buyer_name) == ("Tannenhof AG", "Nordwind GmbH"), "nothing contradicts the network"


def test_a_name_at_the_foot_of_the_page_is_rather_the_sellers() -> None:
    doubtful = {
        "Nordwind": {BUYER: 0.5, SELLER: 0.4},
        "GmbH": {BUYER: 0.5, SELLER: 0.4},
        "Tannenhof": {BUYER: 0.5, SELLER: 0.4},
        "AG": {BUYER: 0.5, SELLER: 0.4},
    }
    blocks = ((50.0, 80.0, "Nordwind GmbH"), (50.0, 200.0, "Tannenhof AG"))
    for at_foot, other in (("Nordwind GmbH", "Tannenhof AG"), ("Tannenhof AG", "Nordwind GmbH")):
        found = assemble(tagged(*blocks, (50, 800, f"{at_foot.upper()} · IBAN DE02120300000000202051"), opinions=doubtful))
        assert (found.header.seller_name, found.header.buyer_name) == (at_foot, other)


def test_the_party_that_goods_are_delivered_to_is_rather_the_buyer() -> None:
    doubtful = {word: {SELLER: 0.5, BUYER: 0.4} for word in ("Nordwind", "GmbH", "Tannenhof", "AG")}
    blocks = ((50.0, 80.0, "Nordwind GmbH"), (50.0, 200.0, "Tannenhof AG"))
    for delivered, other in ((0, "Tannenhof AG"), (1, "Nordwind GmbH")):
        at = ((350.0, 300.0, "Delivery address"), (350.0, 314.0, blocks[delivered][2].upper()))
        found = assemble(tagged(*blocks, *at, opinions=doubtful))
        assert (found.header.seller_name, found.header.buyer_name) == (other, blocks[delivered][2])


def test_a_name_that_a_narrow_column_cut_is_given_whole_where_it_is_printed_whole_more_often() -> None:
    named = {"Advocaten": {SELLER: 0.97}, "Hendriks": {SELLER: 0.97}}
    whole = ((50.0, 300.0, "Advocaten Hendriks"), (50.0, 700.0, "Advocaten Hendriks"))
    assert assemble(tagged((50, 40, "Advocaten"), *whole, opinions=named)).header.seller_name == "Advocaten Hendriks"
    once = assemble(tagged((50, 40, "Advocaten"), (50, 500, "Advocaten"), whole[0], opinions=named))
    assert once.header.seller_name == "Advocaten"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Nordwind Textil, Hans Strand, Hafenweg 10, 24103 Kiel", "Nordwind Textil"),
        ("Nordwind Textil, Hans Strand", "Nordwind Textil, Hans Strand"),  # nothing tells that the line is an address
        ("Nordwind GmbH, Hans Strand", "Nordwind GmbH"),
        ("Nordwind, Strand & Partner, Hafenweg 10", "Nordwind, Strand & Partner"),
        ("Nordwind, Hans Strand GmbH, Hafenweg 10", "Nordwind, Hans Strand GmbH"),
    ],
)
def test_a_person_behind_a_comma_is_no_part_of_the_name(line: str, name: str) -> None:
    named = {word: {SELLER: 0.97} for word in line.replace("Hafenweg 10", "").replace("24103 Kiel", "").split()}
    assert assemble(tagged((50, 40, line), opinions=named)).header.seller_name == name


@pytest.mark.parametrize(
    ("elsewhere", "name"), [("Nordwind Textil", "Nordwind Textil"), ("Nordwind Textil Nord", "Nordwind Textil, Hans Strand")]
)
def test_a_person_behind_a_name_that_stands_alone_elsewhere_is_no_part_of_it(elsewhere: str, name: str) -> None:
    named = {word: {SELLER: 0.97} for word in ("Textil,", "Hans", "Strand")} | {"Nordwind": {SELLER: 0.9}}
    found = assemble(tagged((50, 80, "Nordwind Textil, Hans Strand"), (50, 700, elsewhere), opinions=named))
    assert found.header.seller_name == name


def test_a_person_behind_a_name_is_no_part_of_it_where_the_address_follows_below() -> None:
    named = {word: {SELLER: 0.97} for word in ("Nordwind", "Textil,", "Hans", "Strand,")}
    found = assemble(tagged((50, 80, "Nordwind Textil, Hans Strand,"), (50, 92, "Hafenweg 10, 24103 Kiel"), opinions=named))
    assert found.header.seller_name == "Nordwind Textil"


@pytest.mark.parametrize(("line", "number"), [("Č. fa20240311-2", "20240311-2"), ("Kód fa20240311-2", "fa20240311-2")])
def test_small_letters_that_end_a_label_are_no_part_of_a_number(line: str, number: str) -> None:
    found = assemble(tagged((50, 80, line), opinions={"fa20240311-2": {"header.invoice_number": 0.97}}, language="cs"))
    assert found.header.invoice_number == number


def test_a_legal_form_that_is_broken_over_two_lines_is_one() -> None:
    named = {word: {SELLER: 0.97} for word in ("Talleres", "Luna", "S.", "de", "R.L.", "C.V.")}
    page = tagged(
        (50, 40, "Talleres Luna S. de"), (50, 52, "R.L. de C.V."), (50, 64, "Avenida Insurgentes Sur 1602, piso 4"), opinions=named
    )
    page.starts[:] = 0.0
    assert assemble(page).header.seller_name == "Talleres Luna S. de R.L. de C.V."


def test_a_name_goes_on_in_the_line_under_it_rather_than_beside_it() -> None:
    named = {word: {SELLER: 0.97} for word in ("Eventos", "Luna", "S.A.", "S.L.", "Grupo")}
    page = tagged((50, 40, "Eventos Luna"), (140, 44, "Grupo Luna S.L."), (50, 52, "S.A."), opinions=named)
    page.starts[:] = [1, 0, 1, 0, 0, 0]
    found = join_wrapped(Words(page), find_spans(Words(page), page.labels), page.labels)
    assert "Eventos Luna S.A." in [span.text for span in found]


def test_a_number_behind_a_caption_of_its_own_does_not_continue_the_one_above() -> None:
    both = {"KN/2018/2457": {"header.invoice_number": 0.97}, "2018-39": {"header.invoice_number": 0.5}}
    page = tagged((50, 40, "Tax Invoice Number KN/2018/2457"), (50, 52, "Related Invoice 2018-39"), opinions=both)
    page.starts[:] = 0.0
    assert assemble(page).header.invoice_number == "KN/2018/2457"


@pytest.mark.parametrize(("above", "joined"), [("Herdeiros de", True), ("Herdeiros Luna", False)])
def test_a_name_that_ends_in_a_joining_word_goes_on_in_the_next_line(above: str, joined: bool) -> None:
    named = {word: {SELLER: 0.97} for word in ("Herdeiros", "de", "Luna", "Juliana", "Sousa")}
    page = tagged((50, 40, above), (50, 52, "Juliana Sousa"), (50, 64, "Avenida da Liberdade 110, terceiro andar"), opinions=named)
    page.starts[:] = [1, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    found = join_wrapped(Words(page), find_spans(Words(page), page.labels), page.labels)
    assert (f"{above} Juliana Sousa" in [span.text for span in found]) is joined


def test_the_words_of_a_line_that_is_spaced_out_are_one_name() -> None:
    page = tagged((50, 40, "NORD WIND GROUP"), opinions={"NORD": {SELLER: 0.6}, "WIND": {SELLER: 0.3}, "GROUP": {SELLER: 0.97}})
    (sheet,) = page.document.pages
    sheet.boxes[:, 0] = [50, 79, 108]  # 9 points, nine tenths of an em, between the words
    sheet.boxes[:, 2] = [70, 99, 133]
    assert assemble(page).header.seller_name == "NORD WIND GROUP"


def test_letters_that_are_glued_to_the_label_of_a_number_begin_it() -> None:
    page = tagged((50, 80, "DokumentnummerINV 2018/8232"), opinions={"2018/8232": {"header.invoice_number": 0.97}}, language="de")
    assert assemble(page).header.invoice_number == "INV 2018/8232"


def test_a_bare_legal_form_is_part_of_the_name_that_ends_in_it() -> None:
    named = {"Nordwind": {SELLER: 0.6}, "Corporation": {SELLER: 0.97}}
    page = tagged((50, 40, "Nordwind Corporation"), (50, 90, "Nordwind Corporation"), (300, 300, "Corporation"), opinions=named)
    assert assemble(page).header.seller_name == "Nordwind Corporation"


@pytest.mark.parametrize("caption", ["Total avant taxes", "Suma przed podatkiem VAT", "Totale prima di IVA"])
def test_a_total_before_tax_is_the_net_total_even_where_it_is_the_gross_total_too(caption: str) -> None:
    totals = {"3589.85": {"header.net_total": 0.97}, "0.00": {"header.tax_total": 0.97}, "3,589.85": {"header.gross_total": 0.97}}
    page = tagged((50, 60, f"{caption} 3589.85"), (50, 80, "VAT 0.00"), (50, 100, "Total 3,589.85"), opinions=totals)
    assert assemble(page).header.net_total == Decimal("3589.85")


def test_a_tax_is_less_than_the_total_that_holds_it() -> None:
    totals = {"188.86": {"header.tax_total": 0.97}, "444756713": {"header.tax_total": 0.03}, "944.31": {"header.gross_total": 0.97}}
    page = tagged((50, 40, "VAT 444756713"), (50, 80, "Incl. 25 % VAT 188.86"), (50, 100, "Total 944.31"), opinions=totals)
    assert assemble(page).header.tax_total == Decimal("188.86")


def test_a_numbered_street_is_no_party() -> None:
    named = {word: {BUYER: 0.9} for word in ("12", "Harbour", "Road")} | {"Tannenhof": {BUYER: 0.6}}
    assert assemble(tagged((50, 40, "Tannenhof"), (50, 80, "12 Harbour Road"), opinions=named)).header.buyer_name == "Tannenhof"


def test_the_profile_of_an_electronic_invoice_is_no_vat_id() -> None:
    profile = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"
    assert assemble(tagged((50, 40, profile), opinions={profile: {"header.seller_vat_id": 0.9}})).header.seller_vat_id is None


def test_the_number_of_a_business_term_is_no_part_of_a_value() -> None:
    assert clean_identifier("(BT-1)711-16") == "711-16"
    assert clean_name("BT-27 Alfamec Srl") == "Alfamec Srl"


def test_what_captions_say_of_the_chosen_values_is_told() -> None:
    values = {"711-16": {"header.invoice_number": 0.97}, "2025-06-10": {"header.issue_date": 0.97}, "35.00": {"header.gross_total": 0.97}}
    parties = {"Nordwind": {SELLER: 0.97}, "Tannenhof": {BUYER: 0.97}}
    said = assemble(
        tagged(
            (50, 40, "Invoice number: 711-16"), (50, 60, "Invoice date: 2025-06-10"), (50, 80, "Buyer"), (50, 94, "Tannenhof"),
            (300, 80, "Nordwind"), (50, 200, "Gross total 35.00"), opinions={**values, **parties},
        )
    ).anchors  # fmt: skip
    assert (said.number, said.date, said.parties, said.parties_otherwise) == (1, 1, True, False)
    assert said.totals >= 1 and said.other_totals == 0
    otherwise = assemble(
        tagged(
            (50, 40, "Customer no. 711-16"), (50, 60, "Delivery date: 2025-06-10"), (50, 80, "Buyer"), (50, 94, "Nordwind"),
            (300, 80, "Tannenhof"), (50, 200, "35.00"), opinions={**values, **parties, "Nordwind": {SELLER: 0.999}},
        )
    ).anchors  # fmt: skip
    assert (otherwise.number, otherwise.date, otherwise.totals) == (-1, -1, 0)


def test_a_name_that_heads_the_page_in_large_letters_is_rather_the_sellers() -> None:
    doubtful = {word: {BUYER: 0.5, SELLER: 0.4} for word in ("Nordwind", "GmbH", "Tannenhof", "AG")}
    blocks = ((50.0, 80.0, "Nordwind GmbH"), (50.0, 200.0, "Tannenhof AG"))
    for large, other in ((0, "Tannenhof AG"), (1, "Nordwind GmbH")):
        thanks = (50.0, 400.0, f"Thank you for choosing {blocks[large][2]}")
        page = tagged(*blocks, *((50.0, 300.0 + 12 * k, "Delivered as agreed") for k in range(4)), thanks, opinions=doubtful)
        (sheet,) = page.document.pages
        sheet.sizes[2 * large : 2 * large + 2] = 24.0
        found = assemble(page)
        assert (found.header.seller_name, found.header.buyer_name) == (blocks[large][2], other)


def test_the_heading_of_a_name_is_no_name() -> None:
    named = {"Leistender": {SELLER: 0.9}, "Unternehmer": {SELLER: 0.9}, "Simone": {SELLER: 0.6}, "Becker": {SELLER: 0.6}}
    found = assemble(tagged((50, 40, "Leistender Unternehmer"), (50, 54, "Name: Simone Becker"), opinions=named, language="de"))
    assert found.header.seller_name == "Simone Becker"


def test_a_name_is_given_with_its_accents_where_the_page_prints_them() -> None:
    named = {"Vanek": {SELLER: 0.97}, "VANĚK": {SELLER: 0.6}, "Tereza": {SELLER: 0.97}, "TEREZA": {SELLER: 0.6}}
    found = assemble(tagged((50, 40, "TEREZA VANĚK"), (50, 700, "Tereza Vanek"), opinions=named))
    assert found.header.seller_name == "TEREZA VANĚK"
    assert found.header.buyer_name is None


def test_a_person_below_a_company_is_no_part_of_its_name_where_the_line_had_room() -> None:
    named = {word: {BUYER: 0.9} for word in ("Bakkerij", "Zeeland", "Kees", "Graaf")}
    block = ((50.0, 80.0, "Bakkerij Zeeland"), (50.0, 92.0, "Kees Graaf"), (50.0, 104.0, "Lange Lindelaan 128 bis, gebouw 3"))
    assert assemble(tagged(*block, opinions=named)).header.buyer_name == "Bakkerij Zeeland"
    narrow = (*block[:2], (50.0, 104.0, "Lindelaan 128"))
    assert assemble(tagged(*narrow, opinions=named)).header.buyer_name == "Bakkerij Zeeland Kees Graaf"


def test_a_legal_form_in_front_of_a_name_belongs_to_it() -> None:
    named = {"Pelletier": {SELLER: 0.95}, "Hôtel": {SELLER: 0.95}}
    assert assemble(tagged((50, 60, "S.A. Hôtel Pelletier"), opinions=named)).header.seller_name == "S.A. Hôtel Pelletier"
    assert assemble(tagged((50, 60, "Facture: Hôtel Pelletier"), opinions=named)).header.seller_name == "Hôtel Pelletier"


def test_the_printed_rounding_lies_between_gross_total_and_amount_due() -> None:
    amounts = {"1,474.04": {"header.net_total": 0.95}, "147.40": {"header.tax_total": 0.95}, "0.01": {"adjustment.rounding": 0.95}}
    both = {"1,621.44": {"header.gross_total": 0.7}, "1,621.45": {"header.amount_due": 0.6, "header.gross_total": 0.35}}
    lines = ("Total before tax 1,474.04", "GST 147.40", "Total charges 1,621.44", "Rounding 0.01", "Outstanding balance 1,621.45")
    found = assemble(tagged(*((50.0, 400.0 + 14 * k, line) for k, line in enumerate(lines)), opinions={**amounts, **both})).header
    assert (found.gross_total, found.amount_due) == (Decimal("1621.44"), Decimal("1621.45"))
    only = ("Total before tax 1,474.04", "GST 147.40", "Rounding 0.01", "Grand total 1,621.45")
    found = assemble(
        tagged(
            *((50.0, 400.0 + 14 * k, line) for k, line in enumerate(only)), opinions={**amounts, "1,621.45": {"header.gross_total": 0.9}}
        )
    ).header
    assert found.gross_total == Decimal("1621.45"), "no other total is printed"


def test_a_name_is_not_cut_to_its_legal_form() -> None:
    found = assemble(
        tagged(
            (50, 40, "Le petit jardin SARL"),
            opinions={
                "petit": {"header.seller_name": 0.3},
                "jardin": {"header.seller_name": 0.7},
                "SARL": {"header.seller_name": 0.8},
                "Le": {"header.seller_name": 0.2},
            },
            language="fr",
        )
    )
    assert found.header.seller_name == "Le petit jardin SARL"


def test_captions_name_the_totals_that_the_network_confuses() -> None:
    found = assemble(
        tagged(
            (300, 600, "Total excl. VAT 120.00"),
            (300, 614, "VAT 20% 24.00"),
            (300, 628, "Total incl. VAT 144.00"),
            (300, 642, "Paid 44.00"),
            (300, 656, "Amount due 100.00"),
            opinions={
                "120.00": {"header.gross_total": 0.9},
                "24.00": {"header.tax_total": 0.6},
                "144.00": {"header.gross_total": 0.8},
                "44.00": {"adjustment.prepaid": 0.9},
                "100.00": {"header.amount_due": 0.9},
            },
        )
    )
    header = found.header
    assert (header.net_total, header.tax_total, header.gross_total) == (Decimal("120.00"), Decimal("24.00"), Decimal("144.00"))
    assert header.amount_due == Decimal("100.00")


@pytest.mark.parametrize(
    ("sign", "label", "total"),
    [("-", "line.gross_amount", "-59.01"), ("-", "line.description", "59.01"), (".", "line.gross_amount", "59.01")],
)
def test_a_minus_that_was_taken_for_another_amounts_belongs_to_the_number_behind_it(sign: str, label: str, total: str) -> None:
    page = tagged(
        (50, 80, f"Discount {sign} 59.01"),
        opinions={"Discount": {"line.description": 0.9}, sign: {label: 0.6}, "59.01": {"line.net_amount": 0.6}},
    )
    assert assemble(page).line_items[0].amount == Decimal(total)


def test_thousands_grouped_by_spaces_are_one_number() -> None:
    found = assemble(
        tagged(
            (300, 600, "Total HT 2 166,50"),
            (300, 614, "TVA 433,30"),
            (300, 628, "Total TTC 2 599,80"),
            opinions={
                "166,50": {"header.net_total": 0.9},
                "433,30": {"header.tax_total": 0.9},
                "599,80": {"header.gross_total": 0.9},
            },
            language="fr",
        )
    )
    assert (found.header.net_total, found.header.gross_total) == (Decimal("2166.50"), Decimal("2599.80"))


def test_a_net_total_that_is_not_printed_stays_empty() -> None:
    found = assemble(tagged((300, 600, "Total 50.00"), opinions={"50.00": {"header.gross_total": 0.95}}))
    assert found.header.gross_total == Decimal("50.00")
    assert found.header.net_total is None
    assert found.header.tax_total is None


def test_a_legal_form_on_a_line_of_its_own_goes_with_the_name_above_it() -> None:
    page = tagged(
        (50, 100, "Harbour Trading"),
        (50, 113, "GmbH"),
        (50, 126, "Dock 4"),
        opinions={"GmbH": {"header.seller_name": 0.9}, "Harbour": {"header.seller_name": 0.02}},
        language="de",
    )
    assert assemble(page).header.seller_name == "Harbour Trading GmbH"


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Spett.le Luca Bianco", "Luca Bianco"), ("Herrn und Frau Wolf Schmidt", "Wolf Schmidt"), ("SAYIN Sultan Yılmaz", "Sultan Yılmaz"),
        ("A la atención de Bodega Luz", "Bodega Luz"), ("LaskutusosoiteRauduskoivu osk", "Rauduskoivu osk"), ("C&A Mode GmbH", "C&A Mode GmbH"),
        ("HR Solutions AG", "HR Solutions AG"), ("CustomerFirst Ltd", "CustomerFirst Ltd"), ("A&A Consulting", "A&A Consulting"),
        ("Don Quijote Libros", "Don Quijote Libros"), ("Herring Supplies", "Herring Supplies"), ("Client Earth Ltd", "Client Earth Ltd"),
        ("Datapol , S.A.", "Datapol, S.A."),
    ],
)  # fmt: skip
def test_salutations_and_headings_are_no_part_of_a_name(printed: str, name: str) -> None:
    assert clean_name(printed) == name


@pytest.mark.parametrize(
    ("printed", "vat_id"),
    [
        ("UE3646198456", "3646198456"), ("IDIT63143900163", "IT63143900163"), ("receptorABC561617A1P", "ABC561617A1P"),
        ("DE878723134 0991/090177", "DE878723134"), ("DE 878 723 134", "DE878723134"), ("IT677220538227", "IT677220538227"),
        ("ATU91034764", "ATU91034764"), ("EU826010755", "EU826010755"), ("FR 81123456789 7712345", "FR81123456789"),
        ("521-34-56-789 6372374608", "521-34-56-789"), ("CZ12345678 CZ", "CZ12345678"), ("DE123456789;941785767", "DE123456789"),
        ("BT-31)DE123456789", "DE123456789"), ("(ES)B12345678", "B12345678"), ("123 456 789 RT0001", "123456789RT0001"),
        ("NO 987 654 321 MVA", "NO987654321MVA"), ("CHE-123.456.789 MWST", "CHE-123.456.789MWST"),
    ],
)  # fmt: skip
def test_a_vat_id_has_neither_a_label_nor_another_number_in_it(printed: str, vat_id: str) -> None:
    assert clean_vat_id(printed) == vat_id


def test_the_country_of_a_vat_id_may_be_glued_to_its_label() -> None:
    page = tagged((50, 80, "Identifikationsnummer:AT U91034764"), opinions={"U91034764": {"header.seller_vat_id": 0.9}}, language="de")
    assert assemble(page).header.seller_vat_id == "ATU91034764"


def test_a_bank_account_goes_on_in_the_next_line() -> None:
    page = tagged(
        (50, 80, "IBAN: DE89 3704 0044"),
        (50, 92, "0532 0130 00"),
        opinions={w: {"header.iban": 0.95} for w in ("DE89", "3704", "0044")},
    )
    assert assemble(page).header.iban == "DE89370400440532013000"


def test_a_bank_account_has_the_length_of_its_country() -> None:
    assert iban_is_valid("DE89370400440532013000")
    longer = next(f"DE{check:02}3704004405320130001" for check in range(2, 99) if _is_97("3704004405320130001131400", check))
    assert not iban_is_valid(longer)


def _is_97(rest: str, check: int) -> bool:
    return int(rest[:-2] + f"{check:02}") % 97 == 1


def test_a_date_under_its_caption_is_no_order_number() -> None:
    page = tagged((50, 80, "Best.datum 201031"), opinions={"201031": {"header.purchase_order": 0.83}}, language="sv")
    assert assemble(page).header.purchase_order is None


def test_an_order_number_that_ends_in_a_hyphen_goes_on_below() -> None:
    page = tagged((50, 80, "PO Number: ORD-"), (101, 92, "483776"), opinions={"ORD-": {"header.purchase_order": 0.95}})
    assert assemble(page).header.purchase_order == "ORD-483776"


def test_a_credit_note_has_its_own_number_not_that_of_the_invoice_it_corrects() -> None:
    found = assemble(
        tagged(
            (50, 80, "Credit op factuur : G0851085"),
            (50, 100, "Creditfactuur nr. : CR.2022.0907"),
            opinions={"G0851085": {"header.invoice_number": 0.9}, "CR.2022.0907": {"header.invoice_number": 0.4}},
            language="nl",
        )
    )
    assert found.header.invoice_number == "CR.2022.0907"


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ("Credit No. 728086", "Invoice Credited R-240038"),
        ("Numéro d'avoir 728086", "Facture n° R-240038"),
        ("note de crédit728086", "Référence factureR-240038"),
    ],
)
def test_beside_a_credit_notes_own_number_that_of_an_invoice_is_another_ones(own: str, other: str) -> None:
    tagged_words = {other.split()[-1]: {"header.invoice_number": 0.97}, own.split()[-1]: {"header.invoice_number": 0.4}}
    assert assemble(tagged((50, 80, other), (50, 100, own), opinions=tagged_words)).header.invoice_number == "728086"
    assert assemble(tagged((50, 80, other), opinions=tagged_words)).header.invoice_number == "R-240038"


def test_a_net_total_from_which_an_allowance_is_taken_without_tax_is_no_contradiction() -> None:
    amounts = {"720.00": {"header.net_total": 0.6}, "64.00": {"adjustment.allowance": 0.97}, "656.00": {"header.gross_total": 0.8}}
    found = assemble(tagged((50, 60, "Total net 720.00"), (50, 80, "Allowance 64.00"), (50, 100, "Total 656.00"), opinions=amounts)).header
    assert (found.net_total, found.gross_total, found.tax_total) == (Decimal("720.00"), Decimal("656.00"), None)


def test_the_taxes_of_the_breakdown_are_the_tax_total_where_none_is_printed() -> None:
    rows = {"20": {"tax.rate": 0.97}, "5": {"tax.rate": 0.97}, "13.62": {"tax.tax_amount": 0.84}, "0.00": {"tax.tax_amount": 0.97}}
    lines = ((50, 60, "VAT 20 % 13.62"), (50, 80, "VAT 5 % 0.00"), (50, 100, "Grand total 81.72"))
    found = assemble(tagged(*lines, opinions={**rows, "81.72": {"header.gross_total": 0.97}})).header
    assert found.tax_total == Decimal("13.62")


def test_lines_that_make_the_total_with_its_tax_speak_for_it() -> None:
    opinions = {
        **{word: {"line.description": 0.97} for word in ("Lamp", "Chair")},
        **{word: {"line.net_amount": 0.97} for word in ("40.00", "61.39")},
        "23.32": {"header.tax_total": 0.9},
        "124.71": {"header.gross_total": 0.45},
    }
    rows = ((50, 40, "Lamp 40.00"), (50, 60, "Chair 61.39"))
    for total, found in (("124.71", Decimal("124.71")), ("125.71", None)):
        words = {**opinions, total: {"header.gross_total": 0.45}}
        page = tagged(*rows, (50, 100, "+ VAT 23.32"), (50, 120, f"Suma {total}"), opinions=words)
        assert assemble(page).header.gross_total == found


@pytest.mark.parametrize(
    ("line", "label", "number"),
    [
        ("Invoice No. 4680/23", "header.purchase_order", "4680/23"),
        ("Invoice No. 4680/23", "line.note", "4680/23"),
        ("Stornierung Nr. 4680/23", "line.note", "4680/23"),
        ("Room 4680/23", "line.note", None),
    ],
)
def test_a_caption_alone_tells_the_number_of_an_invoice(line: str, label: str, number: str | None) -> None:
    page = tagged((50, 80, line), opinions={"4680/23": {label: 0.45}})
    assert assemble(page).header.invoice_number == number


@pytest.mark.parametrize(("edge", "joined"), [(50.0, True), (90.0, False)])
def test_a_value_goes_on_in_the_next_line_where_its_own_line_is_full(edge: float, joined: bool) -> None:
    labels = {w: {"header.issue_date": 0.9} for w in ("19.", "Februar", "2020")}
    page = tagged((50, 80, "Schlussrechnung über Leistungen im Winter vom 19."), (edge, 92, "Februar 2020"), opinions=labels)
    words = Words(page)
    found = join_wrapped(words, find_spans(words, page.labels), page.labels)
    assert [span.text for span in found] == (["19. Februar 2020"] if joined else ["19.", "Februar 2020"])


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Kontoindehaver Nortel", "Nortel"),
        ("Name on account Iyer & Sons", "Iyer & Sons"),
        ("Versement pour Cabinet Claes", "Cabinet Claes"),
    ],
)
def test_the_caption_of_an_account_holder_is_no_part_of_his_name(printed: str, name: str) -> None:
    assert clean_name(printed) == name


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("NO. DE FACTURA739374", "739374"),
        ("Invoice number FACTURA739374", "FACTURA739374"),
        ("Facture N° Fct77301", "77301"),
        ("N° Fac77301", "Fac77301"),
    ],
)
def test_the_end_of_a_label_that_is_glued_to_a_number_is_no_part_of_it(line: str, number: str) -> None:
    sure = {"header.invoice_number": 0.97}
    assert assemble(tagged((50, 80, line), opinions={line.split()[-1]: sure}, language="es")).header.invoice_number == number


@pytest.mark.parametrize(
    ("line", "number", "believed"),
    [
        ("FV 2024/17", "FV 2024/17", 0.2),
        ("FV 2024/17", "2024/17", 0.01),
        ("Invoice number: FV 2024/17", "FV 2024/17", 0.01),
        ("Invoice number: FV-B 2024/17", "FV-B 2024/17", 0.01),
        ("Faktura c:B 2024/17", "B 2024/17", 0.0),
        ("Invoice FOR 2024/17", "2024/17", 0.2),
        ("Invoice NO 2024/17", "2024/17", 0.2),
    ],
)
def test_letters_in_front_of_a_number_belong_to_it_where_something_says_so(line: str, number: str, believed: float) -> None:
    letters = {word: {"header.invoice_number": believed} for word in ("FV", "FOR", "NO")}
    page = tagged((50, 80, line), opinions={**letters, "2024/17": {"header.invoice_number": 0.97}})
    assert assemble(page).header.invoice_number == number


@pytest.mark.parametrize(
    ("elsewhere", "name"),
    [
        ("Payee: Brdr. Holm Vikar A/S", "Brdr. Holm Vikar A/S"),
        ("Payee: Brdr. Holm Vikar BV/SRL", "Brdr. Holm Vikar BV/SRL"),
        ("Payee: Brdr. Holm Vikar Bank", "BRDR. HOLM VIKAR"),
        ("Payee: Holm Vikar A/S", "BRDR. HOLM VIKAR"),
    ],
)
def test_a_name_is_given_with_its_legal_form_where_the_page_prints_it(elsewhere: str, name: str) -> None:
    heading = {word: {"header.seller_name": 0.97} for word in ("BRDR.", "HOLM", "VIKAR")}
    assert assemble(tagged((50, 40, "BRDR. HOLM VIKAR"), (50, 700, elsewhere), opinions=heading)).header.seller_name == name


@pytest.mark.parametrize(
    ("lines", "net", "tax"),
    [
        (("Total excl. VAT 36.68", "VAT total 0.00"), "36.68", "0.00"),
        (("Total excl. VAT 36.68", "Exempt"), "36.68", None),
        (("Total excl. VAT 30.00", "Shipping 36.68"), None, None),
    ],
)
def test_without_tax_the_net_total_is_the_gross_total_printed_under_its_own_caption(
    lines: tuple[str, str], net: str | None, tax: str | None
) -> None:
    page = tagged((50, 60, lines[0]), (50, 80, lines[1]), (50, 100, "Total 036.68"), opinions={"036.68": {"header.gross_total": 0.97}})
    header = assemble(page).header
    assert (header.net_total, header.tax_total) == (Decimal(net) if net else None, Decimal(tax) if tax else None)
    assert header.gross_total == Decimal("36.68")


def test_a_date_whose_words_the_network_sees_apart_or_that_a_line_breaks_is_read() -> None:
    apart = {"16.": {"header.issue_date": 0.53}, "Nov.": {"header.issue_date": 0.42}, "2026": {"header.issue_date": 0.35}}
    page = tagged((50, 60, "Ausgestellt am: 16. Nov. 2026"), opinions=apart, language="de")
    page.starts[:] = 1.0
    assert assemble(page).header.issue_date == date(2026, 11, 16)
    broken = {"19.": {"header.issue_date": 0.97}, "Februar": {"header.issue_date": 0.9}, "2020": {"header.issue_date": 0.9}}
    page = tagged((50, 60, "Schlussrechnung Nr. X91 vom 19."), (50, 72, "Februar 2020"), opinions=broken, language="de")
    page.starts[:] = 1.0
    assert assemble(page).header.issue_date == date(2020, 2, 19)


def test_a_number_that_is_cut_in_one_place_is_given_as_it_is_printed_whole_in_another() -> None:
    words = {word: {"header.invoice_number": 0.97} for word in ("9053", "3807")}
    page = tagged((50, 80, "Invoice No. 9053"), (50, 300, "Receipt 9053 3807"), opinions=words)
    assert assemble(page).header.invoice_number == "9053 3807"


@pytest.mark.parametrize(("below", "number"), [("2019", "B95069"), ("17", "B9506917")])
def test_the_year_of_a_date_in_the_next_line_is_no_rest_of_a_number(below: str, number: str) -> None:
    words = {"B95069": {"header.purchase_order": 0.97}, below: {"header.purchase_order": 0.2}}
    page = tagged((50, 80, "Order no."), (50, 92, "B95069"), (50, 104, below), opinions=words)
    assert assemble(page).header.purchase_order == number


def test_a_reference_to_an_invoice_in_the_next_line_is_no_rest_of_the_number_above() -> None:
    words = {"KN/2018/2457": {"header.invoice_number": 0.99}, "2018-39": {"header.invoice_number": 0.3}}
    page = tagged(
        (50, 80, "Tax invoice number"), (202, 80, "KN/2018/2457"), (50, 92, "Related invoice"), (202, 92, "2018-39"), opinions=words
    )
    assert assemble(page).header.invoice_number == "KN/2018/2457"


def test_the_number_of_a_credit_note_in_french_is_its_own() -> None:
    words = {"FAC/2014/9594": {"header.invoice_number": 0.99}, "00242131": {"header.invoice_number": 0.78}}
    page = tagged((50, 80, "Référence facture : FAC/2014/9594"), (50, 120, "Crédit n° : 00242131"), opinions=words, language="fr")
    assert assemble(page).header.invoice_number == "00242131"


@pytest.mark.parametrize(
    ("line", "number"), [("Credit Note NumberQ-7-B", "Q-7-B"), ("Debit note NumberAB/204", "AB/204"), ("Beleg McKay-204", "McKay-204")]
)
def test_a_number_that_begins_with_a_capital_is_told_from_the_label_glued_to_it(line: str, number: str) -> None:
    found = assemble(tagged((50, 80, line), opinions={line.split()[-1]: {"header.invoice_number": 0.95}}))
    assert found.header.invoice_number == number


@pytest.mark.parametrize(
    ("title", "number"),
    [("Facture corrective", "K-501"), ("Gutschrift", "K-501"), ("Korrekturrechnung", "K-501"), ("Facture", "R-77"), ("Invoice", "R-77")],
)
def test_under_the_title_of_a_credit_note_the_bare_number_is_its_own(title: str, number: str) -> None:
    lines = ((50.0, 60.0, title), (50.0, 100.0, "No. K-501"), (50.0, 114.0, "Invoice no. R-77"))
    told = {"K-501": {"header.invoice_number": 0.7}, "R-77": {"header.invoice_number": 0.95}}
    assert assemble(tagged(*lines, opinions=told)).header.invoice_number == number


@pytest.mark.parametrize(("x", "number"), [(205.0, "RG5520-41"), (150.0, "RG5520-4")])
def test_the_rest_of_a_number_may_stand_at_the_right_edge_of_its_cell(x: float, number: str) -> None:
    told = {"RG5520-4": {"header.invoice_number": 0.9}, "1": {"header.invoice_number": 0.4}}
    found = assemble(tagged((50, 80, "Invoice no."), (170, 80, "RG5520-4"), (x, 92, "1"), opinions=told))
    assert found.header.invoice_number == number


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Facture mensuelle 77-301", "77-301"), ("Facture DOIT 03-412", "03-412"), ("Invoice CODE 66/2020", "66/2020"), ("Fattura N.IN 2019/88", "IN 2019/88"),
        ("Facture FAC 77-301", "FAC 77-301"), ("Nota nº N 004417", "N 004417"),
    ],
)  # fmt: skip
def test_a_word_of_the_title_or_label_is_no_part_of_the_number_behind_it(line: str, number: str) -> None:
    page = tagged((50, 80, line), opinions={word: {"header.invoice_number": 0.9} for word in line.split()[-2:]})
    assert assemble(page).header.invoice_number == number


def test_a_customers_reference_is_no_credit_notes_number_whatever_its_abbreviation() -> None:
    opinions = {"FAC/19/42": {"header.invoice_number": 0.9}, "KL/3/90": {"header.invoice_number": 0.06}}
    page = tagged((50, 80, "Serial no. of invoice#: FAC/19/42"), (50, 120, "Customer Reference Number (CRN) #: KL/3/90"), opinions=opinions)
    assert assemble(page).header.invoice_number == "FAC/19/42"


def test_the_name_of_a_currency_hides_no_caption_of_an_amount() -> None:
    opinions = {"4.160,00": {"header.gross_total": 0.9}}
    page = tagged(
        (50, 80, "Totale (IVA escl.):"),
        (200, 80, "Euro 4.160,00"),
        (50, 92, "Totale:"),
        (200, 92, "Euro 4.160,00"),
        opinions=opinions,
        language="it",
    )
    assert assemble(page).header.net_total == Decimal("4160.00")


@pytest.mark.parametrize(("taken_for", "number"), [("header.net_total", None), ("header.iban", "251047.60")])
def test_what_is_surely_an_amount_is_no_number_whatever_its_caption(taken_for: str, number: str | None) -> None:
    page = tagged((50, 80, "Tax invoice 251047.60"), opinions={"251047.60": {taken_for: 0.9}})
    assert assemble(page).header.invoice_number == number


@pytest.mark.parametrize(("beside", "number"), [("", "4715-2"), ("Ref.", None)])
def test_the_caption_over_a_number_that_stands_alone_tells_what_it_is(beside: str, number: str | None) -> None:
    page = tagged(
        (50, 68, "N° Fct:"), (20, 80, beside), (50, 80, "4715-2"), opinions={"4715-2": {"header.invoice_number": 0.01}}, language="fr"
    )
    assert assemble(page).header.invoice_number == number


@pytest.mark.parametrize(("label", "number"), [("", "RG-40217731808"), ("Zeichen:", "RG-40217731")])
def test_what_stands_behind_a_label_of_its_own_is_no_rest_of_the_number_above(label: str, number: str) -> None:
    opinions = {"RG-40217731": {"header.invoice_number": 0.97}, "808": {"header.invoice_number": 0.1}}
    page = tagged((50, 80, "Nr.:"), (120, 80, "RG-40217731"), (50, 92, label), (120, 92, "808"), opinions=opinions, language="de")
    assert assemble(page).header.invoice_number == number
