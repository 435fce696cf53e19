"""Stamps across a page: words much larger than those of the items."""

import numpy as np
import pytest
from tagged_pages import tagged

from extractors.assembly.name_pieces import name_pieces, without_stamps
from extractors.assembly.spans import LABEL_INDEX, Words

NAME = LABEL_INDEX["line.description"]


@pytest.mark.parametrize(("times", "names"), [(3.0, ["Mirror", "Carpet"]), (1.3, ["Mirror", "DUPLICATE", "Carpet"])])
def test_words_much_larger_than_those_of_items_are_no_name(times: float, names: list[str]) -> None:
    page = tagged((60, 300, "Mirror"), (300, 300, "DUPLICATE"), (60, 320, "Carpet"), (400, 320, "45.00"), opinions={})
    words = Words(page)
    words.size_list[1] *= times
    pieces = name_pieces(words, [NAME, NAME, NAME, LABEL_INDEX["line.net_amount"]], np.array([0, 0, 1, 1], np.int32))
    assert [words.texts[p.words[0]] for p in without_stamps(words, np.array([0, 0, 1, 1], np.int32), pieces)] == names
