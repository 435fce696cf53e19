"""Words end where their ink ends."""

from __future__ import annotations

import numpy as np
import pytest

from extractors.readers.ink import gaps_inside, on_ink

HEIGHT = np.array([30.0])


def page(*strokes: tuple[int, int], noise: bool = False, paper: int = 255) -> np.ndarray:
    """A picture with letters: dark columns from one x to another, on a line from y 100 to 125."""
    pixels = np.full((200, 400), paper, np.float64)
    if noise:
        pixels += np.random.default_rng(5).normal(0, 12, pixels.shape)
    for x0, x1 in strokes:
        pixels[103:122, x0:x1] = 20
    return np.clip(pixels, 0, 255).astype(np.uint8)


def moved(box: tuple[float, float], pixels: np.ndarray) -> tuple[float, float]:
    ((x0, y0, x1, y1),) = on_ink(np.array([[box[0], 98.0, box[1], 127.0]]), HEIGHT, pixels).tolist()
    assert (y0, y1) == (98.0, 127.0)
    return x0, x1


@pytest.mark.parametrize("box", [(97.0, 146.0), (104.0, 138.0), (92.0, 149.0)])
@pytest.mark.parametrize("noise", [False, True])
def test_edges_go_to_where_the_ink_begins_and_ends(box: tuple[float, float], noise: bool) -> None:
    assert moved(box, page((100, 110), (113, 122), (125, 142), noise=noise, paper=235)) == (100, 142)


def test_a_gap_between_letters_is_no_edge() -> None:
    assert moved((108.0, 135.0), page((100, 110), (112, 122), (124, 130), (132, 142))) == (100, 142)


def test_neighbours_keep_their_ink() -> None:
    assert moved((96.0, 146.0), page((60, 91), (100, 142), (151, 180))) == (100, 142)


def test_without_ink_nearby_a_box_stays_as_it_was() -> None:
    assert moved((97.5, 146.5), page()) == (97.5, 146.5)
    assert moved((300.0, 398.0), page((100, 142))) == (300.0, 398.0)


def test_a_stretch_as_wide_as_a_space_is_a_gap_and_one_between_letters_is_none() -> None:
    pixels = page((100, 110), (113, 122), (132, 142), (144, 150), noise=True, paper=235)
    assert gaps_inside((98.0, 98.0, 152.0, 127.0), 30.0, pixels) == [pytest.approx(126.5, abs=1)]
    assert gaps_inside((98.0, 98.0, 123.0, 127.0), 30.0, pixels) == []
    assert gaps_inside((500.0, 98.0, 523.0, 127.0), 30.0, pixels) == []
