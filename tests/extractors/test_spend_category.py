from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.spend_category import ItemText, categorize, parse_keywords, parse_neutral
from extractors.spend_words import CanonicalWords, fold, stem, words
from schemas.errors import ConfigurationError
from schemas.invoice import SPEND_CATEGORIES

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "dev"


def one(description: str, *, seller: str | None = None, language: str | None = None) -> str | None:
    return categorize([ItemText(description, seller, language)])[0][0]


@pytest.mark.parametrize(
    ("description", "language", "expected"),
    [
        ("Office cleaning, March", "en", "facility_services"),
        ("Annual software licence, 10 users", "en", "software_and_cloud"),
        ("Repair of laser printer", "en", "repairs_and_maintenance"),
        ("Kopierpapier A4 80 g, 500 Blatt", "de", "office_supplies"),
        ("KFZ-Haftpflichtversicherung", "de", "insurance"),
        ("Übernachtung im Einzelzimmer", "de", "lodging"),
        ("Sechskantschrauben M8 verzinkt", "de", "materials_and_merchandise"),
        ("Buerostuhl drehbar", "de", "furniture_and_fixtures"),
        ("Frais de port", "fr", "freight_and_shipping"),
        ("Honoraires de conseil juridique", "fr", "professional_services"),
        ("Alquiler de maquinaria", "es", "rent_equipment"),
        ("Energia elettrica, quota fissa", "it", "utilities"),
        ("Treinkaartje Utrecht-Parijs", "nl", "travel"),
        ("Tinta impresora negra", "es", "office_supplies"),
        ("Beheer servers en werkplekken", "nl", "professional_services"),
        ("Schafwollpullover", "de", "materials_and_merchandise"),
        ("صيانة المكيف", "ar", "repairs_and_maintenance"),
        ("تذكرة طيران", "ar", "travel"),
        ("Szkolenie BHP", "pl", "training"),
        ("Städning kontor", "sv", "facility_services"),
        ("Diesel B7", "da", "vehicle_and_fuel"),
        ("Nájemné za kancelář", "cs", "rent_property"),
        ("Danışmanlık hizmeti", "tr", "professional_services"),
    ],
)
def test_items_in_many_languages(description: str, language: str, expected: str) -> None:
    assert one(description, language=language) == expected


def test_the_action_decides_against_the_thing() -> None:
    assert one("Wartung Drucker", language="de") == "repairs_and_maintenance"
    assert one("Drucker schwarz", language="de") == "it_hardware"


def test_the_seller_helps_where_the_line_says_little() -> None:
    _, alone = categorize([ItemText("Fahrt 12.03.", None, "de")])[0]
    category, with_seller = categorize([ItemText("Fahrt 12.03.", "Taxi Krüger", "de")])[0]
    assert category == "travel"
    assert with_seller > alone


def test_other_lines_of_the_document_help_and_lines_of_others_do_not() -> None:
    nights = [ItemText("Übernachtung Doppelzimmer", None, "de", "a"), ItemText("Hotelzimmer Komfort", None, "de", "a")]
    vague = ItemText("Zusatzperson", None, "de")
    alone = categorize([vague])[0]
    assert categorize([*nights, vague])[2] == alone
    assert alone[0] != "lodging"
    assert categorize([*nights, replace(vague, document="a")])[2][0] == "lodging"


@pytest.mark.parametrize("description", ["", "   ", "4711", "--- // ---", "\x00", "🙂"])
def test_nothing_to_go_by_gives_no_category(description: str) -> None:
    assert one(description) is None


def test_order_and_length_are_kept_and_batches_change_nothing() -> None:
    items = [ItemText(text, None, "de") for text in ("Hotelzimmer", "", "Diesel", "Hotelzimmer")]
    together = categorize(items)
    assert together == [categorize([item])[0] for item in items]
    assert categorize([]) == []
    assert all(category is None or category in SPEND_CATEGORIES for category, _ in together)
    assert all(0 <= probability <= 1 for _, probability in together)


def test_a_thousand_descriptions_take_a_second_of_one_core() -> None:
    items = [ItemText(f"Wartungsvertrag Drucker Modell {n}, inkl. Anfahrt und Kleinteile", "Technik GmbH", "de") for n in range(1000)]
    categorize(items[:1])
    start = time.process_time()
    categorize(items)
    assert time.process_time() - start < 1.0


def test_a_very_long_description_is_no_burden() -> None:
    start = time.process_time()
    categorize([ItemText("Hotelzimmer " * 50_000, None, "de")])
    assert time.process_time() - start < 5


def test_loading_needs_no_torch() -> None:
    code = "import sys; from extractors.spend_category import *; categorize([ItemText('Hotel')]); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "False"


def test_words_meet_their_dictionary_form() -> None:
    assert fold("Größe ŁÓDŹ Ærø") == "grosse lodz aero"
    assert words("Typ A-17, 500 ml / Ø 8") == ["typ", "a", "ml", "o"]
    assert words("الصيانة للمكيف") == words("صيانة مكيف")
    assert stem("schrauben") == stem("schraube")
    canonical = CanonicalWords(known={"schraube", "papier", "versicherung"}, single={"schraube", "papier", "versicherung"})
    assert canonical("edelstahlschrauben", compounds=True) == "schraube"
    assert canonical("versicherungsbeitrag", compounds=True) == "versicherung"
    assert canonical("edelstahlschrauben", compounds=False) == "edelstahlschrauben"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "expected a mapping"),
        ({"categories": {"holiday": {}}}, "unknown categories holiday"),
        ({"categories": {"travel": {"de": ["Flug"]}}}, "travel, de"),
        ({"categories": {"travel": {"de": "Flug, +"}}}, "'\\+' holds no word"),
    ],
)
def test_unusable_keywords_are_refused_with_their_place(document: object, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        parse_keywords(document)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus to measure on is not here")
def test_measured_on_the_corpus(record_property: Callable[[str, object], None]) -> None:
    items: list[ItemText] = []
    truth: list[str] = []
    for path in sorted(CORPUS.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        for line in document["line_items"]:
            if line.get("spend_category"):
                items.append(ItemText(line["description"], document["header"]["seller_name"], document["language"], document["id"]))
                truth.append(line["spend_category"])
    right = sum(category == expected for (category, _), expected in zip(categorize(items), truth, strict=True))
    record_property("accuracy", right / len(truth))
    assert right / len(truth) > 0.6


def test_a_line_that_only_names_a_discount_goes_by_the_other_lines() -> None:
    rooms = [ItemText("Übernachtung Doppelzimmer", None, "de", "a"), ItemText("Hotelzimmer Komfort", None, "de", "a")]
    for discount in ("abzgl. 10 % Rabatt", "Discount", "Remise"):
        assert categorize([ItemText(discount, None, "de")])[0][0] is None
        assert categorize([*rooms, ItemText(discount, None, "de", "a")])[2][0] == "lodging"


def test_words_that_name_no_product_are_read_as_text() -> None:
    assert parse_neutral({"neutral": {"en": "Discount on", "de": "Abzüglich"}}) == {"discount", "on", "abzuglich"}
    assert parse_neutral({}) == frozenset()
    with pytest.raises(ConfigurationError, match="neutral"):
        parse_neutral({"neutral": {"en": ["discount"]}})


def test_what_a_car_rental_hires_out_is_travel_and_what_a_plant_hire_does_is_equipment() -> None:
    cars, plant = categorize(
        [ItemText("Tagesmiete", "Stadt-Autovermietung", "de"), ItemText("Tagesmiete", "Baumaschinenverleih Nord", "de")]
    )
    assert (cars[0], plant[0]) == ("travel", "rent_equipment")


@pytest.mark.parametrize(
    ("description", "seller", "language", "expected"),
    [
        ("Letter to the tenant's agent", "Harrow Finch LLP", "en", "professional_services"),
        ("Gespräch mit der Gegenseite", "Anwaltskanzlei Dr. Rehbein", "de", "professional_services"),
        ("Bauschutt unsortiert", "Abfallwirtschaft Nord GmbH", "de", "facility_services"),
        ("Zuschlag Nachtschicht", "Zeitarbeit Mertens", "de", "staffing_and_labor"),
        ("Cloison alvéolaire 50 mm", "Plâtrerie Rochat", "fr", "construction"),
        ("Trajet Lyon Metz", "Transports Gauthier", "fr", "freight_and_shipping"),
        ("Menú infantil", "Restaurante El Puerto", "es", "meals_and_entertainment"),
        ("Foto di gruppo", "Studio Fotografia Neri", "it", "advertising"),
        ("Ulosottojuttu", "Asianajotoimisto Lehto Oy", "fi", "professional_services"),
        ("Festett kép keretezés", "Reklámügynökség Kft.", "hu", "advertising"),
    ],
)
def test_a_trade_in_the_sellers_name_tells_what_its_lines_are_about(description: str, seller: str, language: str, expected: str) -> None:
    assert one(description, seller=seller, language=language) == expected
