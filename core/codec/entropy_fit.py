"""The encoder's part: the model that makes a grid of latents small. Whatever it chooses can be decoded."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.codec.entropy_model import (
    CLASSES,
    CODE,
    MOST_SCALE,
    NEAREST,
    NEIGHBOURS,
    TILE,
    VALUE,
    WEIGHT,
    Exact,
    Ints,
    Model,
    neighbours,
    tiles,
)
from core.codec.neural_texture import Codes
from core.codec.sampling import Floats

_SAMPLES = 32768
_MOST_CANDIDATES = 160
_WEIGHT_BITS = 9.0
"""What a weight costs in the file; one that saves less is left out."""
_FEATURE_BITS = 72.0
"""What a feature's mean and scales cost in the file."""
_LATENTS_PER_CLASS = 2048
_SPREAD = 4096
_WIDTHS = (0.6, 0.8, 1.0, 1.2, 1.45)
_NEVER = 2**32 - 1
# Standard deviation of the logistic function 1 / (1 + 4^-x).
_DEVIATION = np.pi / np.sqrt(3) / np.log(4)


def fit(codes: Codes, bits: int) -> Model:
    """The model for a grid of codes [h, w, F]."""
    height, width, features = codes.shape
    latents = height * width
    rng = np.random.default_rng(0)
    share = min(1.0, _SAMPLES / latents)
    model = Model(
        np.rint(VALUE * codes.mean(axis=(0, 1))).astype(np.int64),
        np.full(CLASSES - 1, _NEVER),
        np.zeros((CLASSES, features), np.uint8),
        np.zeros((len(NEIGHBOURS) * features, features)),
        np.zeros((features, features)),
    )
    parts: list[Ints] = []
    products = np.zeros(((len(NEIGHBOURS) + 1) * features,) * 2)
    for rows, columns in tiles(height, width, TILE):
        tile = codes[rows, columns].astype(np.int64)
        flat = tile.reshape(-1, features)
        some = np.sort(rng.permutation(len(flat))[: max(1, round(share * len(flat)))])
        parts.append(some)
        values = model.values(flat)
        near = neighbours(*tile.shape[:2])[some]
        around = np.concatenate([values, np.zeros((1, features))])[near].reshape(len(some), -1)
        inputs = np.concatenate([around, values[some]], axis=1)
        products += inputs.T @ inputs
    near, own = _weights(products, sum(map(len, parts)), latents, features)
    model = Model(model.means, model.thresholds, model.scales, near, own)
    known, predictions, nearby = [], [], []
    for (rows, columns), some in zip(tiles(height, width, TILE), parts, strict=True):
        flat = codes[rows, columns].astype(np.int64).reshape(-1, features)
        predicted, misses = model.predict(flat, rows.stop - rows.start, columns.stop - columns.start, bits)
        known.append(flat[some])
        predictions.append(predicted[some])
        nearby.append(misses[some])
    samples = np.concatenate(known), np.concatenate(predictions), np.concatenate(nearby)
    return _with_scales(model, *samples, latents, bits)


def _weights(products: Exact, samples: int, latents: int, features: int) -> tuple[Exact, Exact]:
    """Least squares on ``products``, the sums over ``samples`` latents, with the weights that pay for themselves."""
    count = len(products)
    around = count - features
    # Rounding a weight adds noise; so much of it on every value keeps weights small where they do not matter.
    products = products + 0.5 * samples * np.eye(count)
    _, gains = _regressions(products, features)
    most = min(_MOST_CANDIDATES, latents // 8)
    weights = np.zeros((count, features))
    for feature in range(features):
        last = around + feature
        some = np.sort(np.argsort(gains[:last, feature])[::-1][:most])
        inverse = np.linalg.inv(products[np.ix_(some, some)])
        solved = inverse @ products[some, last]
        left = products[last, last] - solved @ products[some, last]
        # Backward elimination: what leaving a variable out costs, and all others without it, is in the inverse.
        while len(some):
            losses = solved**2 / np.diag(inverse)
            least = int(losses.argmin())
            if latents / 2 * np.log2(1 + losses[least] / left) >= _WEIGHT_BITS:
                break
            left += losses[least]
            pivot = inverse[:, least] / inverse[least, least]
            solved = np.delete(solved - pivot * solved[least], least)
            inverse = np.delete(np.delete(inverse - np.outer(pivot, inverse[least]), least, 0), least, 1)
            some = np.delete(some, least)
        weights[some, feature] = solved
    whole = np.clip(np.rint(WEIGHT * weights), -127, 127)
    return whole[:around], whole[around:]


def _regressions(products: Exact, features: int) -> tuple[Exact, Exact]:
    """Each of the last ``features`` variables by least squares from all variables before it.

    Returns weights and gains, both [variables, features] and 0 where nothing is looked at: by what part the squared
    error would grow without the variable.
    """
    # A row of the inverse Cholesky factor is the regression of one variable on all before it.
    factor = np.linalg.inv(np.linalg.cholesky(products))
    squares = np.cumsum(factor**2, axis=0)
    weights, gains = np.zeros((2, len(products), features))
    for feature in range(features):
        last = len(products) - features + feature
        weights[:last, feature] = -factor[last, :last] / factor[last, last]
        gains[:last, feature] = factor[last, :last] ** 2 / squares[last - 1, :last]
    return weights, gains


def _with_scales(model: Model, known: Ints, predictions: Ints, nearby: Ints, latents: int, bits: int) -> Model:
    """The model with classes of equal size and the scale that costs least for each feature of each class."""
    classes = max(1, min(CLASSES, latents // _LATENTS_PER_CLASS))
    borders = np.quantile(nearby, np.arange(1, classes) / classes, method="nearest").astype(np.int64)
    thresholds = np.concatenate([borders, model.thresholds[classes - 1 :]])
    model = Model(model.means, thresholds, model.scales.copy(), model.near, model.own)
    of = model.classes(nearby)
    for c in range(CLASSES):
        for feature in range(model.features):
            model.scales[c, feature] = _scale(known[of == c, feature], predictions[of == c, feature], bits)
    return model


def _scale(known: Ints, predictions: Ints, bits: int) -> int:
    """The scale at which codes ``known`` [M] cost least."""
    if not len(known):
        return 0
    missed = (known - predictions / CODE).astype(np.float32)
    width = np.sqrt(np.mean(missed.astype(np.float64) ** 2)) / _DEVIATION
    middle = round(4 * np.log2(max(CODE * width, 1.0)))
    candidates = range(max(0, middle - 6), min(MOST_SCALE, middle + 9) + 1)
    return min(candidates, key=lambda scale: float(_cost(known, missed, 2 ** (scale / 4) / CODE, bits).sum()))


def _cost(known: NDArray[Any], missed: Floats, width: Floats | float, bits: int) -> Floats:
    """Bits that codes ``known`` take, to a fraction of a percent; ``missed`` (by the prediction) and ``width`` (of the
    distribution) in codes; arrays of one shape."""
    sharpness = np.float32(np.log(4)) / width
    below = np.where(known <= 0, np.float32(0), 1 / (1 + np.exp(-np.clip((missed - 0.5) * sharpness, -30, 30))))
    above = np.where(
        known >= 2**bits - 1, np.float32(1), 1 / (1 + np.exp(-np.clip((missed + 0.5) * sharpness, -30, 30)))
    )
    return -np.log2(np.maximum(above - below, np.float32(2**-17)))


def sampled_cost(codes: Codes, bits: int) -> float:
    """About how many bits the codes [h, w, F] of a large grid and their model take.

    A model is made from one half of a sample and tried on both: it flatters the half it was made from about as much
    as it wrongs the other.
    """
    height, width, features = codes.shape
    latents = height * width
    at, near = _sample_places(height, width)
    count = at.shape[1]
    half = count // 2
    flat = codes.reshape(latents, features)
    means = flat[at[0]].astype(np.float32).mean(axis=0)

    def values(places: Ints) -> Floats:
        found = flat[np.minimum(places, latents - 1)] - means
        found[places == latents] = 0
        return found

    inputs = np.concatenate([values(near).reshape(at.size, -1), values(at).reshape(at.size, features)], axis=1)
    made_from = inputs[:half]
    products = (made_from.T @ made_from).astype(np.float64) + 0.5 / VALUE**2 * half * np.eye(inputs.shape[1])
    weights, gains = _regressions(products, features)
    known = inputs[:, -features:] + means
    predictions = np.clip(inputs @ weights.astype(np.float32) + means, 0, 2**bits - 1)
    missed = (known - predictions).reshape(*at.shape, features)
    misses = np.abs(missed).sum(axis=2)
    misses[at == latents] = 0
    nearby = misses[1:].sum(axis=0)
    of = np.searchsorted(np.quantile(nearby, np.arange(1, CLASSES) / CLASSES), nearby, side="right")
    known, missed = np.rint(known[:count]), missed[0]
    bits_each = []
    for part in (slice(0, half), slice(half, count)):
        deviations = np.stack([np.sqrt(np.mean(missed[part][of[part] == c] ** 2, axis=0)) for c in range(CLASSES)])
        widths = np.maximum(deviations[of[part]] / np.float32(_DEVIATION), np.float32(1 / CODE))
        tried = [_cost(known[part], missed[part], widths * np.float32(by), bits).mean(axis=0) for by in _WIDTHS]
        bits_each.append(np.min(tried, axis=0).sum())
    paying = int((latents / 2 * np.log2(1 + gains) >= _WEIGHT_BITS).sum())
    return latents * float(np.mean(bits_each)) + paying * _WEIGHT_BITS + features * _FEATURE_BITS


@functools.lru_cache(maxsize=8)
def _sample_places(height: int, width: int) -> tuple[Ints, Ints]:
    """Latents spread evenly over a grid, each with its nearest neighbours: indices [1 + NEAREST, M] into the grid, and
    those of all their neighbours [1 + NEAREST, M, 12]; h·w for what lies outside the tile."""
    rng = np.random.default_rng(0)
    rows = min(height, round((_SPREAD * height / width) ** 0.5))
    columns = min(width, _SPREAD // rows)
    y = ((np.arange(rows)[:, None] + rng.random((rows, columns))) * height / rows).astype(np.int64).ravel()
    x = ((np.arange(columns) + rng.random((rows, columns))) * width / columns).astype(np.int64).ravel()
    mixed = rng.permutation(len(y))

    def moved(y: Ints, x: Ints, down: int, right: int) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        to_y, to_x = y + down, x + right
        inside = (to_y >= 0) & (to_x >= 0) & (to_x < width) & (to_y // TILE == y // TILE) & (to_x // TILE == x // TILE)
        return to_y, to_x, inside

    at, near = [], []
    for down, right in ((0, 0), *NEIGHBOURS[:NEAREST]):
        to_y, to_x, inside = moved(y[mixed], x[mixed], down, right)
        at.append(np.where(inside, to_y * width + to_x, height * width))
        around = [moved(to_y, to_x, *offset) for offset in NEIGHBOURS]
        near.append(np.stack([np.where(ok & inside, b * width + a, height * width) for b, a, ok in around], axis=1))
    return np.stack(at), np.stack(near)
