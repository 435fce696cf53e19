"""Names of items: whole pieces of text in one column, on the lines of their item, whatever single words were taken for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from extractors.assembly.document import assemble
from extractors.assembly.spans import LABEL_INDEX
from extractors.labels import DOCUMENT_TYPES, FIELDS
from extractors.tagger import TaggedDocument
from extractors.words import Document, Page
from schemas.invoice import LineItem

LABELS = {"d": "description", "p": "unit_price", "q": "quantity", "n": "net_amount", "c": "item_code", "t": "note", "u": "unit"}
Cell = tuple[str, str, int, float, float, float]  # text, label, row (-1: none), left edge, baseline, probability


def cells(text: str, tags: str, row: int, x: float, y: float, sure: float = 0.99) -> list[Cell]:
    """Words of one cell from its left edge; ``tags``: one letter per word, "-" = no value."""
    result: list[Cell] = []
    for word, tag in zip(text.split(), tags, strict=True):
        result.append((word, tag, row, x, y, sure))
        x += 5.0 * len(word) + 3.0
    return result


def numbers(row: int, y: float, price: str = "10.00", quantity: str = "2", amount: str = "20.00") -> list[Cell]:
    return [*cells(price, "p", row, 340, y), *cells(quantity, "q", row, 420, y), *cells(amount, "n", row, 500, y)]


def page_of(words: Sequence[Cell]) -> Page:
    """Words of ten points, half an em wide per letter."""
    n = len(words)
    boxes = np.array([(x, y - 10, x + 5 * len(text), y) for text, _, _, x, y, _ in words], np.float32)
    return Page(1, 595.0, 842.0, tuple(w[0] for w in words), boxes, np.full(n, 10, np.float32), np.zeros(n, bool), np.ones(n, np.float32))


def assembled_names(words: Sequence[Cell], *, starts: Sequence[str] = (), link: float = 1.0, named: float = 0.0) -> list[str | None]:
    """Descriptions of the items of `assembled_items`."""
    return [item.description for item in assembled_items(words, starts=starts, link=link, named=named)]


def assembled_items(words: Sequence[Cell], *, starts: Sequence[str] = (), link: float = 1.0, named: float = 0.0) -> Sequence[LineItem]:
    """The items of a page. A row's words point at its amount, by ``link``; with the words ``starts`` an item begins. ``named``: probability that a note
    names its item."""
    words = sorted(words, key=lambda w: (w[4], w[3]))
    labels = np.zeros((len(words), 1 + len(FIELDS)), np.float32)
    query, key = np.zeros((len(words), 16), np.float32), np.zeros((len(words), 16), np.float32)
    for i, (_, tag, row, _, _, sure) in enumerate(words):
        labels[i, 0] = 1.0
        if tag != "-":
            labels[i, 0] = 1 - sure
            labels[i, LABEL_INDEX[f"line.{LABELS[tag]}"]] = sure
            if tag == "t":
                labels[i, 0], labels[i, LABEL_INDEX["line.description"]] = max(1 - sure - named, 0.0), named
            query[i, row] = link
            key[i, row] = 2.0 if tag == "n" else 0.1
    kinds = np.full(len(DOCUMENT_TYPES), 0.001, np.float32)
    kinds[0] = 1.0
    begins = np.array([float(text in starts) for text, *_ in words], np.float32)
    return assemble(TaggedDocument(Document((page_of(words),), reader="test"), labels, begins, query, key, kinds, "en")).line_items


def test_words_of_another_column_are_no_name() -> None:
    words = [*numbers(0, 200), *numbers(1, 230), *numbers(2, 260)]
    words += cells("Desk lamp", "dd", 0, 180, 200) + cells("Office chair", "dd", 1, 180, 230) + cells("Filing cabinet", "dd", 2, 180, 260)
    words += cells("Cust.no: KD-MAT", "-d", 1, 60, 230)
    assert assembled_names(words) == ["Desk lamp", "Office chair", "Filing cabinet"]


def test_text_that_stands_apart_from_a_name_is_none_unless_the_network_is_sure() -> None:
    words = [*numbers(0, 200), *numbers(1, 280), *cells("Desk lamp", "dd", 0, 180, 200), *cells("Office chair", "dd", 1, 180, 280)]
    words += cells("brass and glass", "ddd", 0, 180, 212)
    words += cells("to your order", "ddd", 0, 180, 245, 0.8)
    assert assembled_names(words) == ["Desk lamp brass and glass", "Office chair"]


def test_a_name_taken_for_a_code_is_found_in_the_column_of_names() -> None:
    words = [*numbers(0, 200), *numbers(1, 230), *numbers(2, 260)]
    words += cells("Desk lamp", "dd", 0, 180, 200) + cells("TEST2", "c", 1, 180, 230) + cells("Filing cabinet", "dd", 2, 180, 260)
    assert assembled_names(words) == ["Desk lamp", "TEST2", "Filing cabinet"]


def test_words_without_label_inside_a_name_belong_to_it() -> None:
    words = [
        *numbers(0, 200),
        *numbers(1, 230),
        *cells("Insurance upgrade", "d-", 0, 180, 200),
        *cells("City of London map", "d-dd", 1, 180, 230),
    ]
    assert assembled_names(words) == ["Insurance upgrade", "City of London map"]


def test_a_hyphen_leads_to_the_next_line() -> None:
    words = [*numbers(0, 200), *numbers(1, 240), *cells("Desk lamp", "dd", 0, 180, 200), *cells("BAG-STRONG-", "d", 1, 180, 240)]
    words += cells("BLUE-700X1100", "t", 1, 180, 251)
    assert assembled_names(words)[1] in ("BAG-STRONG- BLUE-700X1100", "BAG-STRONG-BLUE-700X1100")


def test_names_below_their_numbers_belong_to_the_block_they_stand_in() -> None:
    words: list[Cell] = []
    for row, (name, y) in enumerate((("Citric acid", 200), ("Cane sugar", 240), ("Lager beer", 280))):
        words += [*cells("0412345", "c", row, 180, y), *numbers(row, y)]
        words += cells(name, "dd", min(row + 1, 2), 180, y + 11)  # the network links them to the item below
    assert assembled_names(words) == ["Citric acid", "Cane sugar", "Lager beer"]


def test_text_in_the_margin_is_no_name() -> None:
    words = [*numbers(0, 200), *numbers(1, 230), *cells("Desk lamp", "dd", 0, 180, 200), *cells("Office chair", "dd", 1, 180, 230)]
    words += cells("Copyright", "d", 1, 12, 230)
    assert assembled_names(words) == ["Desk lamp", "Office chair"]


def test_dots_that_lead_from_a_name_to_its_amount_are_no_name() -> None:
    words = [*cells("5.00", "n", 0, 500, 200), *cells("7.00", "n", 1, 500, 260)]
    words += (
        cells(f"Funeral wreath {'.' * 60}", "dd-", 0, 60, 200)
        + cells("2 2.50", "qp", 0, 60, 211)
        + cells("voltage 230 V 50 Hz", "ddddd", 0, 60, 222)
    )
    words += (
        cells(f"Ticket premium {'.' * 60}", "dd-", 1, 60, 260)
        + cells("1 7.00", "qp", 1, 60, 271)
        + cells("including the disposal of it", "ddddd", 1, 60, 282)
    )
    assert assembled_names(words) == ["Funeral wreath voltage 230 V 50 Hz", "Ticket premium including the disposal of it"]


def test_a_code_in_brackets_before_a_name_is_the_items_code() -> None:
    words = [*cells("[A-113] Oak desk", "tdd", 0, 50, 100), *numbers(0, 100), *cells("[B7] Chair", "td", 1, 50, 120), *numbers(1, 120)]
    assert assembled_names(words) == ["Oak desk", "Chair"]


def test_words_in_brackets_without_a_digit_stay_with_the_name() -> None:
    words = [*cells("[new] Oak desk", "ddd", 0, 50, 100), *numbers(0, 100), *cells("Chair", "d", 1, 50, 120), *numbers(1, 120)]
    assert assembled_names(words) == ["[new] Oak desk", "Chair"]


def test_a_date_that_is_surely_a_note_does_not_join_the_name_beside_it() -> None:
    words = [
        *cells("08.06.2026 Rental van", "tdd", 0, 50, 100),
        *numbers(0, 100),
        *cells("09.06.2026 Driver", "td", 1, 50, 120),
        *numbers(1, 120),
    ]
    assert assembled_names(words) == ["Rental van", "Driver"]


def test_a_name_begins_where_the_network_sees_an_item_begin_although_more_words_stand_below() -> None:
    words: list[Cell] = []
    for row, (name, y) in enumerate((("Husleje", 200), ("Vagt", 260), ("Rengøring", 320))):
        words += [*numbers(row, y), *cells(name, "d", row, 180, y + 13, sure=0.9), *cells("SKU: 99", "-c", row, 180, y + 26)]
    words += cells("outside normal working hours", "dddd", 1, 180, 260 + 39, sure=0.8)
    assert assembled_names(words, starts=("Husleje", "Vagt", "Rengøring")) == ["Husleje", "Vagt", "Rengøring"]


def test_links_that_are_sure_outweigh_the_white_space_between_blocks() -> None:
    words: list[Cell] = []
    for row, (name, y) in enumerate((("Citric acid", 200), ("Cane sugar", 240), ("Lager beer", 280))):
        words += [*cells("0412345", "c", row, 180, y), *numbers(row, y), *cells(name, "dd", row, 180, y - 29)]
    assert assembled_names(words, link=9.0) == ["Citric acid", "Cane sugar", "Lager beer"]


def test_as_many_numbers_as_items_belong_to_one_each() -> None:
    words: list[Cell] = []
    for row, (name, y) in enumerate((("Desk lamp", 200), ("Office chair", 240), ("Cabinet", 280))):
        words += [*cells(name, "d" * len(name.split()), row, 60, y), *cells(f"{row + 1}0.00", "n", row, 500, y)]
        words += cells(f"{row + 1}", "q", min(row + 1, 2), 420, y + 25)  # below the amount, linked to the item below
    assert [item.quantity for item in assembled_items(words)] == [1, 2, 3]


def test_a_number_below_an_amount_stays_with_it_where_names_stand_above() -> None:
    words = [*cells("Desk lamp", "dd", 0, 60, 200), *cells("30.00", "n", 0, 60, 215), *cells("3", "q", 0, 60, 230)]
    words += [*cells("Office chair", "dd", 1, 60, 260), *cells("40.00", "n", 1, 60, 275)]
    assert [(item.description, item.quantity) for item in assembled_items(words)] == [("Desk lamp", 3), ("Office chair", None)]


def test_a_heading_above_the_first_item_is_no_name_that_says_where_names_stand() -> None:
    words = [*cells("BEZEICHNUNG", "d", 0, 180, 186, sure=0.6)]
    for row, (name, y) in enumerate((("Citric acid", 200), ("Cane sugar", 240), ("Lager beer", 280))):
        words += [*numbers(row, y), *cells(name, "dd", row, 180, y + 11)]
    assert assembled_names(words) == ["Citric acid", "Cane sugar", "Lager beer"]


def test_a_code_beside_its_number_stays_a_code_where_the_name_stands_below() -> None:
    words: list[Cell] = []
    for row, y in enumerate((200, 230)):
        words += [*cells("Desk lamp", "dd", row, 180, y), *numbers(row, y)]
    words += [*cells("AB-771", "c", 2, 180, 260), *numbers(2, 260), *cells("Office chair", "dd", 2, 180, 271)]
    assert assembled_names(words) == ["Desk lamp", "Desk lamp", "Office chair"]


def test_each_item_has_the_name_that_begins_with_it_although_words_point_elsewhere() -> None:
    words = [
        *cells("Husleje", "d", 0, 50, 200), *numbers(0, 200), *cells("for August", "dd", 1, 50, 212),
        *cells("Vagt", "d", 1, 50, 260), *numbers(1, 260),
    ]  # fmt: skip
    assert assembled_names(words, starts=("Husleje", "Vagt")) == ["Husleje for August", "Vagt"]


def test_a_unit_in_front_of_a_name_is_no_part_of_it() -> None:
    words: list[Cell] = []
    for row, (unit, name, y) in enumerate((("Stk", "Husleje", 200), ("kWh", "Vagt", 230), ("Tage", "Bord", 260))):
        words += [*cells(f"{unit} {name}", "ud", row, 50 + 8 * row, y), *numbers(row, y)]
    assert assembled_names(words, starts=("Husleje", "Vagt", "Bord")) == ["Husleje", "Vagt", "Bord"]


@pytest.mark.parametrize(
    ("above", "below", "joined"),
    [
        ("Zahn- und Kiefer-", "behandlung", "Zahn- und Kieferbehandlung"),
        ("An-", "und Abfahrt", "An- und Abfahrt"),
        ("SMS-", "bundel 1000", "SMS-bundel 1000"),
        ("eSIM-", "kaart", "eSIM-kaart"),
        ("Vorteils-", "karte", "Vorteilskarte"),
        ("Ladder, non-", "slip", "Ladder, non-slip"),
        ("Baseplate type A-", "Nord", "Baseplate type A- Nord"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_is_left_out_only_where_it_splits_a_word(above: str, below: str, joined: str) -> None:
    words = [*numbers(0, 200), *numbers(1, 250), *cells(above, "d" * len(above.split()), 0, 180, 200)]
    words += [*cells(below, "d" * len(below.split()), 0, 180, 211), *cells("Chair", "d", 1, 180, 250)]
    assert assembled_names(words)[0] == joined


@pytest.mark.parametrize(("sure", "joins"), [(0.75, True), (0.95, False)])
def test_a_line_between_two_lines_of_a_name_is_part_of_it_unless_it_is_surely_a_note(sure: float, joins: bool) -> None:
    words = [*numbers(0, 200), *numbers(1, 260), *cells("Room four", "dd", 0, 180, 200), *cells("with breakfast", "dd", 0, 180, 222)]
    words += cells("three nights", "tt", 0, 180, 211, sure) + cells("Office chair", "dd", 1, 180, 260)
    between = "three nights " if joins else ""
    assert assembled_names(words, named=1 - sure) == [f"Room four {between}with breakfast", "Office chair"]


def test_what_stands_between_a_name_and_a_line_that_surely_belongs_to_it_does_so_too() -> None:
    words = [*numbers(0, 200), *numbers(1, 300), *cells("Empty crates", "dd", 0, 180, 200), *cells("6.00%", "t", 0, 180, 211, 0.97)]
    words += cells("as agreed by telephone", "dddd", 0, 180, 233, 0.6) + cells("delivered to the door", "dddd", 0, 180, 244)
    words += cells("Office chair", "dd", 1, 180, 300)
    assert assembled_names(words) == ["Empty crates as agreed by telephone delivered to the door", "Office chair"]


@pytest.mark.parametrize(
    ("above", "below", "joined"),
    [
        ("Service 29.05. -", "09.07.2025", True),
        ("Support 1 May 2025", "to 31 May 2025", True),
        ("Insurance for", "Priya Harris", True),
        ("Support plan", "to your order", False),
        ("Class for", "2.50", False),
        ("Class for", "400012345678 code", False),
    ],
)
def test_a_name_goes_on_behind_a_joining_word_or_half_a_period(above: str, below: str, joined: bool) -> None:
    words = [
        *numbers(0, 200),
        *numbers(1, 260),
        *cells(above, "d" * len(above.split()), 0, 180, 200),
        *cells("Office chair", "dd", 1, 180, 260),
    ]
    words += cells(below, ("p" if below == "2.50" else "t") * len(below.split()), 0, 180, 211)
    assert assembled_names(words) == [f"{above} {below}" if joined else above, "Office chair"]


@pytest.mark.parametrize(("printed", "name"), [("Service: Boiler repair", "Boiler repair"), ("Room: garden view", "Room: garden view")])
def test_the_label_of_names_is_no_part_of_them(printed: str, name: str) -> None:
    words = [*numbers(0, 200), *numbers(1, 230), *cells(printed, "ddd", 0, 180, 200), *cells("Office chair", "dd", 1, 180, 230)]
    assert assembled_names(words) == [name, "Office chair"]


@pytest.mark.parametrize(("sure", "name"), [(0.97, "Rent of hall"), (0.6, "set Rent of hall")])
def test_a_unit_that_stands_before_a_name_without_a_gap_is_no_part_of_it_where_it_is_surely_one(sure: float, name: str) -> None:
    words = [*numbers(0, 200), *numbers(1, 230), *cells("set", "u", 0, 162, 200, sure), *cells("Rent of hall", "ddd", 0, 180, 200)]
    words += cells("Office chair", "dd", 1, 162, 230)
    assert assembled_names(words) == [name, "Office chair"]


@pytest.mark.parametrize(("sure", "whole"), [(0.6, True), (0.99, False)])
def test_words_beside_those_of_a_names_second_line_belong_to_it_unless_they_are_surely_noted(sure: float, whole: bool) -> None:
    words = [*numbers(0, 200), *numbers(1, 240), *cells("Crane rental", "dd", 0, 180, 200), *cells("Office chair", "dd", 1, 180, 240)]
    words += cells("03.04.2026", "t", 0, 180, 211, sure) + cells("- 09.04.2026", "dd", 0, 233, 211)
    assert assembled_names(words) == ["Crane rental 03.04.2026 - 09.04.2026" if whole else "Crane rental", "Office chair"]


@pytest.mark.parametrize(("sure", "name"), [(0.6, "Disk drive"), (0.97, "Monthly fee Disk drive")])
def test_a_heading_in_the_white_space_between_items_is_no_name_unless_the_network_is_sure(sure: float, name: str) -> None:
    words: list[Cell] = []
    for row, (text, y) in enumerate((("Desk lamp", 200), ("Disk drive", 246), ("Tool box", 278), ("Oak table", 310))):
        words += [*cells(text, "dd", row, 60, y), *numbers(row, y + 11)]
    words += cells("Monthly fee", "dd", 1, 60, 230, sure)
    assert assembled_names(words) == ["Desk lamp", name, "Tool box", "Oak table"]


@pytest.mark.parametrize(("left", "name"), [(54, "Disk drive"), (60, "Office supplies Disk drive")])
def test_a_line_left_of_all_names_is_a_heading_however_sure_the_network_is(left: float, name: str) -> None:
    words: list[Cell] = []
    for row, (text, y) in enumerate((("Desk lamp", 200), ("Disk drive", 242), ("Tool box", 270))):
        words += [*cells(text, "dd", row, 60, y), *numbers(row, y + 11)]
    words += cells("Office supplies", "dd", 1, left, 228)
    assert assembled_names(words) == ["Desk lamp", name, "Tool box"]


@pytest.mark.parametrize(("heading", "names"), [(180, ["Citric acid", "Cane sugar"]), (158, ["Groceries", "Citric acid Cane sugar"])])
def test_names_stand_below_their_numbers_where_their_heading_does(heading: float, names: list[str]) -> None:
    words = [*cells("Price", "-", -1, 340, 169), *cells("Quantity", "-", -1, 420, 169), *cells("Amount", "-", -1, 500, 169)]
    words += cells("Description", "-", -1, 60, heading)
    words += [*cells("Groceries", "d", 0, 60, 193), *numbers(0, 205), *cells("Citric acid", "dd", 1, 60, 217)]
    words += [*numbers(1, 229), *cells("Cane sugar", "dd", 1, 60, 241)]
    assert assembled_names(words, link=4.0) == names


def test_an_item_that_is_called_like_a_heading_moves_no_names_that_stand_beside_numbers() -> None:
    words = [*cells("Price", "-", -1, 340, 169), *cells("Quantity", "-", -1, 420, 169), *cells("Amount", "-", -1, 500, 169)]
    words += [*cells("Article", "d", 0, 60, 180), *numbers(0, 192)]
    words += [*cells("Cane sugar", "dd", 1, 60, 206), *numbers(1, 206)]
    for row, (text, y) in enumerate((("Salt", 220), ("Flour", 246), ("Rice", 272)), 2):
        words += [*cells(text, "d", row, 60, y), *numbers(row, y + 12)]
    assert assembled_names(words, link=4.0) == ["Article", "Cane sugar", "Salt", "Flour", "Rice"]


def test_a_labelled_code_beside_the_numbers_is_no_part_of_a_name_above_it() -> None:
    words: list[Cell] = []
    for row, (text, y) in enumerate((("Desk lamp", 200), ("Office chair", 230), ("Steel", 260))):
        words += [*cells(text, "d" * len(text.split()), row, 60, y), *numbers(row, y)]
    words += [*numbers(3, 301), *cells("Tool box", "dd", 3, 60, 290), *cells("SKU: 7702", "-c", 3, 60, 301)]
    assert assembled_names(words) == ["Desk lamp", "Office chair", "Steel", "Tool box"]


@pytest.mark.parametrize(("left", "name"), [(180, "Desk lamp brass and glass"), (190, "Desk lamp brass and glass"), (172, "Desk lamp")])
def test_a_line_below_a_name_that_begins_further_out_heads_the_next_section(left: float, name: str) -> None:
    words = [*numbers(0, 200), *numbers(1, 240), *numbers(2, 260)]
    words += cells("Desk lamp", "dd", 0, 180, 200) + cells("Office chair", "dd", 1, 180, 240) + cells("Filing cabinet", "dd", 2, 180, 260)
    words += cells("brass and glass", "ddd", 0, left, 212, 0.7)
    assert assembled_names(words) == [name, "Office chair", "Filing cabinet"]


def test_a_name_that_goes_on_below_its_code_is_no_heading() -> None:
    words = [*numbers(0, 200), *numbers(1, 240), *numbers(2, 260)]
    words += cells("Desk lamp", "dd", 0, 180, 200) + cells("Office chair", "dd", 1, 180, 240) + cells("Filing cabinet", "dd", 2, 180, 260)
    words += cells("K-4417", "c", 0, 130, 200) + cells("K-4418", "c", 1, 130, 240) + cells("K-4419", "c", 2, 130, 260)
    words += cells("brass and ivory glass", "dddd", 0, 130, 212)
    assert assembled_names(words)[0] == "Desk lamp brass and ivory glass"


def test_a_line_at_the_edge_of_the_name_above_goes_on_it_whatever_stands_close_before_it() -> None:
    words = [*numbers(0, 200), *numbers(1, 240), *numbers(2, 260)]
    words += cells("Desk lamp", "dd", 0, 180, 200) + cells("Office chair", "dd", 1, 180, 240) + cells("Filing cabinet", "dd", 2, 180, 260)
    words += cells("Ref. QX7", "--", 0, 138, 212) + cells("brass and glass", "ddd", 0, 180, 212, 0.7)
    assert assembled_names(words)[0] == "Desk lamp brass and glass"


@pytest.mark.parametrize(("apart", "name"), [(19, "Tool box polished brass"), (24, "Tool box")])
def test_lines_of_names_that_stand_far_apart_in_most_items_do_so_in_a_doubtful_one(apart: float, name: str) -> None:
    words: list[Cell] = []
    for row, text in enumerate(("Desk lamp", "Office chair", "Filing cabinet")):
        y = 200 + 50 * row
        words += [*numbers(row, y), *cells(text, "dd", row, 180, y), *cells("painted by hand", "ddd", row, 180, y + 19)]
    words += [*numbers(3, 350), *cells("Tool box", "dd", 3, 180, 350), *cells("polished brass", "dd", 3, 180, 350 + apart, 0.7)]
    assert assembled_names(words)[3] == name


def test_a_line_further_out_goes_on_a_name_where_names_have_no_common_edge() -> None:
    words = [*numbers(0, 200), *numbers(1, 240), *cells("Desk lamp", "dd", 0, 195, 200), *cells("Office chair", "dd", 1, 187, 240)]
    words += cells("brass and glass", "ddd", 0, 180, 212, 0.95)
    assert assembled_names(words) == ["Desk lamp brass and glass", "Office chair"]


@pytest.mark.parametrize(("counted", "first"), [(False, "Data plan"), (True, "Line one Data plan")])
def test_headings_of_sections_stand_further_out_than_all_names_beside_numbers(counted: bool, first: str) -> None:
    """Unless the line further out counts something: then it is the item, and what stands further in is said of it."""
    words = cells("Line one", "dd", 0, 60, 186, 0.8) + cells("Line two", "dd", 2, 60, 246, 0.8)
    words += cells("Data plan", "dd", 0, 74, 200) + cells("Voice plan", "dd", 1, 74, 220) + cells("Data plan", "dd", 2, 74, 260)
    words += cells("Roaming pack", "dd", 3, 74, 280) + [line for k, y in enumerate((200, 220, 260, 280)) for line in numbers(k, y)]
    words += cells("5", "q", 0, 250, 186) if counted else []
    assert assembled_names(words)[0] == first


@pytest.mark.parametrize(
    ("below", "name", "code"),
    [
        ("Cikkszám: VF50", "Soil", "VF50"),
        ("no.: 70-815", "Soil no.: 70-815", None),
        ("Šifra: LED-N", "Soil", "LED-N"),
        ("Colour: AB-12", "Soil Colour: AB-12", None),
        ("Cikkszám: fine", "Soil Cikkszám: fine", None),
    ],
)
def test_a_code_behind_its_own_label_is_no_part_of_the_name_above_it(below: str, name: str, code: str | None) -> None:
    words = [
        *numbers(0, 200),
        *numbers(1, 260),
        *cells("Soil", "d", 0, 180, 200),
        *cells(below, "dd", 0, 180, 213),
        *cells("Grass", "d", 1, 180, 260),
    ]
    first = assembled_items(words)[0]
    assert (first.description, first.item_code) == (name, code)
