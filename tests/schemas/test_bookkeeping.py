from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from invoices import invoice, line

from schemas.bookkeeping import Bookkeeping, own_categories, own_tax_codes, parse_overrides, with_own_codes
from schemas.errors import ConfigurationError
from schemas.tax_codes import parse_tax_codes

HEADER = "seller,keyword,spend_category,jurisdiction,code,valid_from,valid_to\n"
CODES = "jurisdiction,spend_category,tax_category,country,rate,code,label,valid_from,valid_to,source\n"


def booked(text: str, *, description: str = "Blaue Farbe 5 l", file: str = "own.csv") -> tuple[str | None, dict[str, str]]:
    bookkeeping = Bookkeeping(overrides=parse_overrides(text, file=file))
    document = invoice(lines=(replace(line(spend_category="other"), description=description),), header={"issue_date": date(2026, 5, 4)})
    found = own_tax_codes(own_categories(document, bookkeeping), bookkeeping).line_items[0]
    return found.spend_category, dict(found.tax_codes)


def test_a_keyword_goes_before_a_seller() -> None:
    category, codes = booked(HEADER + "DE136695976,,travel,,,,\n,farbe,repairs_and_maintenance,de_skr03,4809,,\n")
    assert (category, codes["de_skr03"], codes["uk_sa103f"]) == ("repairs_and_maintenance", "4809", "22")
    assert booked(HEADER + "DE136695976,,travel,,,,\n,farbe,repairs_and_maintenance,,,,\n", description="Pinsel")[0] == "travel"


def test_yaml_cells_stay_as_written() -> None:
    assert booked("- keyword: Blaue Farbe\n  jurisdiction: de_skr03\n  code: 0420\n", file="own.yaml")[1]["de_skr03"] == "0420"


def test_an_own_jurisdiction_and_own_codes_win() -> None:
    own = parse_tax_codes(
        CODES + "fr_pcg,*,*,*,,607,Achats,2010-01-01,,PCG\nde_skr03,*,*,*,,4999,Eigenes,2010-01-01,,own\n", file="own.csv"
    )
    bookkeeping = Bookkeeping(with_own_codes(own))
    codes = own_tax_codes(invoice(lines=(line(spend_category="travel"),)), bookkeeping).line_items[0].tax_codes
    assert (codes["fr_pcg"], codes["de_skr03"], codes["uk_sa103f"]) == ("607", "4999", "20")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,travel,,,,", "row 2: expected a seller or a keyword"),
        ("Acme,,,,,,", "row 2: expected a spend_category or a code"),
        ("Acme,,holiday,,,,", "row 2: spend_category .* 'holiday'"),
        ("Acme,,,de_skr03,,,", "row 2: expected a spend_category or a code"),
        ("Acme,,,,4660,,", "row 2: jurisdiction and code belong together"),
        ("Acme,,travel,,,1.1.2026,", "row 2: valid_from"),
        ("Acme,,travel,,,,\nACME,,lodging,,,,", "row 3: says something else than row 2"),
    ],
)
def test_bad_rows_are_refused_with_file_row_and_reason(row: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"own\.csv, {reason}"):
        parse_overrides(HEADER + row + "\n", file="own.csv")
