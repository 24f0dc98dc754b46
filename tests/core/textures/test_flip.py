import flip_evaluator
import numpy as np
import pytest

from core.textures.flip import flip_tiles


@pytest.mark.parametrize("channels", [1, 3])
def test_tiles_give_what_the_whole_gives(channels: int) -> None:
    rng = np.random.default_rng(0)
    a = rng.random((90, 130, channels), dtype=np.float32)
    b = np.clip(a + rng.normal(0.0, 0.1, a.shape), 0.0, 1.0).astype(np.float32)
    found = np.full((90, 130), np.nan, np.float32)
    for rows, columns, errors in flip_tiles(a, b, tile=64):
        found[rows, columns] = errors
    color = [np.repeat(x, 3, axis=2) if channels == 1 else x for x in (a, b)]
    whole, _, _ = flip_evaluator.evaluate(color[0], color[1], "LDR", applyMagma=False, computeMeanError=False)
    assert np.abs(found - whole.reshape(90, 130)).max() < 1e-4


def test_values_beyond_the_display_are_clipped() -> None:
    a = np.full((20, 20, 1), 3.0, np.float32)
    assert max(errors.max() for _, _, errors in flip_tiles(a, a + 1.0)) == pytest.approx(0.0, abs=1e-6)
