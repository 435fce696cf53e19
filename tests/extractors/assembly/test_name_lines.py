"""Which lines of an address name the party."""

from __future__ import annotations

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble

SELLER, BUYER = "header.seller_name", "header.buyer_name"


@pytest.mark.parametrize("caption", ["c/o", "C/O", "vertr. d. d."])
def test_the_line_over_whom_letters_go_to_is_the_name(caption: str) -> None:
    lines = ((50.0, 80.0, "Kastanienhof Altheim"), (50.0, 92.0, f"{caption} Hausverwaltung Brand"), (50.0, 104.0, "12345 Altheim"))
    words = {word: {BUYER: 0.9} for word in ("Hausverwaltung", "Brand")}
    assert assemble(tagged(*lines, opinions=words)).header.buyer_name == "Kastanienhof Altheim"


def test_captions_under_the_lines_of_a_form_hide_no_name() -> None:
    lines = ((50.0, 80.0, "Kastanienhof Altheim"), (50.0, 92.0, "Auftraggeber"), (50.0, 104.0, "c/o Hausverwaltung Brand"))
    words = {word: {BUYER: 0.9} for word in ("Hausverwaltung", "Brand")}
    assert assemble(tagged(*lines, opinions=words)).header.buyer_name == "Kastanienhof Altheim"


@pytest.mark.parametrize("name", ["WEG Ulmenallee 3-7", "Condominio Via Larga 12", "Comunidad de Propietarios Olmo 9"])
def test_a_community_is_called_by_its_address(name: str) -> None:
    first = name.split()[0]
    assert assemble(tagged((50, 80, name), (50, 92, "54321 Altheim"), opinions={first: {BUYER: 0.9}})).header.buyer_name == name


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (((50.0, 200.0, "Lessee"), (50.0, 212.0, "Tannenhof Bakery")), "Tannenhof Bakery"),
        (((50.0, 200.0, "Buyer / Consignee:"), (50.0, 212.0, "Tannenhof Bakery")), "Tannenhof Bakery"),
        (((50.0, 200.0, "LOCATÁRIO: Tannenhof Bakery"),), "Tannenhof Bakery"),
        (((50.0, 200.0, "Lessee"), (50.0, 212.0, "Tannenhof Bakery"), (350.0, 200.0, "Tenant"), (350.0, 212.0, "Bakery Hall")), None),
        (((50.0, 200.0, "Lessee"), (50.0, 212.0, "Customer no.:")), None),
        (((50.0, 200.0, "Delivered on"), (50.0, 212.0, "Tannenhof Bakery")), None),
    ],
)
def test_a_heading_names_the_party_that_the_network_finds_nowhere(lines: tuple[tuple[float, float, str], ...], name: str | None) -> None:
    words = {"Nordwind": {SELLER: 0.95}, **{word: {BUYER: 0.15} for word in ("Tannenhof", "Bakery", "Hall", "Customer", "no.:")}}
    assert assemble(tagged((50, 80, "Nordwind"), *lines, opinions=words)).header.buyer_name == name
