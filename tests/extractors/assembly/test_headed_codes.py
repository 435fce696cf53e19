"""What stands under the heading of codes is the code of an item, not a note and no part of its name."""

import pytest
from tagged_pages import linked_by_line, tagged

from extractors.assembly.document import assemble

NAME, NET = {"line.description": 0.97}, {"line.net_amount": 0.97}


def read(*headings: tuple[float, str], code: str, label: dict[str, float], left: float = 50) -> tuple[str | None, str | None]:
    """Code and description of the first of two items under headings, given as (left edge, text)."""
    lines = [(x, 160.0, text) for x, text in headings]
    lines += [
        (left, 180, code),
        (120, 180, "Hinge"),
        (400, 180, "31.00"),
        (left, 195, "77-3001-9"),
        (120, 195, "Bolt"),
        (400, 195, "32.00"),
    ]
    opinions = {"Hinge": NAME, "Bolt": NAME, "31.00": NET, "32.00": NET, code.split()[0]: label}
    item = assemble(linked_by_line(tagged(*lines, opinions=opinions))).line_items[0]
    return item.item_code, item.description


NOTE, NOTHING = {"line.note": 0.9}, {"line.note": 0.1}


@pytest.mark.parametrize("heading", ["Art. no.", "Artikel-Nr.", "Code article", "Codice", "Cikkszám", "SKU"])
@pytest.mark.parametrize("label", [NOTE, NOTHING, {"line.position": 0.9}])
def test_a_heading_of_codes_tells_a_code(heading: str, label: dict[str, float]) -> None:
    assert read((50, heading), (120, "Description"), (400, "Amount"), code="77-3000-4", label=label) == ("77-3000-4", "Hinge")


@pytest.mark.parametrize("heading", ["Date", "Your ref.", "HS code"])
def test_other_headings_tell_none(heading: str) -> None:
    assert read((50, heading), (120, "Description"), (400, "Amount"), code="77-3000-4", label=NOTE)[0] is None


@pytest.mark.parametrize(("beside", "code"), [("Description", "77-3000-4"), ("Colour", None)])
def test_article_heads_codes_only_beside_a_heading_of_names(beside: str, code: str | None) -> None:
    assert read((50, "Article"), (120, beside), (400, "Amount"), code="77-3000-4", label=NOTE)[0] == code


def test_what_has_no_digit_or_is_a_quantity_is_none() -> None:
    headings = ((50.0, "Art. no."), (120.0, "Description"), (400.0, "Amount"))
    assert read(*headings, code="none", label=NOTE)[0] is None
    assert read(*headings, code="77-3000-4", label={"line.quantity": 0.9})[0] is None


def test_a_code_one_fixed_width_space_before_the_name_is_none_of_it() -> None:
    headings = ((22.0, "POS"), (50.0, "ARTNR"), (120.0, "DESCRIPTION"), (400.0, "AMOUNT"))
    assert read(*headings, code="77-3000-41-2", label={"line.note": 0.6, "line.item_code": 0.3}) == ("77-3000-41-2", "Hinge")


def test_a_dash_behind_a_code_is_none_of_it() -> None:
    headings = ((50.0, "Art. no."), (120.0, "Description"), (400.0, "Amount"))
    assert read(*headings, code="77-3000-4 -", label=NOTE)[0] == "77-3000-4"
