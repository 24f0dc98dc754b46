"""Encoders and the independent decoder: rates, quality on a known picture, sizes that fill no block, damaged data."""

from __future__ import annotations

import numpy as np
import pytest

from core.blocks.decoding import decode
from core.blocks.encoding import encode, encode_stripes
from core.blocks.formats import FORMATS, BlockFormat
from core.textures.material import Pixels

LEAST_DB = {
    "bc1": 33.0,
    "bc4": 43.0,
    "bc5": 43.0,
    "bc7": 40.0,
    "astc-4x4": 42.0,
    "astc-5x5": 40.0,
    "astc-6x6": 38.0,
    "astc-8x8": 34.5,
    "astc-10x10": 30.5,
    "astc-12x12": 28.5,
}
"""On the picture below; what a mixed-up channel order or block order gives is below 20."""


def picture(width: int, height: int, channels: int) -> Pixels:
    """Waves in other directions in every channel, on 8-bit levels."""
    v, u = np.meshgrid(np.arange(height) / 160, np.arange(width) / 160, indexing="ij")
    planes = [0.5 + 0.45 * np.sin(2 * np.pi * (u * (i + 1) + v * (3 - i)) + i) for i in range(channels)]
    return (np.round(np.stack(planes, axis=2) * 255) / 255).astype(np.float32)


def psnr(a: Pixels, b: Pixels) -> float:
    return float(-10 * np.log10(max(float(np.mean((a - b) ** 2)), 1e-12)))


def channels_of(format: BlockFormat) -> int:
    return min(3, format.channels)


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_decoded_is_what_was_encoded(name: str) -> None:
    format = FORMATS[name]
    pixels = picture(128, 96, channels_of(format))
    data = encode(pixels, format)
    assert len(data) == format.size_bytes(128, 96)
    decoded = decode(data, format, 128, 96, pixels.shape[2])
    assert decoded.dtype == np.float32 and decoded.shape == pixels.shape
    assert psnr(decoded, pixels) > LEAST_DB[name]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 2), (5, 17), (130, 67)])
def test_a_size_that_fills_no_block_is_padded_and_cropped(name: str, width: int, height: int) -> None:
    format = FORMATS[name]
    pixels = picture(width, height, channels_of(format))
    data = encode(pixels, format)
    assert len(data) == format.size_bytes(width, height)
    decoded = decode(data, format, width, height, pixels.shape[2])
    assert decoded.shape == pixels.shape
    assert psnr(decoded, pixels) > LEAST_DB[name]


@pytest.mark.parametrize(
    ("name", "channels"), [("bc7", 4), ("bc7", 2), ("bc1", 2), *(("astc-4x4", n) for n in (1, 2, 4))]
)
def test_other_numbers_of_channels(name: str, channels: int) -> None:
    format = FORMATS[name]
    pixels = picture(64, 64, channels)
    decoded = decode(encode(pixels, format), format, 64, 64, channels)
    assert psnr(decoded, pixels) > 35.0


def test_a_large_picture_is_cut_into_stripes_that_fit_together() -> None:
    format = FORMATS["bc5"]
    pixels = picture(1000, 300, 2)
    stripes = list(encode_stripes(pixels, format))
    assert len(stripes) > 2
    # What a seam between two stripes did wrong would stand in its rows.
    worst = np.abs(decode(b"".join(stripes), format, 1000, 300, 2) - pixels).max(axis=(1, 2))
    assert worst.max() < 0.05


def test_same_pixels_same_blocks() -> None:
    pixels = picture(256, 300, 3)
    for name in ("bc7", "astc-6x6"):
        assert encode(pixels, FORMATS[name]) == encode(pixels, FORMATS[name])


def test_rates() -> None:
    assert {name: round(format.bits_per_texel, 2) for name, format in FORMATS.items()} == {
        "bc1": 4.0,
        "bc4": 4.0,
        "bc5": 8.0,
        "bc7": 8.0,
        "astc-4x4": 8.0,
        "astc-5x5": 5.12,
        "astc-6x6": 3.56,
        "astc-8x8": 2.0,
        "astc-10x10": 1.28,
        "astc-12x12": 0.89,
    }
    bc7 = FORMATS["bc7"]
    assert bc7.chain_bytes(16, 8) == 16 * (8 + 2 + 1 + 1 + 1)
    assert bc7.chain_bytes(1024, 1024) / bc7.size_bytes(1024, 1024) == pytest.approx(4 / 3, abs=1e-4)


def test_values_beyond_the_range_are_clipped() -> None:
    pixels = np.linspace(-0.5, 1.5, 64, dtype=np.float32).reshape(8, 8, 1)
    decoded = decode(encode(pixels, FORMATS["bc4"]), FORMATS["bc4"], 8, 8, 1)
    assert decoded.min() == 0.0 and decoded.max() == 1.0


@pytest.mark.parametrize("length", [0, 1, 15, 17, 4096])
def test_data_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="bc7"):
        decode(bytes(length), FORMATS["bc7"], 4, 4, 3)


@pytest.mark.parametrize(("name", "channels"), [("bc4", 2), ("bc5", 1), ("bc5", 3), ("bc1", 4), ("bc7", 5)])
def test_channels_that_a_format_does_not_hold_are_refused(name: str, channels: int) -> None:
    with pytest.raises(ValueError, match=name):
        encode(picture(4, 4, channels), FORMATS[name])


@pytest.mark.parametrize("name", ["bc1", "bc4", "bc5", "bc7"])
def test_any_bytes_can_be_decoded(name: str) -> None:
    """Damaged blocks show wrong texels; they don't end the process."""
    format = FORMATS[name]
    data = np.random.default_rng(1).integers(0, 256, format.size_bytes(64, 64), dtype=np.uint8).tobytes()
    decoded = decode(data, format, 64, 64, channels_of(format))
    assert decoded.min() >= 0.0 and decoded.max() <= 1.0
