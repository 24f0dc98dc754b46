import numpy as np
import pytest
import torch
from torchmetrics.functional.image import structural_similarity_index_measure

from core.codec import metrics


def pair(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    a = rng.random((64, 48, 3), np.float32)
    return a, np.clip(a + rng.normal(0, 0.1, a.shape).astype(np.float32), 0, 1)


def test_psnr_of_a_known_error() -> None:
    a = np.zeros((4, 4, 1), np.float32)
    assert metrics.psnr(a, a + np.float32(0.1)) == pytest.approx(20.0, abs=1e-4)
    assert metrics.psnr(a, a) == float("inf")


def test_ssim_agrees_with_torchmetrics() -> None:
    a, b = pair()
    tensors = [torch.from_numpy(p.transpose(2, 0, 1)[None].copy()) for p in (a, b)]
    # That library reflects the picture at its border; only windows that lie inside count here.
    _, picture = structural_similarity_index_measure(tensors[0], tensors[1], data_range=1.0, return_full_image=True)
    assert metrics.ssim(a, b) == pytest.approx(float(picture[..., 5:-5, 5:-5].mean()), abs=1e-5)
    assert metrics.ssim(a, a) == pytest.approx(1.0, abs=1e-6)


def test_ssim_of_a_tiny_picture() -> None:
    a, b = pair()
    assert 0 < metrics.ssim(a[:3, :4], b[:3, :4]) < 1


def test_flip_orders_errors_and_takes_read_only_arrays() -> None:
    a, b = pair()
    a.flags.writeable = False
    assert metrics.flip(a, a) == pytest.approx(0, abs=1e-6)
    assert 0 < metrics.flip(a, (0.9 * a + 0.1 * b).astype(np.float32)) < metrics.flip(a, b) < 1


def test_flip_in_tiles_is_flip_of_the_whole() -> None:
    import flip_evaluator

    rng = np.random.default_rng(3)
    a = rng.random((200, 300, 3), np.float32)
    b = np.clip(a + rng.normal(0, 0.05, a.shape), 0, 1).astype(np.float32)
    _, expected, _ = flip_evaluator.evaluate(a, b, "LDR", applyMagma=False)
    assert metrics.flip(a, b) == pytest.approx(float(expected), abs=1e-5)
