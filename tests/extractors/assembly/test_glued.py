"""A label and its value that are printed, or read, as one word."""

import pytest

from extractors.assembly.glued import glued_label, without_label
from extractors.assembly.header import clean_identifier, clean_name


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("Nr.K-6803-E", "K-6803-E"),
        ("N°F-123", "F-123"),
        ("no.55", "55"),
        ("facturaN-2025-14", "N-2025-14"),
        ("factuurnummerFT/04", "FT/04"),
        ("Le202012-907", "202012-907"),
        ("du28-11-2024", "28-11-2024"),
        ("Faktuurnr.20250225-69", "20250225-69"),
        ("RECHNUNGS-NR74S8T0R2", "74S8T0R2"),
        ("Faktura-nr.369-934", "369-934"),
        ("fakt.FV2022834", "FV2022834"),
        ("(invoice)2023-101", "2023-101"),
        ("NO726572-K", "726572-K"),
        ("Serie/Número2024-17", "2024-17"),
        ("LASKUNRO20240311-2", "20240311-2"),
        ("Beleg84411", "84411"),
        ("n.NC4411", "NC4411"),
        ("n.44.1988.2", "44.1988.2"),
        ("facturación07/05/22", "07/05/22"),
        ("Ausstellungsdatum:3.9.2021", "3.9.2021"),
    ],
)
def test_a_glued_label_is_taken_off(word: str, value: str) -> None:
    assert without_label(word) == value
    assert glued_label(word) + value == word


@pytest.mark.parametrize(
    "word",
    [
        "N.2019.9171",
        "RE03-09-2021",
        "BELEG84411",
        "RE-2024-1",
        "INV0042",
        "NRW2023",
        "Z123",
        "DE123456789",
        "NOVA77",
        "2024/17",
        "Rg12",
        "FT5",
        "NO987654321MVA",
        "INVOICE2024001",
        "AB-NO1",
        "Nov.2024",
    ],
)
def test_a_number_that_begins_with_letters_stays_whole(word: str) -> None:
    assert without_label(word) == word


def test_an_identifier_loses_label_and_punctuation() -> None:
    assert clean_identifier("Nr.: Nr.4711,") == "4711"


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Name Berliner Werbetechnik GmbH", "Berliner Werbetechnik GmbH"),
        ("NavnEriksen & Bach P/S", "Eriksen & Bach P/S"),
        ("Raison sociale Dupont SARL", "Dupont SARL"),
        ("Toitures Dupont Toitures Dupont SASU", "Toitures Dupont SASU"),
        ("McDonald Supplies Ltd", "McDonald Supplies Ltd"),
        ("Name", "Name"),
        ("Name it Ltd", "Name it Ltd"),
        ("Ten name van de groene hoek", "de groene hoek"),
        ("A/C Holder's Name Nordwind Inc.", "Nordwind Inc."),
        ("Kedvezményezett Kovács Kft.", "Kovács Kft."),
        ("Hammer & Hammer AG", "Hammer & Hammer AG"),
    ],
)
def test_a_name_is_cleaned_of_what_is_not_the_name(printed: str, name: str) -> None:
    assert clean_name(printed) == name
