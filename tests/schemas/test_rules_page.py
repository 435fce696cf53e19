from __future__ import annotations

from pathlib import Path

from schemas.errors import DocumentError
from schemas.rules import RULES
from schemas.rules_page import rules_page

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_is_what_the_table_of_rules_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(), "run: python -m schemas.rules_page > docs/rules.md"


def test_every_rule_is_told_to_a_bookkeeper() -> None:
    page = rules_page()
    for rule in RULES:
        assert f"| {rule.id} |" in page
        assert rule.sentence.endswith(".")
        assert rule.source


def test_every_document_error_is_a_rule() -> None:
    ids = {rule.id for rule in RULES}
    assert {error.rule for error in (DocumentError, *DocumentError.__subclasses__())} <= ids
