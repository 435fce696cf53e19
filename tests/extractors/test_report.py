"""The report of an evaluation: kinds of mistakes, places on the page, and a page that needs nothing beside it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from handmade_pages import document, page

from extractors.report.evaluated import Evaluated, acceptance_curve, groups, reliability_bins
from extractors.report.mistakes import Kind, Mistake, counted, header_kind, mistakes_of, number_kind, row_kind, text_kind
from extractors.report.page import choose_for_gallery, report_page
from extractors.report.places import Place, nearest, places_of
from extractors.report.plots import line_plot, ticks
from extractors.scoring import score

EXAMPLES = Path(__file__).parents[2] / "examples"
HEADER: dict[str, Any] = {
    "invoice_number": "R-17", "issue_date": "2024-03-04", "due_date": "2024-04-03", "purchase_order": "4711", "currency": "EUR",
    "seller_name": "Alder GmbH", "buyer_name": "Birch Ltd", "seller_vat_id": None, "net_total": "100.00", "tax_total": "19.00", "gross_total": "119.00",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "got", "kind"),
    [
        ("seller_name", "Birch Ltd", Kind.PARTY_SWAPPED),
        ("seller_name", "Alder GmbH, 12 High Street", Kind.TOO_LONG),
        ("seller_name", "Oak plc", Kind.OTHER_TEXT),
        ("seller_name", None, Kind.NOT_FOUND),
        ("seller_vat_id", "DE136695976", Kind.INVENTED),
        ("invoice_number", "4711", Kind.OTHER_IDENTIFIER),
        ("invoice_number", "9000312", Kind.LOOK_ALIKE),
        ("invoice_number", "R-1", Kind.IDENTIFIER_CUT),
        ("issue_date", "2024-04-03", Kind.DATE_ROLE),
        ("issue_date", "2024-04-04", Kind.OTHER_DATE),
        ("issue_date", "2023-03-04", Kind.OTHER_DATE),
        ("due_date", "2024-03-04", Kind.DATE_ROLE),
        ("net_total", "119.00", Kind.TOTAL_ROLE),
        ("currency", "USD", Kind.CURRENCY),
    ],
)
def test_a_wrong_header_value_is_told_by_its_cause(name: str, got: Any, kind: Kind) -> None:
    assert header_kind(name, HEADER, got) is kind


def test_day_and_month_swapped_is_told_apart_from_another_date() -> None:
    assert header_kind("issue_date", {"issue_date": "2024-03-04"}, "2024-04-03") is Kind.DATE_ORDER


@pytest.mark.parametrize(
    ("expected", "got", "kind"),
    [
        ("2166.50", "166.50", Kind.DIGITS_LOST),
        ("12.50", "1250", Kind.SCALE),
        ("12.50", "-12.50", Kind.SIGN),
        ("12.50", "99", Kind.WRONG_NUMBER),
    ],
)
def test_a_wrong_number_is_told_by_its_digits(expected: str, got: str, kind: Kind) -> None:
    assert number_kind(expected, got) is kind


def test_a_wrong_value_of_a_row_may_belong_to_another_column_or_row() -> None:
    rows = [
        {"description": "Blue paper A4", "quantity": "2", "unit_price": "5.00", "net_amount": "10.00"},
        {"description": "Desk lamp with arm", "quantity": "3", "unit_price": "40.00", "net_amount": "120.00"},
    ]
    assert row_kind("quantity", rows, 0, "10.00") is Kind.OTHER_COLUMN
    assert row_kind("quantity", rows, 0, "3") is Kind.OTHER_ROW
    assert row_kind("description", rows, 0, "Blue paper A4 Desk lamp") is Kind.MIXED
    assert row_kind("description", rows, 0, "Blue paper A4 delivered on Monday") is Kind.TOO_LONG
    assert text_kind("Desk lamp with arm", "lamp") is Kind.TOO_SHORT


def evaluated(name: str, change: dict[str, Any], **more: Any) -> Evaluated:
    """An example with some values of its header changed."""
    truth = json.loads((EXAMPLES / f"{name}.json").read_text())
    found = json.loads(json.dumps(truth))
    found["header"] |= change
    found |= {"status": "review", "confidence": 0.7, "issues": []} | more
    return Evaluated(EXAMPLES / f"{name}.pdf", truth, found)


def test_rows_missing_and_invented_are_counted_as_such() -> None:
    document = evaluated("services-de", {})
    rows = document.found["line_items"]
    rows[0] = {**rows[0], "description": "something else altogether", "quantity": "77", "unit_price": "1", "net_amount": "77"}
    kinds = counted(mistakes_of(document))
    assert {("row missing", 1, 1), ("row invented", 1, 1)} <= set(kinds)


def test_true_values_are_found_whatever_their_form() -> None:
    seen = document(
        page(
            ("Date:", 60, 60), ("4", 100, 60), ("March", 110, 60), ("2024", 140, 60),
            ("Total", 60, 90), ("2", 100, 90), ("166,50", 107, 90),
            ("Blue", 60, 120), ("paper", 90, 120),
            ("No.:R-17", 60, 150),
        )
    )  # fmt: skip
    assert [round(p.box[0]) for p in places_of(seen, "issue_date", "2024-03-04")] == [100]
    (total,) = places_of(seen, "net_total", "2166.50")
    assert (round(total.box[0]), round(total.box[2])) == (100, 137)
    assert len(places_of(seen, "description", "blue PAPER")) == 1
    assert len(places_of(seen, "invoice_number", "No R-17")) == 1
    assert not places_of(seen, "description", "red paper")


def test_of_several_places_the_nearest_counts() -> None:
    places = [Place(1, (0, 0, 9, 9)), Place(2, (0, 400, 9, 409)), Place(2, (0, 80, 9, 89))]
    assert nearest(places, Place(2, (0, 100, 9, 109))) is places[2]
    assert nearest(places, None) is places[0]
    assert nearest([], None) is None


def test_the_gallery_shows_every_kind_before_a_second_of_one() -> None:
    one, two = evaluated("services-de", {}), evaluated("goods-es", {})
    many = [Mistake(d, "header.currency", Kind.CURRENCY, "EUR", "USD") for d in (one, two, one)]
    rare = Mistake(two, "header.issue_date", Kind.DATE_ROLE, "a", "b")
    assert choose_for_gallery([*many, rare], 2) == [many[0], rare]
    assert len(choose_for_gallery([*many, rare], 10)) == 4


class Addresses(HTMLParser):
    """Every address that a page would load or lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "srcset", "action")]
        self.open.append(tag)


def test_the_page_stands_alone_and_shows_mistakes_with_pictures() -> None:
    documents = [
        evaluated("services-de", {"seller_name": "<script>alert(1)</script>", "net_total": "302.59"}, status="accepted", confidence=0.95),
        evaluated("goods-es", {}, status="accepted", confidence=0.99),
        evaluated("quote-fr", {}, status="rejected", confidence=0.9),
    ]
    documents[0].found["evidence"] = {
        "header.net_total": {"page": 1, "box": [100, 100, 160, 112], "words": "302.59", "confidence": 0.5, "set_by": "x"}
    }
    text = report_page(documents, score((d.truth, d.found) for d in documents), heading={"Documents": "three"}, threshold=0.9)
    parser = Addresses()
    parser.feed(text)
    assert "script" not in parser.open
    assert all(address.startswith(("#", "data:image/png;base64,")) for address in parser.found)
    assert sum(address.startswith("data:") for address in parser.found) >= 1
    assert not re.search(r"url\(|@import", text)
    assert "net total: total of another role" in text
    assert 'class="found"' in text and 'class="true"' in text
    assert len(text) < 600_000


def test_groups_and_curves_add_up() -> None:
    documents = [evaluated("services-de", {}), evaluated("goods-es", {"net_total": "1"}, confidence=0.2), evaluated("quote-fr", {})]
    by_language = groups(documents)["Language"]
    assert sorted(group.name for group in by_language) == ["de", "es", "fr"]
    assert sum(group.score.documents for group in by_language) == 3
    share, wrong = acceptance_curve(score((d.truth, d.found) for d in documents))[-1]
    assert share == pytest.approx(1)
    assert wrong == pytest.approx(1 / 3)
    assert reliability_bins([(0.95, True), (0.92, False), (0.1, False)]) == [(0.1, 0.0, 1), (pytest.approx(0.935), 0.5, 2)]


def test_plots_have_round_axes_and_survive_having_nothing() -> None:
    assert ticks(0, 24.1) == [0, 5, 10, 15, 20, 25]
    assert "nothing to show" in line_plot({"a": []})
    assert line_plot({"a": [(1, 0.5)]}).startswith("<svg")
