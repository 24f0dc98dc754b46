import math
import zlib

import numpy as np
import pytest
from numpy.typing import NDArray

from core.codec import entropy
from core.codec.entropy_model import (
    MOST_SCALE,
    NEIGHBOURS,
    BrokenError,
    Model,
    base,
    digit_steps,
    expectation,
    neighbours,
    wavefronts,
)
from core.codec.layout import code_type

Codes = NDArray


def latents(height: int, width: int, features: int, bits: int, noise: float = 0.1) -> Codes:
    """Waves in two directions that the features share, with noise: what neighbours and other features can tell."""
    rng = np.random.default_rng(height + 7 * width + bits)
    y, x = np.mgrid[:height, :width]
    waves = np.stack([np.sin(x / 5 + 0.3), np.cos(y / 7), np.sin((x + y) / 9)], axis=2)
    values = waves @ rng.normal(size=(3, features)) / 4 + noise * rng.normal(size=(height, width, features))
    top = 2**bits - 1
    return np.clip(np.rint((values + 1) / 2 * top), 0, top).astype(code_type(bits))


@pytest.mark.parametrize("bits", [1, 2, 3, 4, 5, 6, 8, 11, 16])
def test_every_depth_comes_back(bits: int) -> None:
    codes = latents(70, 45, 3, bits)
    decoded = entropy.decode(entropy.encode(codes, bits), codes.shape, bits)
    assert decoded.dtype == codes.dtype
    assert np.array_equal(decoded, codes)


@pytest.mark.parametrize(
    "shape", [(1, 1, 1), (1, 1, 5), (3, 200, 2), (200, 1, 2), (64, 64, 4), (65, 129, 1), (9, 8, 40)]
)
def test_every_size_comes_back(shape: tuple[int, int, int]) -> None:
    codes = latents(*shape, bits=4)
    assert np.array_equal(entropy.decode(entropy.encode(codes, 4), shape, 4), codes)


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_extremes_come_back(bits: int) -> None:
    top = 2**bits - 1
    rng = np.random.default_rng(bits)
    flat = np.zeros((40, 70, 3), np.uint8)
    outlier = flat.copy()
    outlier[20, 33, 1] = top
    for codes in (flat, flat + np.uint8(top), outlier, rng.integers(0, top + 1, flat.shape).astype(np.uint8)):
        assert np.array_equal(entropy.decode(entropy.encode(codes, bits), codes.shape, bits), codes)


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_smaller_than_the_codes_frequencies_allow(bits: int) -> None:
    codes = latents(128, 128, 6, bits)
    counts = [np.bincount(codes[..., f].ravel(), minlength=2**bits) for f in range(6)]
    alone = sum(-(c[c > 0] * np.log2(c[c > 0] / c.sum())).sum() for c in counts)
    assert len(entropy.encode(codes, bits)) < 0.9 * alone / 8


def test_the_same_codes_give_the_same_bytes() -> None:
    codes = latents(100, 70, 5, 4)
    assert entropy.encode(codes, 4) == entropy.encode(codes.copy(), 4)


@pytest.mark.parametrize("bits", [2, 4])
@pytest.mark.parametrize("noise", [0.1, 0.3])
def test_the_estimate_is_within_a_percent(bits: int, noise: float) -> None:
    codes = latents(160, 192, 8, bits, noise)
    assert entropy.estimate(codes, bits) == pytest.approx(len(entropy.encode(codes, bits)), rel=0.01)


def test_nothing_is_estimated_larger_than_packed_codes() -> None:
    rng = np.random.default_rng(0)
    assert entropy.estimate(rng.integers(0, 16, (100, 100, 4)).astype(np.uint8), 4) == 20_000
    assert entropy.estimate(np.zeros((5, 5, 4), np.uint8), 4) == 50


def test_a_tile_is_decoded_without_the_others() -> None:
    codes = latents(100, 150, 4, 4)
    data = entropy.encode(codes, 4)
    taken: list[tuple[int, int]] = []

    def read(offset: int, size: int) -> bytes:
        taken.append((offset, size))
        return data[offset : offset + size]

    section = entropy.Section(read, len(data), codes.shape, 4)
    assert (section.rows, section.columns) == (2, 3)
    head = max(offset + size for offset, size in taken)
    for row in range(2):
        for column in range(3):
            taken.clear()
            tile = section.tile(row, column)
            assert np.array_equal(tile, codes[64 * row : 64 * row + 64, 64 * column : 64 * column + 64])
            assert np.array_equal(tile, entropy.decode_tile(data, codes.shape, 4, row, column))
            assert len(taken) == 1
            assert taken[0][0] >= head
            assert taken[0][1] < len(data) / 3
    with pytest.raises(IndexError):
        section.tile(2, 0)


@pytest.mark.parametrize("bits", [3, 8, 12])
def test_tiles_stay_packed_where_a_size_is_to_be_reached(bits: int) -> None:
    codes = latents(100, 150, 3, bits)
    least, packed = len(entropy.encode(codes, bits)), math.ceil(codes.size * bits / 8)
    assert entropy.encode(codes, bits, at_least=least) == entropy.encode(codes, bits)
    wanted = (least + packed) // 2
    data = entropy.encode(codes, bits, at_least=wanted)
    assert wanted <= len(data) < packed
    assert np.array_equal(entropy.decode(data, codes.shape, bits), codes)
    for row, column in ((0, 0), (1, 2)):
        expected = codes[64 * row : 64 * row + 64, 64 * column : 64 * column + 64]
        assert np.array_equal(entropy.decode_tile(data, codes.shape, bits, row, column), expected)
    # A packed tile has one possible length.
    model_size = int.from_bytes(data[6:10], "little")
    entry = 10 + model_size
    assert data[entry + 3] & 0x80
    bad = bytearray(data)
    bad[entry] ^= 1
    bad[:4] = zlib.crc32(bad[4 : entry + 6 * 8]).to_bytes(4, "little")
    with pytest.raises(BrokenError, match="wrong length"):
        entropy.decode(bytes(bad), codes.shape, bits)


def test_any_flipped_bit_is_noticed() -> None:
    codes = latents(70, 70, 3, 4)
    data = entropy.encode(codes, 4)
    rng = np.random.default_rng(0)
    for place in {*range(40), *rng.integers(0, len(data), 200).tolist()}:
        bad = bytearray(data)
        bad[place] ^= 1 << int(rng.integers(0, 8))
        with pytest.raises(BrokenError, match=r"coded grid|tile|model"):
            entropy.decode(bytes(bad), codes.shape, 4)


def test_truncated_sections_and_wrong_shapes_are_refused() -> None:
    codes = latents(70, 70, 3, 4)
    data = entropy.encode(codes, 4)
    for length in (0, 1, 9, 10, 50, len(data) - 1):
        with pytest.raises(BrokenError, match="too short"):
            entropy.decode(data[:length], codes.shape, 4)
    for shape in ((16384, 16384, 64), (70, 70, 4), (70, 70, 2), (200, 70, 3)):
        with pytest.raises(BrokenError, match=r"coded grid|tile|model"):
            entropy.decode(data, shape, 4)


def test_hostile_models_are_refused() -> None:
    rng = np.random.default_rng(0)
    good = zlib.decompress(Model.unpack(zlib.compress(bytes(4 * 9 + 8 * 2 + 26 * 2)), 2).pack())
    for plain in (good[:-1], b"", good[:36] + bytes([MOST_SCALE + 1]) + good[37:]):
        with pytest.raises(BrokenError, match="model"):
            Model.unpack(zlib.compress(plain), 2)
    with pytest.raises(BrokenError, match="model"):
        Model.unpack(b"no stream", 2)
    # Any numbers within the format's ranges decode to something.
    height, width, bits = 20, 20, 8
    for _ in range(5):
        plain = rng.integers(0, 256, 4 * 9, np.uint8).tobytes() + rng.integers(0, 81, 16, np.uint8).tobytes()
        model = Model.unpack(zlib.compress(plain + rng.integers(0, 256, 26 * 2, np.uint8).tobytes()), 2)
        stream = rng.integers(1, 2**32, 300).astype(np.uint32)
        with pytest.raises(BrokenError, match="longer"):
            entropy._decode_tiles([stream], height, width, bits, model)


def test_shares_are_whole_and_complete() -> None:
    rng = np.random.default_rng(0)
    for bits in (1, 2, 4, 5, 8, 16):
        for step in digit_steps(bits):
            scales = rng.integers(0, MOST_SCALE + 1, 500)
            predictions = rng.integers(0, 16 * (2**bits - 1) + 1, 500)
            lows = rng.integers(0, 2**bits, 500) // (step * base(bits)) * (step * base(bits))
            shares = expectation(predictions, scales, lows, step, bits).astype(np.float64)
            assert shares.min() >= 0
            assert np.array_equal(shares, np.rint(shares))
            assert np.all(shares.sum(axis=1) == 2**24 - base(bits))


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 9), (9, 1), (7, 5), (64, 64)])
def test_a_step_needs_earlier_steps_only(height: int, width: int) -> None:
    near = neighbours(height, width)
    assert near.shape == (height * width, len(NEIGHBOURS))
    steps = np.zeros(height * width + 1, int)
    for number, places in enumerate(wavefronts(height, width), 1):
        assert np.all(np.diff(places) > 0)
        steps[places] = number
    assert np.all(steps[:-1] > 0)
    assert np.all(steps[near] < steps[:-1, None])
