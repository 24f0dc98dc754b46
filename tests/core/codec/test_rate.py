import numpy as np
import pytest

from core.codec import rate
from core.errors import InputError
from tests.core.codec.materials import waves


@pytest.mark.parametrize("size", [(1024, 1024), (1024, 512), (256, 256), (1000, 600), (4096, 4096)])
@pytest.mark.parametrize("bpp", [0.5, 1.0, 2.5, 5.0, 10.0, 20.0])
@pytest.mark.parametrize("rough", [False, True])
def test_fills_the_budget(size: tuple[int, int], bpp: float, rough: bool) -> None:
    budget = rate.byte_budget(*size, bpp)
    layout = rate.choose(*size, 9, budget, rough=rough)
    total = rate.expected_bytes(layout, rough=rough) + 4 * 9 + rate.CONTAINER_BYTES
    assert 0.93 * budget <= total <= budget
    # In memory codes have a fixed rate: what coding is hoped to save may not cost more than a quarter there.
    assert layout.latent_bytes + layout.decoder_bytes <= 1.25 * budget


def test_too_small_a_budget_names_the_smallest() -> None:
    with pytest.raises(InputError, match="at least"):
        rate.choose(64, 64, 9, 300)


def test_noise_is_rough_and_waves_are_not() -> None:
    assert rate.is_rough(np.random.default_rng(0).random((128, 128, 4), np.float32))
    assert not rate.is_rough(waves(128, 128, 4))


def test_prediction_is_what_the_file_takes() -> None:
    prediction = rate.predict(1024, 1024, 9, 5.0)
    assert 0.93 * 5 * 2**20 / 8 <= prediction.file_bytes <= 5 * 2**20 / 8
    assert prediction.file_bytes < prediction.vram_bytes < 1.25 * prediction.file_bytes
