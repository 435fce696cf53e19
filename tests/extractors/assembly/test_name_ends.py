"""A name ends where the page goes on about the company, its department, its trade."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble
from extractors.words import Document

SELLER, BUYER = "header.seller_name", "header.buyer_name"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Harrow Quill LLP is a limited liability partnership", "Harrow Quill LLP"),
        ("Vernier Optique SA au capital de 90 000 euros", "Vernier Optique SA"),
        ("Vernier Optique SAS - SAS au capital de 90 000 euros", "Vernier Optique SAS"),
        ("Olmedo Talleres S.L. inscrita en el registro", "Olmedo Talleres S.L."),
        ("Adler Technik GmbH mit Sitz in Kassel", "Adler Technik GmbH"),
        ("Birch Pets Ltd t/a Paws and Claws", "Birch Pets Ltd"),
        ("Paws and Claws is a trading name of Birch Pets Ltd", "Birch Pets Ltd"),
        ("Paws and Claws is a trading name of Birch Pets Ltd registered in England", "Birch Pets Ltd"),
        ("Receipt from Birch Pets Ltd", "Birch Pets Ltd"),
        ("Edited and published by Weekly Press", "Weekly Press"),
        ("Capital Brokers Ltd", "Capital Brokers Ltd"),
        ("Made by Hand Ltd", "Made by Hand Ltd"),
    ],
)
def test_what_is_said_of_a_company_is_no_part_of_its_name(line: str, name: str) -> None:
    words = {word: {SELLER: 0.9} for word in line.split()}
    assert assemble(tagged((50, 80, line), opinions=words)).header.seller_name == name


@pytest.mark.parametrize(
    ("above", "below", "name"),
    [
        ("Gemeinde Altheim", "Technische Abteilung", "Gemeinde Altheim"),
        ("Gemeinde Altheim", "Abteilung Hochbau", "Gemeinde Altheim"),
        ("Ville de Montclair", "Service des achats", "Ville de Montclair"),
        ("Harbour Trust Homes", "Facilities Management", "Harbour Trust Homes"),
        ("Anna Bloom Design", "[Your company slogan]", "Anna Bloom Design"),
    ],
)
def test_a_department_under_a_name_is_no_part_of_it(above: str, below: str, name: str) -> None:
    words = {word: {BUYER: 0.9} for word in f"{above} {below}".split()}
    assert assemble(tagged((50, 80, above), (50, 92, below), opinions=words)).header.buyer_name == name


@pytest.mark.parametrize(
    ("above", "below", "name"),
    [
        ("Morel & Filles", "Tapisserie - Rideaux", "Morel & Filles"),
        ("Morel & Filles", "Tapisserie Rideaux SARL", "Morel & Filles Tapisserie Rideaux SARL"),
        ("Chez Morel Bistro", "SARL Duval Restauration", "SARL Duval Restauration"),
    ],
)
def test_letters_of_another_size_under_a_name_tell_its_trade_or_its_legal_name(above: str, below: str, name: str) -> None:
    page = tagged((50, 80, above), (50, 92, below), opinions={word: {SELLER: 0.9} for word in f"{above} {below}".split()})
    sheet = page.document.pages[0]
    sizes = sheet.sizes.copy()
    sizes[: len(above.split())] *= 1.6
    page = replace(page, document=Document((replace(sheet, sizes=sizes),), reader="test"))
    assert assemble(page).header.seller_name == name


@pytest.mark.parametrize(
    ("above", "below", "name"),
    [
        ("Hofladen Brandt KG", "Molkerei + Laden", "Hofladen Brandt KG"),
        ("Talleres Olmedo S.L.", "Chapa y Pintura", "Talleres Olmedo S.L."),
        ("Anna Bloom Weaver", "potter and teacher", "Anna Bloom Weaver"),
        ("Atelier Morel", "de la Roche", "Atelier Morel de la Roche"),
        ("Brandt GmbH", "& Co. KG", "Brandt GmbH & Co. KG"),
    ],
)
def test_a_name_ends_with_its_legal_form_and_before_a_trade_in_small_letters(above: str, below: str, name: str) -> None:
    words = {word: {SELLER: 0.9} for word in f"{above} {below}".split()}
    assert assemble(tagged((50, 80, above), (50, 92, below), opinions=words)).header.seller_name == name
