from __future__ import annotations

from extractors.spacy_pipeline import COMPONENT, spend_pipeline
from extractors.spend_category import ItemText, categorize

DESCRIPTIONS = ("Hotel, 2 nights with breakfast", "Diesel 45.2 l", "xqz", "Laptop 14 inch, 16 GB")


def test_a_spacy_pipeline_says_what_the_product_says() -> None:
    nlp = spend_pipeline(language="en")
    assert nlp.pipe_names == [COMPONENT]
    expected = categorize([ItemText(text, language="en") for text in DESCRIPTIONS])
    assert {category for category, _ in expected} >= {"lodging", "vehicle_and_fuel"}, "the descriptions say something"
    assert [doc.cats for doc in nlp.pipe(DESCRIPTIONS)] == [{} if category is None else {category: sure} for category, sure in expected]
    assert nlp(DESCRIPTIONS[0]).cats == {expected[0][0]: expected[0][1]}
    assert [token.text for token in nlp("Diesel 45.2 l")] == ["Diesel", "45.2", "l"]
