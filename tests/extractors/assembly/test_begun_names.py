"""Texts that the network begins as a name and ends as a note."""

from __future__ import annotations

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble

NUMBERS = {
    "12.00": {"line.net_amount": 0.98},
    "45.00": {"line.net_amount": 0.98},
    "57.00": {"total.line_total": 0.9, "header.net_total": 0.05},
}


@pytest.mark.parametrize(
    ("text", "first", "name"),
    [
        ("complete with oak frame", 0.8, "Mirror complete with oak frame"),  # the network begins a name: all of it is one
        ("complete with oak frame", 0.4, "Mirror"),  # it does not
        ("complete as order 70815", 0.8, "Mirror"),  # a reference to another document
    ],
)
def test_a_text_that_begins_as_a_name_is_one_to_its_end(text: str, first: float, name: str) -> None:
    begins, *rest = text.split()
    opinions = {word: {"line.note": 0.95, "line.description": 0.02} for word in rest}
    opinions[begins] = {"line.note": 1 - first - 0.05, "line.description": first}
    opinions |= NUMBERS | {"Mirror": {"line.description": 0.98}, "Carpet": {"line.description": 0.98}}
    page = tagged((60, 300, "Mirror"), (400, 300, "12.00"), (60, 312, text), (60, 330, "Carpet"), (400, 330, "45.00"), opinions=opinions)
    assert [item.description for item in assemble(page).line_items] == [name, "Carpet"]


@pytest.mark.parametrize(("text", "name"), [("Euro 95 unleaded", "Euro 95 unleaded"), ("95 unleaded", "95 unleaded")])
def test_a_currency_that_begins_the_text_of_a_name_is_part_of_it(text: str, name: str) -> None:
    opinions = NUMBERS | {word: {"line.description": 0.95} for word in ("95", "unleaded", "Carpet")} | {"Euro": {"header.currency": 0.96}}
    lines = ((60, 300, text), (340, 300, "" if "Euro" in text else "Euro"), (400, 300, "12.00"), (60, 330, "Carpet"), (400, 330, "45.00"))
    page = tagged(*lines, opinions=opinions)
    assert [item.description for item in assemble(page).line_items] == [name, "Carpet"]
