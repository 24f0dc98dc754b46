"""Compiled inner loops of training on a CPU: both passes over one part of a batch, and Adam for the weights.

The network's layers are ``core/compiled_layers.py``. What is compiled has to be in that file or in this one: at no
other is looked to see whether the result that is kept is still right.
"""

from __future__ import annotations

import numpy as np

from core.compiled_layers import (
    BLOCK,
    ONE,
    ZERO,
    back,
    bend,
    bend_back,
    forward,
    hand_over,
    inner,
    kept,
    layers_of,
    learn,
)

_CHUNK = 64
"""Texels that are taken together."""
_HALF, _TWO = np.float32(0.5), np.float32(2.0)
_LEAST = np.float32(0.01)
"""What keeps the relative losses from dividing by nothing."""
_RELU, _TANH, _SWISH = 1, 2, 3
_L1, _RELATIVE, _SMAPE = 1, 2, 3
_FURTHEST = np.float32(80.0)
"""Beyond it an exponential says nothing that float32 could tell from 0 or 1 in a sigmoid."""


@inner
def _exponentials(values, size, bits):
    """e to the power of every value, in place, as vector instructions; ``bits`` is int32 room for as many."""
    powers = bits.view(np.float32)
    for i in range(size):
        # 2^(n + f) with n whole and f in ±½: a polynomial, and n in the exponent's bits.
        x = min(max(values[i], -_FURTHEST), _FURTHEST) * np.float32(1.4426950408889634)
        n = np.rint(x)
        f = (x - n) * np.float32(0.6931471805599453)
        p = np.float32(1.0 / 5040.0)
        p = p * f + np.float32(1.0 / 720.0)
        p = p * f + np.float32(1.0 / 120.0)
        p = p * f + np.float32(1.0 / 24.0)
        p = p * f + np.float32(1.0 / 6.0)
        p = p * f + _HALF
        p = p * f + ONE
        values[i] = p * f + ONE
        bits[i] = (np.int32(n) + np.int32(127)) << np.int32(23)
    for i in range(size):
        values[i] *= powers[i]


@inner
def _sigmoids(values, size, bits):
    for i in range(size):
        values[i] = -values[i]
    _exponentials(values, size, bits)
    for i in range(size):
        values[i] = ONE / (ONE + values[i])


@inner
def _activate(activation, values, sums, size, bits):
    """In place; ``sums`` keeps what the way back of swish needs."""
    if activation == _RELU:
        for i in range(size):
            values[i] = max(values[i], ZERO)
    elif activation == _TANH:
        for i in range(size):
            values[i] *= _TWO
        _sigmoids(values, size, bits)
        for i in range(size):
            values[i] = _TWO * values[i] - ONE
    elif activation == _SWISH:
        sums[:size] = values[:size]
        _sigmoids(values, size, bits)
        for i in range(size):
            values[i] *= sums[i]
    else:
        bend(values, size)


@inner
def _activate_back(activation, deltas, values, sums, size, bits):
    """Gradients after the activation become those before it. For swish ``sums`` are used up."""
    if activation == _RELU:
        for i in range(size):
            deltas[i] *= np.float32(values[i] > ZERO)
    elif activation == _TANH:
        for i in range(size):
            deltas[i] *= ONE - values[i] * values[i]
    elif activation == _SWISH:
        _sigmoids(sums, size, bits)
        for i in range(size):
            # d(x s)/dx = s + x s (1 − s), and x s is the value.
            deltas[i] *= sums[i] + values[i] * (ONE - sums[i])
    else:
        bend_back(deltas, values, size)


@inner
def _errors(loss, shown, wide, wanted, deltas, scale, told):
    """Gradients of the last layer's sums, of ``scale`` times the losses' sum, and the sums of both for ``told``.

    ``shown`` and ``deltas`` are rows of ``wide`` numbers, ``wanted`` [n, C].
    """
    count, channels = wanted.shape
    losses, squares = ZERO, ZERO
    for r in range(count):
        size = _LEAST
        if loss == _RELATIVE:
            for c in range(channels):
                size += wanted[r, c] * wanted[r, c]
        for c in range(channels):
            p, t = shown[r * wide + c], wanted[r, c]
            error = p - t
            square = error * error
            squares += square
            if loss == _L1:
                losses += abs(error)
                slope = np.sign(error)
            elif loss == _RELATIVE:
                losses += square / size
                slope = _TWO * error / size
            elif loss == _SMAPE:
                size = _HALF * (abs(t) + p) + _LEAST
                losses += abs(error) / size
                slope = np.sign(error) / size - _HALF * abs(error) / (size * size)
            else:
                losses += square
                slope = _TWO * error
            deltas[r * wide + c] = slope * scale * p * (ONE - p)
    told[0] += losses
    told[1] += squares


@inner
def _look_up(columns, rows, x, y, values):
    """What the column and the row of a texel are encoded to."""
    count = columns.shape[1]
    for k in range(count):
        values[k] = columns[x, k]
        values[count + k] = rows[y, k]


@inner
def _blend(grid, table, x, y, values, read):
    """The features at a texel, and in ``read`` [levels, 4] which rows of the table they are of."""
    column_keys, row_keys, across, down, entries, first, dense = grid
    levels, features = len(first), table.shape[1]
    for level in range(levels):
        right, lower = across[x, level], down[y, level]
        for f in range(features):
            values[level * features + f] = ZERO
        for corner in range(4):
            dy, dx = corner // 2, corner % 2
            one, two = column_keys[x, dx, level], row_keys[y, dy, level]
            key = (one + two if level < dense else one ^ two) % entries[level] + first[level]
            share = (right if dx else ONE - right) * (lower if dy else ONE - lower)
            read[level, corner] = key
            for f in range(features):
                values[level * features + f] += share * table[key, f]


@inner
def _blend_back(grid, features, x, y, deltas, gradients):
    """The gradients of the rows that a texel reads, [levels, 4, features], from those of its features."""
    across, down = grid[2], grid[3]
    levels = across.shape[1]
    for level in range(levels):
        right, lower = across[x, level], down[y, level]
        for corner in range(4):
            share = (right if corner % 2 else ONE - right) * (lower if corner // 2 else ONE - lower)
            for f in range(features):
                gradients[level, corner, f] = share * deltas[level * features + f]


@kept
def passes(
    widths,
    flat,
    gradient,
    texels,
    targets,
    across,
    columns,
    rows,
    grid,
    table,
    read,
    read_gradients,
    activation,
    loss,
    scale,
    told,
):
    """Forward and backward over a part's texels: the work of ``kernels.forward_backward`` and of what is around it.

    ``widths`` [layers + 1] of inputs, hidden layers and outputs; ``flat`` the parameters and ``gradient`` what they
    get; ``texels`` [n] numbers of the picture's texels, ``across`` of them in a row, ``targets`` [texels, C].
    ``columns`` and ``rows`` [N, values] are what a coordinate is encoded to. Without any, it is the hash grid:
    ``grid`` as ``trainer.Places.keys`` gives it, ``table`` [entries, features], and ``read`` [levels, n, 4] and
    ``read_gradients`` [levels, n, 4, features] take what was read. ``told`` [2] takes the sums of losses and of squared
    errors, ``scale`` belongs to the gradients.
    """
    layers = layers_of(widths, flat)
    last, wide = len(widths) - 1, layers.wide
    most = max(layers.biases.shape[1], wide[0])
    room = (_CHUNK + BLOCK) * most
    values, sums = np.zeros((last + 1, room), np.float32), np.zeros((last, room), np.float32)
    deltas, below = np.zeros(room, np.float32), np.zeros(room, np.float32)
    bits, nothing = np.empty(room, np.int32), np.zeros(most + wide[0], np.float32)
    wanted = np.empty((_CHUNK, targets.shape[1]), np.float32)
    width, channels, blended = wide[0], targets.shape[1], columns.shape[1] == 0
    told[:] = ZERO
    slope_scale = np.float32(scale / channels)
    for begin in range(0, len(texels), _CHUNK):
        count = min(_CHUNK, len(texels) - begin)
        for r in range(count):
            texel = texels[begin + r]
            x, y = texel % across, texel // across
            own = values[0, r * width : (r + 1) * width]
            if blended:
                _blend(grid, table, x, y, own, read[:, begin + r])
            else:
                _look_up(columns, rows, x, y, own)
            for c in range(channels):
                wanted[r, c] = targets[texel, c]
        for i in range(last):
            forward(layers, i, values[i], values[i + 1], count)
            if i < last - 1:
                _activate(activation, values[i + 1], sums[i], count * wide[i + 1], bits)
        _sigmoids(values[last], count * wide[last], bits)
        _errors(loss, values[last], wide[last], wanted[:count], deltas, slope_scale, told)
        for i in range(last - 1, -1, -1):
            learn(layers, i, values[i], deltas, count)
            if i > 0 or blended:
                back(layers, i, deltas, below, nothing, count)
                deltas, below = below, deltas
            if i > 0:
                _activate_back(activation, deltas, values[i], sums[i - 1], count * wide[i], bits)
        if blended:
            for r in range(count):
                texel = texels[begin + r]
                own = deltas[r * width : (r + 1) * width]
                x, y = texel % across, texel // across
                _blend_back(grid, table.shape[1], x, y, own, read_gradients[:, begin + r])
        # The last layer's columns beyond the channels have to stay zeros.
        deltas[: count * wide[last]] = ZERO
    told[0] /= channels
    told[1] /= channels
    hand_over(layers, gradient)


@kept
def adam(flat, first, second, gradients, rate, beta_one, beta_two, correction_one, correction_two):
    """The work of ``Decoder.update`` for the sum of ``gradients`` [parts, parameters]; the corrections are what is
    left out of the moments so far."""
    one, two, speed = np.float32(1.0 - beta_one), np.float32(1.0 - beta_two), np.float32(rate / correction_one)
    balance, least = np.float32(1.0 / correction_two), np.float32(1e-12)
    slopes = gradients[0].copy()
    for p in range(1, len(gradients)):
        own = gradients[p]
        for i in range(len(flat)):
            slopes[i] += own[i]
    for i in range(len(flat)):
        slope = slopes[i]
        moment = first[i] + (slope - first[i]) * one
        square = second[i] + (slope * slope - second[i]) * two
        first[i], second[i] = moment, square
        flat[i] -= speed * moment / (np.sqrt(square * balance) + least)
