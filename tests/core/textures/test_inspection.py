import numpy as np
import pytest

from core.textures.inspection import error_histogram, histogram, worst_spots


def test_every_value_is_counted_once() -> None:
    pixels = np.random.default_rng(0).random((37, 53, 3), dtype=np.float32)
    counts = histogram(pixels)
    assert counts.sum() == pixels.size
    expected, _ = np.histogram(pixels, bins=256, range=(0.0, 1.0))
    assert np.abs(counts - expected).max() <= 1  # float32 and float64 may disagree at a border
    assert histogram(pixels, channel=1).sum() == 37 * 53
    assert histogram(np.full((2, 2, 1), 7.0, np.float32))[-1] == 4, "what is beyond the range lies in the last part"


def test_errors_in_steps_of_8_bits() -> None:
    a = np.zeros((4, 4, 1), np.float32)
    b = a.copy()
    b[0, 0], b[0, 1], b[0, 2] = 3 / 255, -3 / 255, 1.0
    counts = error_histogram(a, b)
    assert (counts[0], counts[3], counts[63], counts.sum()) == (13, 2, 1, 16)


@pytest.mark.parametrize("shape", [(256, 256), (100, 70), (9, 300), (4, 4)])
def test_the_worst_spot_is_where_the_error_is(shape: tuple[int, int]) -> None:
    height, width = shape
    a = np.random.default_rng(1).random((height, width, 3), dtype=np.float32)
    b = a.copy()
    row, column = height // 2, width * 2 // 3
    b[row, column] += 0.5
    b[0, 0] += 0.25
    spots = worst_spots(a, b)
    assert abs(spots[0].x - column) <= spots[0].size
    assert abs(spots[0].y - row) <= spots[0].size
    assert [spot.error for spot in spots] == sorted((spot.error for spot in spots), reverse=True)
    assert all(0 <= spot.x < width and 0 <= spot.y < height for spot in spots)


def test_an_exact_result_has_no_worst_spots() -> None:
    a = np.random.default_rng(2).random((64, 64, 1), dtype=np.float32)
    assert worst_spots(a, a) == []


def test_worst_spots_do_not_touch() -> None:
    a = np.random.default_rng(3).random((256, 256, 1), dtype=np.float32)
    spots = worst_spots(a, np.zeros_like(a))
    assert len(spots) == 24
    for i, one in enumerate(spots):
        assert all(max(abs(one.x - two.x), abs(one.y - two.y)) > one.size for two in spots[:i])
