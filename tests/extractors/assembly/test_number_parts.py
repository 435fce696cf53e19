"""Invoice numbers that are printed in several words."""

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble

NUMBER = "header.invoice_number"


@pytest.mark.parametrize(
    ("line", "likely", "number"),
    [
        ("Invoice no. F-77120 / 3", {"F-77120": 0.98, "3": 0.4}, "F-77120 / 3"),
        ("Invoice no. F-77120 / 3", {"F-77120": 0.98}, "F-77120"),  # a count, maybe of pages
        ("Invoice no. 26 / 7719 / EXP", {"26": 0.98, "7719": 0.8}, "26 / 7719 / EXP"),
        ("Rechnung 2026 / 00317", {"2026": 0.97, "00317": 0.98}, "2026 / 00317"),
        ("Rechnung R-2026/04 - 1193", {"R-2026/04": 0.97, "1193": 0.9}, "R-2026/04 - 1193"),
        ("Rechnung R-2026/04 - 1193", {"R-2026/04": 0.97}, "R-2026/04"),
        ("Rechnung R-2026/04 / 02.03.2026", {"R-2026/04": 0.97, "02.03.2026": 0.4}, "R-2026/04"),
        ("Invoice / Customer: F-77120 / 10023", {"F-77120": 0.98}, "F-77120"),
        ("Invoice no. F-77120 / EXP for you", {"F-77120": 0.98}, "F-77120"),
        ("Fatura FR B/77", {"FR": 0.5, "B/77": 0.96}, "FR B/77"),
    ],
)
def test_parts_beyond_a_slash_or_a_dash_belong_to_the_number(line: str, likely: dict[str, float], number: str) -> None:
    page = tagged((50, 80, line), opinions={word: {NUMBER: share} for word, share in likely.items()})
    assert assemble(page).header.invoice_number == number


@pytest.mark.parametrize(
    ("first", "second", "number"),
    [("GH-5531", "307", "GH-5531"), ("GH-5531/", "307", "GH-5531/ 307"), ("INV", "2016/5996", "INV 2016/5996")],
)
def test_a_number_goes_on_in_the_next_line_behind_a_slash_or_its_letters_alone(first: str, second: str, number: str) -> None:
    likely = {first: {NUMBER: 0.97}, second: {NUMBER: 0.9}}
    page = tagged((50, 80, "Invoice"), (120, 80, first), (50, 92, "Room"), (120, 92, second), opinions=likely)
    bare = tagged((120, 80, first), (120, 92, second), opinions=likely)
    assert assemble(bare if first == "INV" else page).header.invoice_number == number
