"""Sellers whose logo shows another name than the one under which they are registered."""

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble

SELLER = "header.seller_name"


def seller_of(*lines: tuple[float, float, str], **opinions: float) -> str | None:
    return assemble(tagged(*lines, opinions={word: {SELLER: share} for word, share in opinions.items()})).header.seller_name


@pytest.mark.parametrize(
    ("footer", "name"),
    [
        ("Northlight is a trading name of Harrow & Pike Limited. Registered in England.", "Harrow & Pike Limited"),
        ("Northlight is a brand of Van Harrow Pumps B.V.", "Van Harrow Pumps B.V."),
        ("Northlight ist eine Marke der Harrow GmbH & Co. KG, Kiel", "Harrow GmbH & Co. KG"),
        ("Northlight is a place to be", "Northlight"),
        ("Northlight Designated Activity Company", "Northlight Designated Activity Company"),
    ],
)
def test_the_registered_name_stands_behind_the_phrase_that_leads_to_it(footer: str, name: str) -> None:
    assert seller_of((50, 40, "Northlight"), (50, 700, footer), Northlight=0.95) == name


def test_a_name_with_a_legal_form_that_goes_on_from_the_logo_is_the_whole_name() -> None:
    assert seller_of((50, 40, "Northlight"), (50, 700, "Northlight Bergen, a.s."), Northlight=0.95) == "Northlight Bergen, a.s."
    assert seller_of((50, 40, "Northlight"), (50, 700, "Northlight sells lamps and a.s."), Northlight=0.95) == "Northlight"


def test_a_fuller_name_in_smaller_letters_is_the_sellers() -> None:
    pieces = ((50.0, 40.0, "Northlight"), (50.0, 300.0, "Northlight"), (50.0, 500.0, "Northlight Bergen Lamps"))
    words = {"Northlight": {SELLER: 0.95}, "Bergen": {SELLER: 0.9}, "Lamps": {SELLER: 0.9}}
    page = tagged(*pieces, opinions=words)
    assert assemble(page).header.seller_name == "Northlight"
    page.document.pages[0].sizes[0] = 22.0
    assert assemble(page).header.seller_name == "Northlight Bergen Lamps"


def test_the_buyer_who_is_called_alike_is_not_the_seller() -> None:
    buyer = {word: {"header.buyer_name": 0.95} for word in ("Bergen", "a.s.")}
    pieces = ((50.0, 40.0, "Northlight"), (50.0, 300.0, "Invoice to:"), (50.0, 312.0, "Northlight Bergen a.s."))
    page = tagged(*pieces, opinions={"Northlight": {SELLER: 0.6, "header.buyer_name": 0.35}, **buyer})
    found = assemble(page).header
    assert (found.seller_name, found.buyer_name) == ("Northlight", "Northlight Bergen a.s.")
