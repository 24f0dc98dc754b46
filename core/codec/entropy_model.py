"""What the entropy coder expects of a latent: whole-number arithmetic only, so that every machine expects the same.

A code is predicted linearly from the latents around it that are already known, and from the features of its own
latent that precede it; how far predictions missed nearby says how sharp the expectation is. Linear prediction from
causal neighbours with the error energy of the neighbourhood as context follows Wu & Memon 1997 (CALIC) and Meyer &
Tischer 2001 (Glicbawls); all features see each other here. docs/container.md has every step.
"""

from __future__ import annotations

import functools
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Exact = NDArray[np.float64]
"""Whole numbers below 2^53 in float64: sums and products are exact, and matrix products are fast."""

TILE = 64
"""Latents along a tile's edge, as they are written."""
NEIGHBOURS = (
    *((0, -1), (-1, 0), (-1, -1), (-1, 1)),
    *((0, -2), (-2, 0), (-2, -1), (-2, 1), (-1, -2), (-1, 2), (-2, -2), (-2, 2)),
)
"""(rows down, columns right) of the latents that a prediction looks at: the two to the left, and five each of two rows
above. The first four also say how well predictions did nearby."""
NEAREST = 4
CLASSES = 8
"""Classes of latents by how far predictions missed at the nearest neighbours."""
CODE = 16
"""Predictions are in 1/16 of a code."""
VALUE = 8
"""Values that weights are applied to are in 1/8 of a code, relative to the feature's mean."""
WEIGHT = 64
"""Weights are in 1/64."""
MOST_SCALE = 80
"""Scales are powers of 2^(1/4) in 1/16 of a code: 1/16 … 65536 codes."""
PRECISION = 24
"""Probabilities are multiples of 2^-24."""

_TABLE_STEPS = 16
_TABLE_REACH = 8
_FRACTION = 8
_FLOOR = 64


class BrokenError(ValueError):
    """Data that can't be what it says it is; the text is for people, to stand after "… is damaged:"."""


@dataclass(frozen=True)
class Model:
    """Expectations for one grid with F features.

    ``means`` int64 [F] in 1/8 of a code; ``thresholds`` int64 [CLASSES − 1] in 1/16 of a code, rising; ``scales``
    uint8 [CLASSES, F]; ``near`` float64 [12·F, F]: whole-number weights of the neighbours' features; ``own`` float64
    [F, F]: those of the latent's own features, strictly upper triangular.
    """

    means: Ints
    thresholds: Ints
    scales: NDArray[np.uint8]
    near: Exact
    own: Exact

    @property
    def features(self) -> int:
        return len(self.means)

    def pack(self) -> bytes:
        """A zlib stream: means and thresholds u32, scales u8, weights i8 [12·F + F, F]."""
        weights = np.concatenate([self.near, self.own]).astype(np.int8)
        numbers = struct.pack(f"<{self.features + CLASSES - 1}I", *self.means.tolist(), *self.thresholds.tolist())
        return zlib.compress(numbers + self.scales.tobytes() + weights.tobytes(), 9)

    @staticmethod
    def unpack(data: bytes, features: int) -> Model:
        """Raises BrokenError if ``data`` is not a model for so many features."""
        count = features + CLASSES - 1
        rows = (len(NEIGHBOURS) + 1) * features
        size = 4 * count + (CLASSES + rows) * features
        inflater = zlib.decompressobj()
        try:
            plain = inflater.decompress(data, size)
        except zlib.error as error:
            raise BrokenError("a model can't be unpacked") from error
        if len(plain) != size:
            raise BrokenError("a model is too short")
        numbers = np.frombuffer(plain, "<u4", count).astype(np.int64)
        scales = np.frombuffer(plain, np.uint8, CLASSES * features, 4 * count).reshape(CLASSES, features)
        weights = np.frombuffer(plain, np.int8, rows * features, 4 * count + scales.size).reshape(rows, features)
        if scales.max() > MOST_SCALE:
            raise BrokenError("a model's scale is out of range")
        exact = weights.astype(np.float64)
        own = np.triu(exact[-features:], 1)
        return Model(numbers[:features], numbers[features:], scales, exact[:-features], own)

    def values(self, codes: NDArray[Any]) -> Exact:
        """[…, F] codes as what weights are applied to."""
        return VALUE * codes.astype(np.float64) - self.means

    def start(self, around: Exact) -> Exact:
        """Predictions [M, F] in 1/512 of a code, before the own features; ``around`` [M, 12·F]."""
        return around @ self.near + WEIGHT * self.means

    def classes(self, misses: Ints) -> Ints:
        """Class of each latent; ``misses`` [M]: the sum of what predictions missed by at the nearest neighbours."""
        return np.searchsorted(self.thresholds, misses, side="right")

    def predict(self, codes: Ints, height: int, width: int, bits: int) -> tuple[Ints, Ints]:
        """For a whole tile of known codes [h·w, F]: predictions [h·w, F] in 1/16 of a code, misses nearby [h·w]."""
        near = neighbours(height, width)
        values = self.values(codes)
        around = np.concatenate([values, np.zeros((1, self.features))])[near].reshape(len(codes), -1)
        predictions = rounded(self.start(around) + values @ self.own, bits)
        missed = np.append(np.abs(CODE * codes - predictions).sum(axis=1), 0)
        return predictions, missed[near[:, :NEAREST]].sum(axis=1)


def rounded(predictions: Exact, bits: int) -> Ints:
    """Predictions in 1/512 of a code as whole 1/16, within the range of the codes."""
    unit = VALUE * WEIGHT // CODE
    return np.clip(np.floor((predictions + unit // 2) / unit), 0, CODE * (2**bits - 1)).astype(np.int64)


def tiles(height: int, width: int, edge: int) -> Iterator[tuple[slice, slice]]:
    """(rows, columns) of the tiles of a grid, row by row."""
    for top in range(0, height, edge):
        for left in range(0, width, edge):
            yield slice(top, min(top + edge, height)), slice(left, min(left + edge, width))


@functools.lru_cache(maxsize=16)
def neighbours(height: int, width: int) -> Ints:
    """Per latent of a tile, row by row, the indices [h·w, 12] of its neighbours; h·w where one lies outside."""
    y, x = np.divmod(np.arange(height * width), width)
    columns = []
    for down, right in NEIGHBOURS:
        row, column = y + down, x + right
        inside = (row >= 0) & (column >= 0) & (column < width)
        columns.append(np.where(inside, row * width + column, height * width))
    return np.stack(columns, axis=1)


@functools.lru_cache(maxsize=16)
def wavefronts(height: int, width: int) -> tuple[Ints, ...]:
    """Indices of a tile's latents in coding order: those of one step need only latents of earlier steps.

    Latent (row y, column x) belongs to step x + 3y, because the farthest neighbour needed is two columns to the
    right in the row above. Within a step rows go downwards.
    """
    y, x = np.divmod(np.arange(height * width), width)
    steps = x + 3 * y
    order = np.argsort(steps, kind="stable")
    return tuple(np.split(order, np.flatnonzero(np.diff(steps[order])) + 1))


def digit_steps(bits: int) -> tuple[int, ...]:
    """Codes are coded digit by digit, to base 16 or, below 4 bits, as a whole: what each digit's unit stands for."""
    return tuple(16**i for i in reversed(range((bits + 3) // 4)))


def base(bits: int) -> int:
    """How many values a digit can have."""
    return min(16, 2**bits)


def expectation(predictions: Ints, scales: NDArray[Any], lows: Ints, step: int, bits: int) -> NDArray[np.float32]:
    """How often each digit is expected: [M, base] whole numbers that are one less than a digit's share of 2^24.

    ``predictions`` [M] in 1/16 of a code, ``scales`` [M], ``lows`` [M]: the code so far, from the digits before.
    The missing one is what a categorical model of the ``constriction`` library adds to every entry, which makes the
    shares exact: the numbers sum up to 2^24 − base, so that nothing is left to rounding.
    """
    if bits <= 4:
        return _whole_codes(bits)[scales, predictions]
    return _shares(predictions, scales, lows, step, bits)


@functools.lru_cache(maxsize=4)
def _whole_codes(bits: int) -> NDArray[np.float32]:
    """``expectation`` for every scale and prediction: [scales, predictions, codes]."""
    scales, predictions = np.mgrid[: MOST_SCALE + 1, : CODE * (2**bits - 1) + 1]
    shares = _shares(predictions.ravel(), scales.ravel(), np.zeros(scales.size, np.int64), 1, bits)
    return shares.reshape(*scales.shape, -1)


@functools.lru_cache(maxsize=1)
def _curve() -> tuple[Ints, Ints]:
    """The distribution: the logistic function 1 / (1 + 4^-x) times 2^15 at x = -8, -7.94, … 8; and scale factors."""
    x = np.arange(-_TABLE_REACH * _TABLE_STEPS, _TABLE_REACH * _TABLE_STEPS + 1) / _TABLE_STEPS
    logistic = np.rint(32768 / (1 + 4.0**-x)).astype(np.int64)
    factors = np.rint(2.0 ** (32 - np.arange(MOST_SCALE + 1) / 4)).astype(np.int64)
    return logistic, factors


def _shares(predictions: Ints, scales: NDArray[Any], lows: Ints, step: int, bits: int) -> NDArray[np.float32]:
    logistic, factors = _curve()
    digits = base(bits)
    borders = lows[:, None] + step * np.arange(digits + 1)
    away = CODE * borders - CODE // 2 - predictions[:, None]
    end = (len(logistic) - 1) << _FRACTION
    at = (away * factors[scales][:, None] >> 20) + end // 2
    at[borders <= 0] = 0
    at[borders >= 2**bits] = end
    at = np.clip(at, 0, end)
    index = np.minimum(at >> _FRACTION, len(logistic) - 2)
    part = at - (index << _FRACTION)
    below = (logistic[index] << _FRACTION) + (logistic[index + 1] - logistic[index]) * part
    # A straight line in addition: whatever lies far off can still be coded.
    below += _FLOOR * np.arange(digits + 1)
    below -= below[:, :1]
    below = below * (2**PRECISION - digits) // below[:, -1:]
    return np.diff(below, axis=1).astype(np.float32)
