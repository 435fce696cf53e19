from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from invoices import invoice, line

from schemas.countries import EU_COUNTRIES
from schemas.errors import ConfigurationError
from schemas.invoice import SPEND_CATEGORIES, TAX_CATEGORIES
from schemas.tax_codes import JURISDICTIONS, assign_tax_codes, names_of_codes, parse_tax_codes
from schemas.vat_rates import rate_exists, vat_rates

HEADER = "jurisdiction,spend_category,tax_category,country,rate,code,label,valid_from,valid_to,source\n"
ROW = "de_skr03,travel,S,DE,19,4660,Reisekosten,2010-01-01,,DATEV\n"


def codes(spend: str, *, category: str = "S", rate: str = "19", on: date = date(2026, 5, 4), seller: str = "DE136695976") -> dict[str, str]:
    document = invoice(
        lines=(line(rate=rate, category=category, spend_category=spend),), header={"issue_date": on, "seller_vat_id": seller}
    )
    return dict(assign_tax_codes(document).line_items[0].tax_codes)


def test_every_spend_category_has_a_code_in_every_return() -> None:
    for spend in SPEND_CATEGORIES:
        assert set(codes(spend)) == set(JURISDICTIONS)


def test_every_tax_category_has_an_input_tax_treatment() -> None:
    for category in set(TAX_CATEGORIES) - {"L", "M"}:
        assert "eu_input_vat" in codes("travel", category=category)
    assert codes("travel", category="L", seller="ESB12345674")["eu_input_vat"] == "not_recoverable_as_vat"


def test_codes_follow_the_rate_the_day_and_the_country() -> None:
    assert codes("materials_and_merchandise")["de_skr03"] == "3400"
    assert codes("materials_and_merchandise", rate="7")["de_skr03"] == "3300"
    assert codes("materials_and_merchandise", category="K", rate="0")["de_skr03"] == "3425"
    assert codes("travel", rate="16", on=date(2020, 8, 1))["de_input_vat_key"] == "9"
    assert "de_input_vat_key" not in codes("travel", rate="16")
    assert codes("other", on=date(2023, 12, 31))["us_schedule_c"] == "27a"
    assert codes("other", on=date(2024, 1, 1))["us_schedule_c"] == "27b"
    assert codes("lodging")["eu_input_vat"] == "deductible_100"
    assert codes("lodging", seller="FR40303265045")["eu_input_vat"] == "deductible_0"
    assert codes("travel", category="AE", rate="0")["eu_input_vat"] == "self_assess_reverse_charge"


@pytest.mark.parametrize(
    ("spend", "seller", "account"),
    [
        ("construction", "DE136695976", "3120"),  # a builder at home
        ("construction", "ATU10223006", "3125"),  # works by one from abroad
        ("staffing_and_labor", "FR40303265045", "3123"),  # services from the Union
        ("staffing_and_labor", "CHE107787577", "3125"),  # services from elsewhere
    ],
)
def test_reverse_charge_has_the_account_of_the_sellers_country(spend: str, seller: str, account: str) -> None:
    assert codes(spend, category="AE", rate="0", seller=seller)["de_skr03"] == account


def test_what_is_not_known_gets_no_code() -> None:
    unknown = invoice(lines=(line(spend_category=None, category=None),))
    assert dict(assign_tax_codes(unknown).line_items[0].tax_codes) == {}
    undated = invoice(lines=(line(spend_category="travel"),), header={"issue_date": None})
    assert assign_tax_codes(undated) == undated


def test_codes_go_when_the_date_that_they_followed_from_is_taken_away() -> None:
    dated = assign_tax_codes(invoice(lines=(line(spend_category="travel"),)))
    assert dated.line_items[0].tax_codes
    undated = dated.replace(header=replace(dated.header, issue_date=None))
    assert dict(assign_tax_codes(undated).line_items[0].tax_codes) == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty file"),
        ("jurisdiction,code\n", "column spend_category"),
        (HEADER + ROW[:-1] + ",more\n", "row 2: expected 10 cells, found 11"),
        (HEADER + ROW.replace("de_skr03", "fr PCG"), "row 2: jurisdiction .* 'fr PCG'"),
        (HEADER + ROW.replace("travel", "holiday"), "row 2: spend_category .* 'holiday'"),
        (HEADER + ROW.replace(",S,", ",X,"), "row 2: tax_category"),
        (HEADER + ROW.replace(",DE,", ",Germany,"), "row 2: country .* 'Germany'"),
        (HEADER + ROW.replace(",19,", ",19%,"), "row 2: rate .* '19%'"),
        (HEADER + ROW.replace("2010-01-01", "1.1.2010"), "row 2: valid_from .* '1.1.2010'"),
        (HEADER + ROW.replace("2010-01-01,", "2010-01-01,2009-01-01"), "row 2: valid_to"),
        (HEADER + ROW.replace("4660", " "), "row 2: code is empty"),
        (HEADER + ROW.replace("DATEV", ""), "row 2: source is empty"),
        (HEADER + ROW + ROW.replace("4660", "4670"), "row 3: the same conditions"),
    ],
)
def test_bad_tables_are_refused_with_file_row_and_reason(text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"own\.csv.*{reason}"):
        parse_tax_codes(text, file="own.csv")


def test_an_own_table_can_be_used() -> None:
    table = parse_tax_codes(HEADER + ROW.replace("4660", "4663"))
    document = invoice(lines=(line(spend_category="travel"),))
    assert assign_tax_codes(document, table=table).line_items[0].tax_codes == {"de_skr03": "4663"}
    assert (
        assign_tax_codes(document.replace(line_items=(replace(line(), spend_category="other"),)), table=table).line_items[0].tax_codes == {}
    )


@pytest.mark.parametrize(
    ("country", "rate", "day", "expected"),
    [
        ("DE", "19", date(2020, 6, 30), True),
        ("DE", "19", date(2020, 7, 1), False),
        ("DE", "16", date(2020, 12, 31), True),
        ("DE", "5.00", date(2020, 9, 1), True),
        ("NL", "6", date(2018, 12, 31), True),
        ("NL", "6", date(2019, 1, 1), False),
        ("CH", "7.7", date(2023, 12, 31), True),
        ("CH", "8.1", date(2024, 1, 1), True),
        ("FI", "25.5", date(2024, 9, 1), True),
        ("GB", "17.5", date(2011, 1, 4), False),
        ("SK", "23", date(2025, 1, 1), True),
        ("FR", "0", date(2025, 1, 1), True),
        ("US", "8.875", date(2025, 1, 1), None),
        ("DE", "16", date(2006, 1, 1), None),
    ],
)
def test_rates_by_country_and_day(country: str, rate: str, day: date, expected: bool | None) -> None:
    assert rate_exists(country, Decimal(rate), on=day) is expected


def test_codes_have_names_where_they_stand_for_one_thing() -> None:
    assert names_of_codes("us_schedule_c")["25"] == "Utilities"
    assert names_of_codes("uk_sa103f")["24"] == "Advertising and business entertainment costs"
    assert "8" not in names_of_codes("de_input_vat_key"), "5 % in the second half of 2020, 7 % before and after"


def test_rates_cover_the_union_and_its_neighbours_without_gaps_today() -> None:
    union = EU_COUNTRIES | {"GB", "CH", "NO"}
    for country in union:
        standard = [r for r in vat_rates()[country] if r.kind == "standard"]
        ordered = sorted(standard, key=lambda r: r.valid_from)
        assert ordered[-1].valid_to is None
        for earlier, later in pairwise(ordered):
            assert earlier.valid_to is not None
            assert (later.valid_from - earlier.valid_to).days == 1
