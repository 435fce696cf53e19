"""What other thresholds would accept."""

import pytest

from extractors.thresholds import Reach, reach

FREE = [(0.9, True), (0.99, True), (0.8, False), (0.7, True), (0.6, False), (0.6, True)]


@pytest.mark.parametrize(
    ("wrong", "found"),
    [(0.0, Reach(0.9, 2, 0)), (0.25, Reach(0.7, 4, 1)), (0.34, Reach(0.6, 6, 2)), (0.3, Reach(0.7, 4, 1))],
)
def test_the_lowest_threshold_with_few_enough_wrong_documents_is_found(wrong: float, found: Reach) -> None:
    assert reach(FREE, wrong=wrong) == found


def test_documents_of_one_confidence_are_accepted_together() -> None:
    assert reach([(0.5, True), (0.5, False)], wrong=0.4) is None
