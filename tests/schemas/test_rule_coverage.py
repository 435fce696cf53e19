"""The coverage table names a passing and a failing test for every rule that must exist."""

from __future__ import annotations

import re
from pathlib import Path

from rule_coverage import coverage, page

from schemas.rules import RULES

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "rule-coverage.md"
PREFIXES = ("BR-S", "BR-Z", "BR-E", "BR-AE", "BR-IC", "BR-G", "BR-O", "BR-AF", "BR-AG")
REQUIRED = {
    *(f"BR-{number}" for number in ("02", "03", "05", "06", "07", "16", "22", "24", "25", "26", "27", "DEC")),
    *(f"BR-CO-{number}" for number in ("04", "09", "10", "11", "12", "13", "14", "15", "16", "17", "18")),
    *(f"{prefix}-{number}" for prefix in PREFIXES for number in ("05", "08", "09", "10")),
    *("BR-AE-02", "BR-IC-02", "BR-O-11"),
    *(f"LI-{name}" for name in ("LINE", "IBAN", "VATID", "RATE", "DATE", "DUP", "NOTINV", "GROUND", "INJECT", "ROWS", "BANK")),
}


def test_every_rule_that_must_exist_does_and_is_covered() -> None:
    assert {rule.id for rule in RULES} >= REQUIRED
    assert set(coverage()) == {rule.id for rule in RULES}


def test_the_tests_that_the_table_names_exist() -> None:
    for passing, failing in coverage().values():
        for name in (passing, failing):
            file, function = name.split("::")
            assert re.search(rf"^def {function.split('[')[0]}\(", (HERE / file).read_text(encoding="utf-8"), re.MULTILINE), name


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python tests/schemas/rule_coverage.py > docs/rule-coverage.md"
