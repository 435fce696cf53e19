"""Class names of public vocabularies get the spend category of the longest code that they begin with."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest

from extractors.training.items import told_item
from extractors.training.spend_taxonomy import by_prefix, class_names, read_map
from extractors.training.vocabulary import vocabulary
from schemas.errors import ConfigurationError


def test_the_longest_code_decides_and_a_dash_leaves_out() -> None:
    codes = {"39": "materials_and_merchandise", "391": "furniture_and_fixtures", "3919": "-"}
    assert by_prefix("39831000", codes) == "materials_and_merchandise"
    assert by_prefix("39112000", codes) == "furniture_and_fixtures"
    assert by_prefix("39190000", codes) is None
    assert by_prefix("45000000", codes) is None


def test_classes_are_read_in_all_languages_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "cpv_en.tsv").write_text("code\tparent\tversion\ttype\tname\n39112000-0\t\t1\t1\tChairs\n92000000-1\t\t1\t1\tSporting\n")
    (tmp_path / "cpv_de_de.yaml").write_text("Chairs: Stühle\nSporting: Sport\n")
    (tmp_path / "google_taxonomy.fr-FR.txt").write_text("# head\n436 - Meubles\n443 - Meubles > Chaises\n772 - Adultes\n")
    (tmp_path / "shopify_categories.nl.txt").write_text("# head\ngid://shopify/TaxonomyCategory/fr-7  : Meubels > Stoelen\n")
    found = {(name.text, name.language, name.concept) for name in class_names(tmp_path)}
    assert found == {
        ("Chairs", "en", "cpv 39112000-0"),
        ("Stühle", "de", "cpv 39112000-0"),
        ("Meubles", "fr", "google 436"),
        ("Chaises", "fr", "google 443"),
        ("Stoelen", "nl", "shopify fr-7"),
    }
    assert {name.category for name in class_names(tmp_path)} == {"furniture_and_fixtures"}


def test_a_code_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("cpv:\n  travel: 60\n  lodging: 55 60\n")
    with pytest.raises(ConfigurationError, match="60 stands under travel and under lodging"):
        read_map(tmp_path / "map.yaml")


def test_a_generated_name_tells_its_category_only_where_it_comes_from_its_list() -> None:
    words = vocabulary("de", "exam")
    names = [told_item(Random(seed), words, "lodging", date(2026, 3, 1)) for seed in range(300)]
    told = [name for name, of_its_list in names if of_its_list]
    composed = [name for name, of_its_list in names if not of_its_list]
    starts = {str(item).split()[0].casefold() for item in words.products["categories"]["lodging"]["items"]}
    assert 60 < len(composed) < 150  # about a third is composed of words of any kind
    assert sum(name.split()[0].casefold() in starts for name in told) > 0.6 * len(told)
    assert sum(name.split()[0].casefold() in starts for name in composed) < 0.1 * len(composed)
