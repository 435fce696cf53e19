from __future__ import annotations

import pytest
from invoices import TODAY, invoice

from schemas.business_keys import number_key, seller_keys
from schemas.countries import vat_id_country
from schemas.rules import RuleContext, validate
from schemas.rules_parties import vat_id_is_valid


@pytest.mark.parametrize(
    ("vat_id", "country", "valid"),
    [
        ("DE 136 695 976", None, True),
        ("DE136695977", None, False),
        ("ATU 1234 5675", None, True),
        ("EL094259216", None, True),
        ("FR 40 303 265 045", None, True),
        ("NL004495445B01", None, True),
        ("GB 980 7806 84", None, True),
        ("CHE-107.787.577 MWST", None, True),
        ("CHE-107.787.577", None, True),
        ("NO 995 525 828 MVA", None, True),
        ("995525828MVA", None, True),
        ("27AAPFU0939F1ZV", "IN", True),
        ("27AAPFU0939F1ZO", "IN", False),
        ("51 824 753 556", "AU", True),
        ("B58378431", "ES", True),
        ("12345", None, None),
        ("8-1234", "PA", None),
    ],
)
def test_check_digits(vat_id: str, country: str | None, valid: bool | None) -> None:
    assert vat_id_is_valid(vat_id, country) is valid


@pytest.mark.parametrize(
    ("vat_id", "country"),
    [
        ("DE136695976", "DE"),
        ("EL094259216", "GR"),
        ("XI980780684", "GB"),
        ("CHE-107.787.577 TVA", "CH"),
        ("B58378431", None),
        ("RSSMRA85T10A562S", None),
        (None, None),
    ],
)
def test_country_of_a_vat_id(vat_id: str | None, country: str | None) -> None:
    assert vat_id_country(vat_id) == country


def test_a_seller_is_known_by_id_or_by_name() -> None:
    by_name = frozenset({("name:farben ostwald gmbh", number_key("R-17"))})
    by_id = frozenset({("vat:DE136695976", number_key("r 17"))})
    for known in (by_name, by_id):
        assert [issue.rule for issue in validate([invoice()], context=RuleContext(TODAY, known_invoices=known))[0]] == ["LI-DUP"]
    assert seller_keys(invoice(header={"seller_vat_id": None}).header) == ("name:farben ostwald gmbh",)


def test_number_keys_ignore_spelling() -> None:
    assert number_key("Re-Nr. 00012/A") == number_key("RE NR 00012 a")
    assert number_key("0017") == number_key("17")
    assert number_key("000") == "000"
