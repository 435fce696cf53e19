"""Net, tax and gross total are chosen together: by what the network and the captions say, and by the sums."""

from decimal import Decimal

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble
from schemas.invoice import Header

NET, TAX, GROSS = {"header.net_total": 0.97}, {"header.tax_total": 0.97}, {"header.gross_total": 0.97}
LINES, CHARGE, ALLOWANCE = {"total.line_total": 0.97}, {"adjustment.charge": 0.97}, {"adjustment.allowance": 0.97}
RATE, BASE, PART = {"tax.rate": 0.97}, {"tax.taxable_amount": 0.97}, {"tax.tax_amount": 0.97}


def header(*lines: str, language: str = "en", **opinions: dict[str, float]) -> Header:
    page = [(50.0, 60.0 + 14 * k, line) for k, line in enumerate(lines)]
    return assemble(tagged(*page, opinions=opinions, language=language)).header


def test_a_subtotal_before_a_charge_is_no_net_total_where_the_network_takes_it_for_the_sum_of_the_lines() -> None:
    lines = ("Subtotal 420.00", "Freight 30.00", "Belastbaar bedrag 450.00", "VAT 90.00", "Total 540.00")
    found = header(*lines, **{"420.00": LINES, "30.00": CHARGE, "450.00": NET, "90.00": TAX, "540.00": GROSS})
    assert (found.net_total, found.gross_total) == (Decimal("450.00"), Decimal("540.00"))


@pytest.mark.parametrize(("base", "net"), [("270.97", Decimal("270.97")), ("250.00", Decimal("276.50"))])
def test_the_base_of_the_tax_is_the_net_total_rather_than_the_sum_before_an_allowance(base: str, net: Decimal) -> None:
    lines = ("Net total 276.50", "Discount 5.53", "Tax 32.52", "Total charges 303.49", f"GST 12 % {base} 32.52")
    parts = {"12": RATE, base: BASE}
    found = header(*lines, **{"276.50": NET, "5.53": ALLOWANCE, "32.52": TAX, "303.49": GROSS, **parts})
    assert (found.net_total, found.tax_total, found.gross_total) == (net, Decimal("32.52"), Decimal("303.49"))


@pytest.mark.parametrize("caption", ["VAT included (21%)", "IVA inclusa 21%", "Inclusief 21% btw:"])
def test_an_included_tax_is_a_tax_and_the_postcode_beside_it_is_none(caption: str) -> None:
    lines = ("VAT No. BE 0417497106", "VAT 9200 Ghent", "Total gross 10518.04", f"{caption} 1825.44")
    assert header(*lines, **{"10518.04": GROSS, "1825.44": TAX}).tax_total == Decimal("1825.44")


def test_a_tax_of_more_than_two_fifths_is_none() -> None:
    lines = ((50, 60, "Tax"), (200, 60, "167.24"), (400, 60, "18.39"), (50, 90, "Total 185.63"))
    page = tagged(*lines, opinions={"18.39": {"header.tax_total": 0.6}, "185.63": GROSS})
    assert assemble(page).header.tax_total == Decimal("18.39")


def test_net_total_and_tax_may_differ_in_sign() -> None:
    lines = ("Net -428.80", "VAT 19 % 1026.35 195.01", "VAT 7 % -1342.98 -94.01", "Gross -327.80")
    rows = {"19": RATE, "1026.35": BASE, "195.01": PART, "7": RATE, "-1342.98": BASE, "-94.01": PART}
    assert header(*lines, **{"-428.80": NET, "-327.80": GROSS, **rows}).tax_total == Decimal("101.00")


def test_the_taxes_that_make_the_gross_total_are_the_tax_total_whatever_else_was_taken_for_one() -> None:
    lines = ("Net 13627.79", "VAT 13.5 % on 13430.20", "1813.08", "VAT 9 % on 197.59", "17.78", "Total 15458.65")
    rows = {"13.5": RATE, "13430.20": BASE, "1813.08": PART, "9": RATE, "197.59": {"tax.tax_amount": 0.6}, "17.78": PART}
    assert header(*lines, **{"13627.79": NET, "15458.65": GROSS, **rows}).tax_total == Decimal("1830.86")


@pytest.mark.parametrize(("base", "net"), [("315.08", Decimal("315.08")), ("300.00", None)])
def test_the_sole_base_of_the_tax_is_the_net_total_where_the_gross_total_follows_from_it(base: str, net: Decimal | None) -> None:
    lines = ("Total 390.70", f"24 % {base} 75.62")
    assert header(*lines, **{"390.70": GROSS, "24": RATE, base: BASE, "75.62": TAX}).net_total == net


@pytest.mark.parametrize(("gross", "net"), [("390.70", Decimal("315.08")), ("393.70", None)])
def test_the_printed_sum_of_the_lines_is_the_net_total_where_nothing_is_added(gross: str, net: Decimal | None) -> None:
    lines = ("Sum of lines 315.08", "Tax 75.62", f"Total {gross}")
    assert header(*lines, **{"315.08": LINES, "75.62": TAX, gross: GROSS}).net_total == net


def test_a_subtotal_that_holds_the_tax_is_no_net_total() -> None:
    lines = ("Subtotal 484.00", "Including 21% VAT 84.00", "Total 484.00")
    assert header(*lines, **{"484.00": GROSS, "84.00": TAX}).net_total is None


def test_a_rate_of_nothing_is_no_amount() -> None:
    assert (
        header("Net 80.00", "VAT 0%", "Total 80.00", **{"80.00": {"header.net_total": 0.5, "header.gross_total": 0.49}}).tax_total is None
    )


def test_what_was_paid_does_not_make_the_total_negative() -> None:
    lines = ("Desk 47.00", "Forsendelse 8.00", "Total, moms inkluderet: 55.00", "Moms heraf: 25% 11.00", "Forudbetalt: -55.00")
    words = {"Desk": {"line.description": 0.97}, "47.00": {"line.gross_amount": 0.97}, "8.00": CHARGE, "11.00": TAX, "25%": RATE}
    paid = {"-55.00": {"adjustment.prepaid": 0.74, "header.gross_total": 0.24}}
    assert header(*lines, language="da", **words, **paid, **{"55.00": GROSS}).gross_total == Decimal("55.00")


@pytest.mark.parametrize("printed", ["- 131.31", "kr-131.31"])
def test_a_minus_in_front_of_a_total_stays(printed: str) -> None:
    words = {word: {"header.gross_total": 0.92 if word == "-" else 0.95} for word in printed.split()}
    assert header(f"Total: {printed}", **words).gross_total == Decimal("-131.31")


def test_a_printed_tax_total_of_the_wrong_sign_is_not_set_right() -> None:
    lines = ("Net -340.00", "VAT 19 % -200.00 -38.00", "VAT 7 % -140.00 -9.80", "Tax total 47.80", "Total -387.80")
    rows = {"19": RATE, "-200.00": BASE, "-38.00": PART, "7": RATE, "-140.00": BASE, "-9.80": PART}
    assert header(*lines, **{"-340.00": NET, "47.80": TAX, "-387.80": GROSS, **rows}).tax_total == Decimal("47.80")


def adjustments(*lines: str, **opinions: dict[str, float]) -> list[tuple[str, Decimal]]:
    page = [(50.0, 60.0 + 14 * k, line) for k, line in enumerate(lines)]
    return [(a.kind.value, a.amount) for a in assemble(tagged(*page, opinions=opinions)).totals.adjustments]


@pytest.mark.parametrize(
    ("line", "opinion", "net", "found"),
    [
        ("Rabatter i alt 13.03", {"adjustment.allowance": 0.93}, "86.97", [("allowance", Decimal("13.03"))]),
        ("Bonus 13.03", {"adjustment.charge": 0.8, "adjustment.allowance": 0.15}, "86.97", [("allowance", Decimal("13.03"))]),
        ("Courier 13.03", {"header.gross_total": 0.4, "adjustment.charge": 0.3}, "113.03", [("charge", Decimal("13.03"))]),
        ("Courier 13.03", {"header.gross_total": 0.4, "adjustment.charge": 0.3}, "100.00", []),
        ("Delivery note 13.03", {"line.note": 0.9}, "113.03", []),
    ],
)
def test_what_lies_between_the_lines_and_the_total_is_an_allowance_or_a_charge(
    line: str, opinion: dict[str, float], net: str, found: list[tuple[str, Decimal]]
) -> None:
    item = {"Desk": {"line.description": 0.97}, "100.0": {"line.net_amount": 0.97}}
    assert adjustments("Desk 100.0", line, f"Net total {net}", **item, **{"13.03": opinion, net: NET}) == found


def test_the_sums_under_a_tax_table_are_no_row_of_it() -> None:
    rows = ("27 % 790.00 213.30", "18 % 86.00 15.48", "5 % 957.00 47.85", "€1833.00 €276.63")
    lines = (*rows, "Total without tax 1833.00", "Tax total 276.63", "Total 2109.63")
    labels = dict.fromkeys(("27", "18", "5"), RATE) | dict.fromkeys(("790.00", "86.00", "957.00", "€1833.00"), BASE)
    labels |= dict.fromkeys(("213.30", "15.48", "47.85", "€276.63"), PART)
    page = [(50.0, 60.0 + 14 * k, line) for k, line in enumerate(lines)]
    found = assemble(tagged(*page, opinions={**labels, "1833.00": NET, "276.63": TAX, "2109.63": GROSS})).totals.breakdown
    assert [(row.rate, row.tax_amount) for row in found] == [(27, Decimal("213.30")), (18, Decimal("15.48")), (5, Decimal("47.85"))]


@pytest.mark.parametrize(("tax", "inside"), [("21.00", True), ("25.41", False)])
def test_amounts_that_make_the_total_with_tax_hold_it(tax: str, inside: bool) -> None:
    lines = ("Desk 60.00", "Lamp 61.00", "Total 121.00", f"VAT 21 % {tax}")
    words = {"Desk": {"line.description": 0.97}, "Lamp": {"line.description": 0.97}, "60.00": {"line.net_amount": 0.97}}
    page = [(50.0, 60.0 + 14 * k, line) for k, line in enumerate(lines)]
    amounts = {"61.00": {"line.net_amount": 0.97}, "121.00": GROSS, tax: TAX, "21": RATE}
    found = assemble(tagged(*page, opinions={**words, **amounts}))
    assert [i.gross_amount for i in found.line_items] == ([Decimal("60.00"), Decimal("61.00")] if inside else [None, None])
    assert ("line_items.0.gross_amount" in found.evidence) == inside


SUMMED = {"Desk": {"line.description": 0.97}, "100.00": {"line.net_amount": 0.97}}


def test_of_several_that_may_be_allowances_those_count_that_close_the_sum() -> None:
    lines = ("Desk 100.00", "Rebate on 60.00 -6.00", "Rebate on 40.00 -2.50", "Rebates -8.50 Freight 4.00", "Net total 95.50")
    half = {"-6.00": {"adjustment.allowance": 0.6}, "-2.50": {"adjustment.allowance": 0.02}, "-8.50": {"adjustment.allowance": 0.3}}
    freight = {"4.00": {"adjustment.charge": 0.35}, "60.00": {"adjustment.charge": 0.05}}
    found = adjustments(*lines, **SUMMED, **half, **freight, **{"95.50": NET})
    assert sorted(found) == [("allowance", Decimal("8.50")), ("charge", Decimal("4.00"))]


def test_a_sum_is_not_closed_by_what_the_network_speaks_against() -> None:
    lines = ("Desk 100.00", "Sum 100.0", "Rebate 8.00", "Deposit of last year 3.00", "Net total 95.00")  # 8 taken off, 3 added
    words = {"8.00": {"adjustment.charge": 0.97}, "3.00": {"header.amount_due": 0.97, "adjustment.charge": 0.025}, "100.0": LINES}
    assert adjustments(*lines, **SUMMED, **words, **{"95.00": NET}) == [("charge", Decimal("8.00"))]


def test_a_tax_that_is_the_rates_share_is_the_tax_beside_which_a_charge_was_half_taken_for_another() -> None:
    lines = ("Net 27212.00", "Handling 7.00", "Tax 8.25 % 2244.99", "Total 29463.99")
    words = {"7.00": {"tax.tax_amount": 0.58, "adjustment.charge": 0.33}, "2244.99": {"header.tax_total": 0.83, "tax.tax_amount": 0.14}}
    assert header(*lines, **words, **{"27212.00": NET, "8.25": RATE, "29463.99": GROSS}).tax_total == Decimal("2244.99")


def test_a_row_of_the_tax_table_tells_the_base_of_a_tax_that_stands_among_the_totals_too() -> None:
    lines = ("Total 121.00", "including 21 % VAT 21.00", "21 % 100.00 21.00")
    page = tagged(
        *((50.0, 60.0 + 14 * k, line) for k, line in enumerate(lines)), opinions={"121.00": GROSS, "21": RATE, "100.00": BASE, "21.00": TAX}
    )
    found = assemble(page)
    assert [(row.rate, row.taxable_amount, row.tax_amount) for row in found.totals.breakdown] == [
        (Decimal(21), Decimal("100.00"), Decimal("21.00"))
    ]
    assert found.header.net_total == Decimal("100.00")


def test_a_charge_behind_a_net_total_that_is_the_sum_of_the_lines_stays() -> None:
    lines = ("Desk 100.00", "Subtotal 100.0", "Freight 8.00", "Tax 10.80", "Total 118.80")
    words = {"8.00": {"adjustment.charge": 0.6}, "100.0": NET, "10.80": TAX, "118.80": GROSS}
    assert adjustments(*lines, **SUMMED, **words) == [("charge", Decimal("8.00"))]


def test_two_taxes_of_one_rate_are_twice_its_share() -> None:
    lines = ("CGST 9% 219.15 19.72 238.87", "SGST 9% 219.15 19.72 238.87", "39.44", "Net: 219.15", "Balance Due: 258.59")
    rows = {"9%": RATE, "19.72": PART, "39.44": {"header.tax_total": 0.73, "tax.tax_amount": 0.26}}
    rows |= {"238.87": {"header.gross_total": 0.55}, "258.59": {"header.amount_due": 0.6}}
    found = header(*lines, **rows, **{"219.15": {"header.net_total": 0.6, "tax.taxable_amount": 0.3}})
    assert found.tax_total == Decimal("39.44")


def test_where_no_net_total_is_printed_the_tax_is_the_rates_share_of_the_gross_total() -> None:
    lines = ("Net amounts: 23 % 2196.80", "Total 11748.08")
    words = {"2196.80": {"header.tax_total": 0.7}, "23": RATE, "11748.08": {"header.gross_total": 0.77}}
    assert header(*lines, **words).tax_total == Decimal("2196.80")
    assert (
        header(*(line.replace("2196.80", "2296.80") for line in lines), **words, **{"2296.80": {"header.tax_total": 0.7}}).tax_total is None
    )


def test_the_sum_of_the_quantities_in_a_line_of_totals_is_no_total() -> None:
    items = ((50, 60, "Crates"), (150, 60, "80"), (250, 60, "410.00"), (50, 74, "Pallets"), (150, 74, "45"), (250, 74, "225.50"))
    words = {word: {"line.description": 0.97} for word in ("Crates", "Pallets")} | {word: {"line.quantity": 0.97} for word in ("80", "45")}
    words |= {word: {"line.net_amount": 0.97} for word in ("410.00", "225.50")}
    words |= {"125": {"header.gross_total": 0.8}, "635.50": {"header.gross_total": 0.8}}
    found = assemble(tagged(*items, (50, 100, "TOTAL"), (150, 100, "125"), (250, 100, "635.50"), opinions=words)).header
    assert (found.gross_total, found.amount_due) == (Decimal("635.50"), Decimal("635.50"))


def test_the_tax_inside_the_lines_is_no_allowance_that_leads_to_the_net_total() -> None:
    lines = ("Desk 121.00", "Sum 121.0", "of which 21 % 21.0", "Net 100.0", "VAT 21.00", "Total 121.000")
    words = {
        "Desk": {"line.description": 0.97},
        "121.00": {"line.gross_amount": 0.97},
        "121.0": LINES,
        "21.0": {"adjustment.allowance": 0.3},
    }
    assert adjustments(*lines, **words, **{"100.0": NET, "21.00": TAX, "121.000": GROSS}) == []


@pytest.mark.parametrize(("freight", "net"), [("20.00", Decimal("400.00")), ("21.00", None)])
def test_a_net_total_may_stand_above_several_charges_and_allowances_and_a_tax_on_all_of_them(freight: str, net: Decimal | None) -> None:
    lines = ("Net total", "400.00", f"Freight {freight}", "Discount -40.00", "VAT 25 % 95.00", "Total 475.00")
    half = {"400.00": {"header.net_total": 0.35}, freight: CHARGE, "-40.00": ALLOWANCE}
    assert header(*lines, **half, **{"25": RATE, "95.00": TAX, "475.00": GROSS}).net_total == net


@pytest.mark.parametrize(("tax", "net"), [("115.00", Decimal("400.00")), ("100.00", None)])
def test_the_tax_on_the_net_total_with_the_charge_below_it_tells_of_both(tax: str, net: Decimal | None) -> None:
    gross = str(Decimal(460) + Decimal(tax)) if net else "475.00"
    lines = ("Goods 400.00", "Freight 60.00", f"VAT 25 % {tax}", f"Total {gross}")
    half = {"400.00": {"header.net_total": 0.2}, "60.00": CHARGE}
    assert header(*lines, **half, **{"25": RATE, tax: TAX, gross: GROSS}).net_total == net


@pytest.mark.parametrize(
    "caption", ["KDV Hariç Toplam", "Base de TVA", "Assiette", "Imponibile IVA", "Maatstaf van heffing", "Podstawa opodatkowania"]
)
def test_the_base_of_the_tax_is_called_the_net_total_in_many_ways(caption: str) -> None:
    faint = {"648.20": {"tax.taxable_amount": 0.95}, "700.10": {"total.line_total": 0.97}}
    lines = ("Items 700.10", f"{caption} 648.20", "Tax 129.64", "Total 777.84")
    assert header(*lines, **faint, **{"129.64": TAX, "777.84": GROSS}).net_total == Decimal("648.20")


@pytest.mark.parametrize("caption", ["Taxa pe valoarea adăugată", "Katma değer vergisi", "Mervärdesskatt", "Imposta sul valore aggiunto"])
def test_a_tax_of_nought_is_known_by_its_full_name(caption: str) -> None:
    lines = ("Net 412.70", f"{caption} 0.00", "Total 412.70")
    assert header(*lines, **{"412.70": GROSS}).tax_total == Decimal("0.00")


@pytest.mark.parametrize(("caption", "due"), [("Due for payment", Decimal("95.30")), ("Paid", Decimal("88.00"))])
def test_what_is_due_for_payment_is_not_paid(caption: str, due: Decimal) -> None:
    lines = ("Amount due 88.00", f"{caption} 95.30") if caption == "Paid" else (f"{caption} 95.30",)
    found = header(*lines, **{"95.30": {"header.amount_due": 0.5}, "88.00": {"header.amount_due": 0.5}})
    assert found.amount_due == due


@pytest.mark.parametrize(("second", "net"), [("Tax 0.00", Decimal("6441.70")), ("Tax", Decimal("6410.20"))])
def test_a_printed_tax_of_nought_between_equal_totals_is_the_tax_and_the_charge_is_none(second: str, net: Decimal) -> None:
    lines = ("Subtotal 6410.20", "Charges 31.50", "Subtotal 6441.70", second, "Total €6441.70")
    words = {"6410.20": {"total.line_total": 0.7, "header.net_total": 0.25}, "31.50": {"adjustment.charge": 0.3, "header.tax_total": 0.6}}
    found = header(*lines, **words, **{"6441.70": {"header.net_total": 0.6}, "€6441.70": GROSS, "0.00": TAX})
    assert found.net_total == net


@pytest.mark.parametrize(("faint", "tax"), [(0.01, Decimal("4.00")), (0.6, Decimal("-4.00"))])
def test_the_sum_of_taxes_counts_although_its_opposite_might_be_a_total(faint: float, tax: Decimal) -> None:
    net = "16.00" if tax > 0 else "24.00"
    lines = ("Rebate -4.00", f"Net {net}", "VAT 27 % 5.00", "VAT 18 % -1.00", "Total 20.00")
    words = {"-4.00": {"header.tax_total": faint}, "27": RATE, "18": RATE, "5.00": PART, "-1.00": PART, net: NET, "20.00": GROSS}
    assert header(*lines, **words).tax_total == tax


@pytest.mark.parametrize(("gross", "tax"), [("1120.00", Decimal("120.00")), ("1150.00", Decimal("80.00"))])
def test_two_taxes_that_lie_between_net_and_gross_total_are_the_tax(gross: str, tax: Decimal) -> None:
    lines = ((50, 60, "Net"), (150, 60, "GST"), (250, 60, "PST"), (350, 60, "Total"))
    values = ((50, 74, "1000.00"), (150, 74, "80.00"), (250, 74, "40.00"), (350, 74, gross))
    words = {"1000.00": NET, "80.00": {"header.tax_total": 0.8}, "40.00": {"header.tax_total": 0.6}, gross: GROSS}
    assert assemble(tagged(*lines, *values, opinions=words)).header.tax_total == tax


@pytest.mark.parametrize(("charge", "net"), [(0.6, Decimal("71.90")), (0.0, Decimal("58.20"))])
def test_a_charge_is_not_the_tax_between_the_sum_of_the_lines_and_the_total(charge: float, net: Decimal) -> None:
    lines = ("Items 58.20", "Carriage 13.70", "Sum 71.90", "To pay €71.90")
    words = {"58.20": {"header.net_total": 0.1}, "13.70": {"adjustment.charge": charge, "header.tax_total": 0.12}}
    found = header(
        *lines, **words, **{"71.90": {"header.net_total": 0.6, "header.gross_total": 0.35}, "€71.90": {"header.amount_due": 0.97}}
    )
    assert found.net_total == net


@pytest.mark.parametrize(("caption", "tax"), [("Gratuity", "134.82"), ("County tax", "539.28")])
def test_a_tip_in_percent_is_no_tax(caption: str, tax: str) -> None:
    lines = ("Subtotal 2247.00", "Sales tax 6% 134.82", f"{caption} 18% 404.46", "Total 2786.28")
    found = header(*lines, **{"2247.00": NET, "6%": RATE, "134.82": PART, "18%": RATE, "404.46": PART, "2786.28": GROSS})
    assert found.tax_total == Decimal(tax)


def test_the_taxes_of_a_country_and_its_state_count_once_however_often_they_are_printed() -> None:
    lines = (
        "Taxable value 162350.00",
        "CGST 13116.00",
        "SGST 13116.00",
        "Total 188582.00",
        "Chairs 112500.00 13116.00",
        "All 162350.00 13116.00",
    )
    found = header(*lines, **{"162350.00": NET, "13116.00": PART, "188582.00": GROSS})
    assert (found.net_total, found.tax_total) == (Decimal("162350.00"), Decimal("26232.00"))


def test_what_is_surely_to_be_paid_is_the_gross_total_rather_than_a_sum_of_some_items() -> None:
    lines = ("Total card one 527.54 110.78 638.32", "Total without tax 2379.91", "VAT 499.76", "Please pay 2879.67")
    words = {"527.54": {"header.net_total": 0.85}, "110.78": {"header.tax_total": 0.4}, "638.32": {"header.gross_total": 0.67}}
    found = header(*lines, **words, **{"2379.91": NET, "499.76": TAX, "2879.67": {"header.amount_due": 0.9, "header.gross_total": 0.05}})
    assert (found.net_total, found.tax_total, found.gross_total) == (Decimal("2379.91"), Decimal("499.76"), Decimal("2879.67"))
