"""Windows cover every word once, whatever the length."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from extractors.windows import OVERLAP_WORDS, WINDOW_WORDS, windows


@given(st.integers(min_value=0, max_value=50_000))
def test_cores_cover_every_word_exactly_once(length: int) -> None:
    cut = windows(length)
    covered = [i for w in cut for i in (w.core_start, w.core_stop)]
    assert covered == sorted(covered)
    assert sum(w.core_stop - w.core_start for w in cut) == length
    for w in cut:
        assert 0 <= w.start <= w.core_start <= w.core_stop <= w.stop <= length
        assert w.stop - w.start <= WINDOW_WORDS
    for a, b in itertools.pairwise(cut):
        assert a.core_stop == b.core_start
        assert a.stop - b.start >= OVERLAP_WORDS
