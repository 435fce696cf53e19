"""Whose a name is where the network takes the parties for each other: headings, slips for the payment, letterheads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble
from extractors.tagger import TaggedDocument
from extractors.words import Document

SELLER, BUYER = "header.seller_name", "header.buyer_name"
SWAPPED = {"Nordwind": {BUYER: 0.9, SELLER: 0.05}, "Tannenhof": {SELLER: 0.9, BUYER: 0.05}}


def parties(page: TaggedDocument) -> tuple[str | None, str | None]:
    header = assemble(page).header
    return header.seller_name, header.buyer_name


def with_sizes(page: TaggedDocument, *, factor: float, first: int) -> TaggedDocument:
    """The same with larger letters of the ``first`` words."""
    sheet = page.document.pages[0]
    sizes = sheet.sizes.copy()
    sizes[:first] *= factor
    return replace(page, document=Document((replace(sheet, sizes=sizes),), reader="test"))


@pytest.mark.parametrize(
    ("left", "right", "expected"), [("Landlord", "Tenant", ("Nordwind", "Tannenhof")), ("Tenant", "Landlord", ("Tannenhof", "Nordwind"))]
)
def test_headings_over_both_names_say_more_than_the_network(left: str, right: str, expected: tuple[str, str]) -> None:
    lines = ((50.0, 80.0, left), (350.0, 80.0, right), (50.0, 92.0, "Nordwind"), (350.0, 92.0, "Tannenhof"))
    assert parties(tagged(*lines, opinions=SWAPPED)) == expected


def test_a_merchant_is_the_buyer_where_another_heading_names_the_issuer() -> None:
    lines = ((50.0, 80.0, "Merchant"), (350.0, 80.0, "Issued by"), (50.0, 92.0, "Tannenhof"), (350.0, 92.0, "Nordwind"))
    assert parties(tagged(*lines, opinions=SWAPPED)) == ("Nordwind", "Tannenhof")
    alone = tagged((50.0, 80.0, "Merchant"), (50.0, 92.0, "Tannenhof"), opinions=SWAPPED)
    assert parties(alone) == ("Tannenhof", None)


@pytest.mark.parametrize(
    ("heading", "paid", "payer"), [("Payment advice", "To:", "Customer"), ("Überweisung", "Empfänger", "Auftraggeber")]
)
def test_on_a_slip_for_the_payment_to_names_who_is_paid(heading: str, paid: str, payer: str) -> None:
    names = {**SWAPPED, "NORDWIND": {BUYER: 0.5, SELLER: 0.4}, "TANNENHOF": {BUYER: 0.9, SELLER: 0.05}}
    above = ((50.0, 80.0, "Tannenhof"), (350.0, 80.0, "Nordwind"))
    slip = ((50.0, 600.0, heading), (50.0, 630.0, paid), (120.0, 630.0, "NORDWIND"), (300.0, 630.0, payer), (400.0, 630.0, "TANNENHOF"))
    found = [(name or "").casefold() for name in parties(tagged(*above, *slip, opinions=names))]
    assert found == ["nordwind", "tannenhof"]


@pytest.mark.parametrize("head", ["Nordwind & Partner", "N o r d w ind & Par tner"])
def test_the_foot_names_the_customer_where_another_name_heads_the_page(head: str) -> None:
    opinions = {word: {SELLER: 0.9} for word in head.split()} | {"Tannenhof": {BUYER: 0.97}, "TANNENHOF": {SELLER: 0.98}}
    lines = (
        (180.0, 60.0, head),
        (50.0, 120.0, "Tannenhof"),
        (50.0, 400.0, "Thank you for your order, which we sent on Monday"),
        (50.0, 800.0, "TANNENHOF"),
    )
    found = parties(with_sizes(tagged(*lines, opinions=opinions), factor=1.8, first=len(head.split())))
    assert (found[0], (found[1] or "").casefold()) == (head, "tannenhof")
