"""Which values a reviewer is led to, and how issues are listed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from paper import flagged

from dashboard.doubts import MOST, UNSURE, doubts
from dashboard.shown_issues import shown_issues
from schemas.invoice import Evidence, Invoice, Issue, LineItem, Severity


@pytest.fixture
def unsure() -> Invoice:
    """No rule is broken; the buyer's name was read unsurely, a line's code and unit even less so."""
    made = flagged("unsure", b"unsure", gross="1190.00")
    box = (1.0, 1.0, 2.0, 2.0)
    seen = {
        **made.evidence,
        "header.gross_total": Evidence(1, box, "1.190,00", 0.99, "task_model"),
        "header.buyer_name": Evidence(1, box, "Muster AG", 0.46, "task_model"),
        "line_items.0.item_code": Evidence(1, box, "X", 0.1, "task_model"),
        "line_items.0.unit": Evidence(1, box, "pcs", 0.2, "task_model"),
        "line_items.0.description": Evidence(1, box, "Torque wrench", 0.7, "task_model"),
    }
    return made.replace(evidence=seen)


def test_the_least_sure_value_on_which_money_depends_comes_first(unsure: Invoice) -> None:
    assert [doubt.field for doubt in doubts(unsure, ())] == ["header.buyer_name", "line_items.0.description"]
    assert all(doubt.sure is not None and doubt.sure < UNSURE for doubt in doubts(unsure, ()))


def test_a_critical_value_that_is_missing_comes_before_what_was_read(unsure: Invoice) -> None:
    missing = unsure.replace(header=replace(unsure.header, tax_total=None))
    first = doubts(missing, ())[0]
    assert (first.field, first.sure) == ("header.tax_total", None)


def test_what_an_issue_names_is_not_said_twice_unless_it_only_informs(unsure: Invoice) -> None:
    issue = Issue("BR-07", Severity.WARNING, "header.buyer_name", None, None, "The buyer is unknown.")
    assert "header.buyer_name" not in {doubt.field for doubt in doubts(unsure, (issue,))}
    informs = replace(issue, severity=Severity.INFO)
    assert "header.buyer_name" in {doubt.field for doubt in doubts(unsure, (informs,))}


def test_there_are_never_more_doubts_than_a_person_goes_through(unsure: Invoice) -> None:
    seen = Evidence(1, (0.0, 0.0, 1.0, 1.0), "1", 0.3, "task_model")
    lines = tuple(LineItem(description=f"Item {n}") for n in range(40))
    many = unsure.replace(line_items=lines, evidence={f"line_items.{n}.description": seen for n in range(40)})
    assert len(doubts(many, ())) == MOST


def test_the_same_on_many_lines_is_one_entry() -> None:
    issues = [
        Issue("BR-26", Severity.INFO, f"line_items.{n}.unit_price", "a number", None, f"Line {n + 1} has no unit price.") for n in range(12)
    ]
    error = Issue("BR-CO-15", Severity.ERROR, "header.gross_total", "1190.00", "1910.00", "It does not add up.")
    shown = shown_issues([error, *issues])
    assert [each.place for each in shown] == ["Gross total", "12 lines: unit price"]
    assert shown[1].message == "Line 1 has no unit price. The same holds for 11 other lines."
    assert shown[1].field == "line_items.0.unit_price", "a click leads to the first of them"
    assert (shown[0].expected, shown[0].found) == ("1190.00", "1910.00")
    assert shown[1].expected is None, "“a number” says nothing that the sentence does not"


def test_two_lines_alike_stay_two_entries() -> None:
    issues = [Issue("BR-26", Severity.INFO, f"line_items.{n}.unit_price", None, None, f"Line {n + 1} has no unit price.") for n in (3, 7)]
    assert [each.place for each in shown_issues(issues)] == ["Line 4: unit price", "Line 8: unit price"]
