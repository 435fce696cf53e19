"""The clean-up of words that every reader shares."""

import pytest

from extractors.readers.characters import clean_text


@pytest.mark.parametrize(
    ("printed", "read"),
    [("االختبار", "الاختبار"), ("واألرض", "والأرض"), ("الأرض", "الأرض"), ("\ufb01nal", "final"), ("co\u00adop", "coop")],
)
def test_a_word_is_spelled_as_a_person_reads_it(printed: str, read: str) -> None:
    """The article and an alef behind it are one glyph, which a text layer that is read from the right spells the wrong way round."""
    assert clean_text(printed) == read
