"""Names are whole: told in two columns, cut where they cannot end, without the marks before them, on the line that their heading says."""

import pytest
from tagged_pages import linked_by_line, tagged

from extractors.assembly.document import assemble

NAME, NOTE, NET = {"line.description": 0.97}, {"line.note": 0.9}, {"line.net_amount": 0.97}
CODE, QUANTITY = {"line.item_code": 0.9}, {"line.quantity": 0.97}

Line = tuple[float, float, str]


def names(*lines: Line, **opinions: dict[str, float]) -> list[str | None]:
    """Descriptions of the items of a page, each on its line."""
    seen = {"31.00": NET, "32.00": NET, "33.00": NET, **opinions}
    return [item.description for item in assemble(linked_by_line(tagged(*lines, opinions=seen))).line_items]


def tours(*, heading: str = "", number: str = "") -> list[Line]:
    """Three items with a text in each of two columns, perhaps a ``number`` between them and a ``heading`` over the second."""
    lines: list[Line] = [(50, 170, "When"), (90, 170, "Who"), (220, 170, heading), (400, 170, "Sum")] if heading else []
    for k, (here, there, amount) in enumerate((("Hamm", "Gera", "31.00"), ("Jena", "Suhl", "32.00"), ("Hof", "Ulm", "33.00"))):
        y = 190 + 15 * k
        lines += [(50, y, here), (220, y, there), (400, y, amount), *([(140, y, number)] if number else [])]
    return [line for line in lines if line[2]]


PLACES = dict.fromkeys(("Hamm", "Gera", "Jena", "Suhl", "Hof", "Ulm"), NAME)


def test_an_item_is_called_what_two_columns_of_names_say() -> None:
    assert names(*tours(), **PLACES) == ["Hamm Gera", "Jena Suhl", "Hof Ulm"]


def test_the_heading_of_names_says_which_of_two_columns_it_is() -> None:
    assert names(*tours(heading="Description"), **PLACES) == ["Gera", "Suhl", "Ulm"]


def test_names_with_numbers_between_them_are_of_two_tables() -> None:
    found = names(*tours(number="7"), **PLACES, **{"7": QUANTITY})
    assert "Hamm Gera" not in found


def test_a_row_of_which_the_network_is_unsure_has_both_names_too() -> None:
    assert names(*tours(), **{**PLACES, "Gera": {"line.description": 0.3}})[0] == "Hamm Gera"


def test_places_keep_their_postcodes() -> None:
    lines: list[Line] = []
    for k, (here, there, amount) in enumerate((("Hamm", "Gera", "31.00"), ("Jena", "Suhl", "32.00"), ("Hof", "Ulm", "33.00"))):
        y = 190 + 15 * k
        lines += [(50, y, f"5906{k} {here}"), (220, y, f"0754{k} {there}"), (400, y, amount)]
    codes = {f"{digits}{k}": CODE for digits in ("5906", "0754") for k in range(3)}
    assert names(*lines, **PLACES, **codes) == ["59060 Hamm 07540 Gera", "59061 Jena 07541 Suhl", "59062 Hof 07542 Ulm"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Report as agreed on dated 12.03.2026", "Report as agreed on dated 12.03.2026"),
        ("Report as agreed 12.03.2026", "Report as agreed"),
        ("Report (box 24)", "Report (box 24)"),
        ("Report (box 24", "Report (box"),
    ],
)
def test_a_name_does_not_end_before_its_date_or_in_an_open_bracket(text: str, name: str) -> None:
    seen = {**dict.fromkeys(("Report", "as", "agreed", "on", "dated", "(box"), NAME), "12.03.2026": NOTE, "24)": CODE, "24": CODE}
    assert names((50, 180, text), (400, 180, "31.00"), **seen) == [name]


def test_a_bracket_is_closed_on_the_next_line() -> None:
    seen = {**dict.fromkeys(("Return", "(invoice"), NAME), "88/412)": NOTE, "unsold": NOTE}
    assert names((50, 180, "Return (invoice"), (400, 180, "31.00"), (50, 192, "88/412)"), **seen) == ["Return (invoice 88/412)"]


@pytest.mark.parametrize(("text", "name"), [("- Hearing abroad", "Hearing abroad"), ("• Hearing abroad", "Hearing abroad"), ("-", "-")])
def test_a_bullet_is_no_part_of_the_name(text: str, name: str) -> None:
    assert names((50, 180, text), (400, 180, "31.00"), **dict.fromkeys(("-", "•", "Hearing", "abroad"), NAME)) == [name]


def test_a_dash_that_begins_the_second_line_stays() -> None:
    seen = dict.fromkeys(("Hearing", "abroad", "-", "two", "days"), NAME)
    page = tagged((50, 180, "Hearing abroad"), (400, 180, "31.00"), (50, 192, "- two days"), opinions={"31.00": NET, **seen})
    assert assemble(page).line_items[0].description == "Hearing abroad - two days"


@pytest.mark.parametrize(("quantity", "name"), [("4", "Soup"), ("", "x Soup")])
def test_the_sign_of_multiplication_behind_a_quantity_is_none(quantity: str, name: str) -> None:
    seen = {"4": QUANTITY, "x": NOTE, "Soup": NAME} if quantity else {"x": NAME, "Soup": NAME}
    assert names((50, 180, f"{quantity} x Soup"), (400, 180, "31.00"), **seen) == [name]


@pytest.mark.parametrize(("amount", "name"), [("88.80", "Parking deck"), ("", "Parking deck paid card")])
def test_a_line_below_with_an_amount_of_its_own_is_none_of_the_name(amount: str, name: str) -> None:
    lines: list[Line] = [(50, 180, "Breakfast buffet"), (400, 180, "31.00"), (50, 200, "Parking deck"), (400, 200, "32.00")]
    lines += [(50, 212, "paid card"), *([(450.0, 212.0, amount)] if amount else [])]
    half = {"line.description": 0.8}
    seen = {**dict.fromkeys(("Breakfast", "buffet", "Parking", "deck"), NAME), "paid": half, "card": half}
    page = tagged(*lines, opinions={"31.00": NET, "32.00": NET, **seen})
    ys = page.document.pages[0].boxes[:, 3]
    for link in (page.link_query, page.link_key):
        link[:, 0], link[:, 1] = 10 * (ys < 190), 10 * (ys > 190)
    assert assemble(page).line_items[-1].description == name


def test_a_row_keeps_its_only_text_though_an_amount_of_its_own_stands_beside_it() -> None:
    lines: list[Line] = [
        (50, 180, "Breakfast buffet"),
        (400, 180, "31.00"),
        (400, 200, "32.00"),
        (50, 212, "Parking deck"),
        (450, 212, "88.80"),
    ]
    seen = dict.fromkeys(("Breakfast", "buffet"), NAME) | {"Parking": {"line.description": 0.8}, "deck": {"line.description": 0.8}}
    page = tagged(*lines, opinions={"31.00": NET, "32.00": NET, **seen})
    ys = page.document.pages[0].boxes[:, 3]
    for link in (page.link_query, page.link_key):
        link[:, 0], link[:, 1] = 10 * (ys < 195), 10 * (ys > 195)
    assert [item.description for item in assemble(page).line_items] == ["Breakfast buffet", "Parking deck"]
