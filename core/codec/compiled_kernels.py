"""Compiled inner loops of training on a CPU: both passes over one part's tiles, and the update of latents.

The decoder's layers are ``core/compiled_layers.py``. What is compiled has to be in that file or in this one: at no
other is looked to see whether the result that is kept is still right.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.core import cgutils
from numba.np.numpy_support import carray

from core import compiled_layers
from core.compiled_layers import (
    BLOCK,
    ONE,
    Matrix,
    add_rows,
    back,
    bend,
    bend_back,
    emitted,
    forward,
    hand_over,
    inner,
    kept,
    layers_of,
    learn,
    padded,
    product,
)

LANES = compiled_layers.LANES
SEGMENT = np.dtype(
    [
        *((name, np.int64) for name in ("count", "pick", "side", "across", "channels", "first_read", "reads")),
        *((name, np.int64) for name in ("phase_row", "lod_row")),
        *((name, np.int64) for name in ("targets", "phases_x", "phases_y")),
        *((name, np.bool_) for name in ("alike", "measured")),
    ],
    align=True,
)
"""A level's share of a part's tiles: ``count`` tiles of ``side`` × ``side`` texels, ``across`` of them in a row of the
level, from ``pick`` on in the list of tiles, and ``reads`` rows of the table of reads from ``first_read`` on.
In the first layer's weights ``phase_row`` is where those of the positional inputs begin and ``lod_row`` the one that
the level switches on, −1 for none. ``targets`` … ``phases_y`` are addresses of the level's arrays. Errors of a
``measured`` one count."""
READ = np.dtype(
    [
        *((name, np.int64) for name in ("features", "feature_row", "down", "across", "noise")),
        *((name, np.int64) for name in ("values", "rows", "columns", "row_cells", "column_cells")),
        *((name, np.int64) for name in ("row_fractions", "column_fractions", "indices", "gradients")),
        ("step", np.float32),
    ],
    align=True,
)
"""What a segment reads of one grid: ``down`` × ``across`` latents a tile, which the first layer's weights take from
``feature_row`` on; ``noise`` is where the read's noise begins in the bank. The others are addresses: the grid's values;
of a ``tiles.GridReader`` which latents a row or column of tiles reads, between which of them a texel lies and how far;
and where the latents' indices and gradients go."""
_CHUNK = 64
"""Texels that are taken together, at least one tile."""
_PHASES = 12


@emitted
def _pointer(context: Any, address: Any) -> Any:
    """An address as a pointer, for ``carray``."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), generate


@inner
def _floats(address):
    """The float32 values at an address; how many there are is not looked at."""
    return carray(_pointer(address), (1,), np.float32)


@inner
def _numbers(address):
    """The int64 values at an address."""
    return carray(_pointer(address), (1,), np.int64)


@inner
def _gather(read, tile, across, row, blocks, width, noise, noise_at, strength, rounding, noisy):
    """Copy what a tile reads of a grid into rows of ``blocks``, as it will be stored or with noise, and note where."""
    values, indices = _floats(read.values), _numbers(read.indices)
    rows, columns = _numbers(read.rows), _numbers(read.columns)
    down, right = tile // across * read.down, tile % across * read.across
    step = read.step
    for i in range(read.down):
        for j in range(read.across):
            index = rows[down + i] + columns[right + j]
            indices[row + i * read.across + j] = index
            at, to = index * read.features, (i * read.across + j) * width
            if rounding:
                for f in range(read.features):
                    blocks[to + f] = np.rint((values[at + f] + ONE) / step) * step - ONE
            elif noisy:
                for f in range(read.features):
                    blocks[to + f] = values[at + f] + noise[noise_at + f] * (step * strength)
                noise_at += read.features
            else:
                for f in range(read.features):
                    blocks[to + f] = values[at + f]


@inner
def _interpolate(read, tile, across, side, corners, line, hidden, width):
    """Add what a tile's corners are between them to the first layer's sums at its texels, rows first."""
    row_cells, column_cells = _numbers(read.row_cells), _numbers(read.column_cells)
    row_fractions, column_fractions = _floats(read.row_fractions), _floats(read.column_fractions)
    down, right = tile // across * side, tile % across * side
    length = read.across * width
    for y in range(side):
        lower = row_fractions[down + y]
        upper = ONE - lower
        first = row_cells[down + y] * length
        top, bottom = corners[first : first + length], corners[first + length : first + 2 * length]
        for j in range(length):
            line[j] = upper * top[j] + lower * bottom[j]
        for x in range(side):
            after = column_fractions[right + x]
            before = ONE - after
            cell = column_cells[right + x] * width
            one, two = line[cell : cell + width], line[cell + width : cell + 2 * width]
            texel = hidden[(y * side + x) * width : (y * side + x + 1) * width]
            for j in range(width):
                texel[j] += before * one[j] + after * two[j]


@inner
def _spread(read, tile, across, side, corners, line, hidden, width):
    """The way back of :func:`_interpolate`: gradients at texels are added to those at the corners."""
    row_cells, column_cells = _numbers(read.row_cells), _numbers(read.column_cells)
    row_fractions, column_fractions = _floats(read.row_fractions), _floats(read.column_fractions)
    down, right = tile // across * side, tile % across * side
    length = read.across * width
    for y in range(side):
        line[:length] = 0.0
        for x in range(side):
            after = column_fractions[right + x]
            before = ONE - after
            cell = column_cells[right + x] * width
            one, two = line[cell : cell + width], line[cell + width : cell + 2 * width]
            texel = hidden[(y * side + x) * width : (y * side + x + 1) * width]
            for j in range(width):
                one[j] += before * texel[j]
                two[j] += after * texel[j]
        lower = row_fractions[down + y]
        upper = ONE - lower
        first = row_cells[down + y] * length
        top, bottom = corners[first : first + length], corners[first + length : first + 2 * length]
        for j in range(length):
            top[j] += upper * line[j]
            bottom[j] += lower * line[j]


@inner
def _place(segment, tile, weights, bias, table, width):
    """The first layer's sums that depend only on where in a tile a texel lies."""
    side = segment.side
    phases_x, phases_y = _floats(segment.phases_x), _floats(segment.phases_y)
    down, right = tile // segment.across * side, tile % segment.across * side
    half, phase_row = _PHASES // 2, segment.phase_row
    for y in range(side):
        for x in range(side):
            texel = table[(y * side + x) * width : (y * side + x + 1) * width]
            for j in range(width):
                texel[j] = bias[j]
            if segment.lod_row >= 0:
                add_rows(texel, weights[segment.lod_row * width :], 1, width)
            for p in range(_PHASES):
                phase = phases_x[(right + x) * half + p] if p < half else phases_y[(down + y) * half + p - half]
                row = weights[(phase_row + p) * width : (phase_row + p + 1) * width]
                for j in range(width):
                    texel[j] += phase * row[j]


@inner
def _place_gradients(segment, tile, gradients, bias, table, width):
    """The way back of :func:`_place`."""
    side = segment.side
    phases_x, phases_y = _floats(segment.phases_x), _floats(segment.phases_y)
    down, right = tile // segment.across * side, tile % segment.across * side
    half, phase_row = _PHASES // 2, segment.phase_row
    for y in range(side):
        for x in range(side):
            texel = table[(y * side + x) * width : (y * side + x + 1) * width]
            add_rows(bias, texel, 1, width)
            if segment.lod_row >= 0:
                add_rows(gradients[segment.lod_row * width :], texel, 1, width)
            for p in range(_PHASES):
                phase = phases_x[(right + x) * half + p] if p < half else phases_y[(down + y) * half + p - half]
                row = gradients[(phase_row + p) * width : (phase_row + p + 1) * width]
                for j in range(width):
                    row[j] += phase * texel[j]


@inner
def _errors(segment, tiles, texels, output, width, deltas, words, loss_weights, squares):
    """Outputs less targets, weighed, and the sums of their squares before that."""
    channels, count = segment.channels, texels * segment.channels
    halves = carray(_pointer(segment.targets), (1,), np.uint16)
    numbers = words.view(np.float32)
    for t in range(len(tiles)):
        start = tiles[t] * count
        for i in range(count):
            # A half float's bits in the places of a float's; the exponent's offset is made up for below.
            bits = np.uint32(halves[start + i])
            words[i] = ((bits & np.uint32(0x7FFF)) << np.uint32(13)) | ((bits & np.uint32(0x8000)) << np.uint32(16))
        for i in range(texels):
            row = (t * texels + i) * width
            for c in range(channels):
                error = output[row + c] - numbers[i * channels + c] * np.float32(2.0**112)
                if segment.measured:
                    squares[c] += error * error
                deltas[row + c] = error * loss_weights[c]


@kept
def passes(
    widths,
    flat,
    gradient,
    segments,
    reads,
    tiles,
    noise,
    loss_weights,
    squares,
    last_hidden,
    rounding,
    noisy,
    train_latents,
    strength,
):
    """Forward and backward over a part's tiles: the work of ``kernels.forward_backward``.

    ``widths`` [layers + 1] of inputs, hidden layers and outputs; ``flat`` the decoder's parameters and ``gradient``
    what they get; ``segments`` and ``reads`` see :data:`SEGMENT` and :data:`READ`; ``tiles`` of all segments;
    ``noise`` the bank; ``loss_weights`` [C]. ``squares`` [C] takes the sums of squared errors of what is measured,
    ``last_hidden`` [texels, width], if it has room, what the last layer is given. Latents are read ``rounding``,
    or ``noisy`` with noise of ``strength`` steps, or as they are, and get gradients with ``train_latents``: [rows,
    features rounded up to :data:`LANES`] at the read's address.
    """
    layers = layers_of(widths, flat)
    last, wide, turned = len(widths) - 1, layers.wide, layers.turned
    weights, transposed, gradients = layers.weights, layers.transposed, layers.gradients
    bias, bias_gradient = layers.biases[0], layers.bias_gradients[0]
    most = layers.biases.shape[1]
    width = wide[1]
    texels_at_once, corners_at_once, blocks_at_once, longest = 0, 0, 0, 0
    for segment in segments:
        texels = segment.side**2
        at_once = max(1, _CHUNK // texels)
        texels_at_once = max(texels_at_once, at_once * texels + BLOCK)
        corner_count, block_count = 0, 0
        for read in reads[segment.first_read : segment.first_read + segment.reads]:
            rows = at_once * read.down * read.across + BLOCK
            corner_count += rows
            block_count += rows * padded(read.features)
            longest = max(longest, read.across)
        corners_at_once, blocks_at_once = max(corners_at_once, corner_count), max(blocks_at_once, block_count)
    activations = np.zeros((last, texels_at_once * most), np.float32)
    deltas = np.zeros((last, texels_at_once * most), np.float32)
    corners = np.empty(corners_at_once * width, np.float32)
    blocks = np.empty(blocks_at_once, np.float32)
    line = np.empty(longest * width, np.float32)
    table, table_deltas = np.empty(texels_at_once * width, np.float32), np.empty(texels_at_once * width, np.float32)
    words = np.empty(texels_at_once * widths[last], np.uint32)
    nothing = np.zeros(max(most, turned[0]), np.float32)
    done = 0
    for segment in segments:
        side, texels, across = segment.side, segment.side**2, segment.across
        own_reads = reads[segment.first_read : segment.first_read + segment.reads]
        at_once = max(1, _CHUNK // texels)
        if segment.alike:
            _place(segment, 0, weights, bias[:width], table, width)
            table_deltas[:] = 0.0
        blocks[:] = 0.0
        for begin in range(0, segment.count, at_once):
            chosen = tiles[segment.pick + begin : segment.pick + min(begin + at_once, segment.count)]
            rows = len(chosen) * texels
            hidden, hidden_deltas = activations[0], deltas[0]
            for t in range(len(chosen)):
                if not segment.alike:
                    _place(segment, chosen[t], weights, bias[:width], table, width)
                for j in range(texels * width):
                    hidden[t * texels * width + j] = table[j]
            corner, block = 0, 0
            for read in own_reads:
                reach, features = read.down * read.across, padded(read.features)
                for t in range(len(chosen)):
                    noise_at = read.noise + (begin + t) * reach * read.features
                    row, to = (begin + t) * reach, block + t * reach * features
                    _gather(
                        read, chosen[t], across, row, blocks[to:], features, noise, noise_at, strength, rounding, noisy
                    )
                count = len(chosen) * reach
                here, own_corners = Matrix(blocks, block, features, 1), Matrix(corners, corner * width, width, 1)
                first_layer = Matrix(weights, read.feature_row * width, width, 1)
                product(own_corners, Matrix(nothing, 0, 0, 1), here, first_layer, count, width, read.features)
                for t in range(len(chosen)):
                    here = corners[(corner + t * reach) * width :]
                    _interpolate(read, chosen[t], across, side, here, line, hidden[t * texels * width :], width)
                corner += at_once * reach + BLOCK
                block += (at_once * reach + BLOCK) * features
            for i in range(1, last):
                bend(activations[i - 1], rows * wide[i])
                forward(layers, i, activations[i - 1], activations[i], rows)
            if len(last_hidden) > 0:
                for r in range(rows):
                    at = r * wide[last - 1]
                    last_hidden[done + r] = activations[last - 2, at : at + last_hidden.shape[1]]
            done += rows
            output, output_deltas = activations[last - 1], deltas[last - 1]
            _errors(segment, chosen, texels, output, wide[last], output_deltas, words, loss_weights, squares)
            for i in range(last - 1, 0, -1):
                learn(layers, i, activations[i - 1], deltas[i], rows)
                back(layers, i, deltas[i], deltas[i - 1], nothing, rows)
                bend_back(deltas[i - 1], activations[i - 1], rows * wide[i])
            for t in range(len(chosen)):
                here = hidden_deltas[t * texels * width : (t + 1) * texels * width]
                if segment.alike:
                    add_rows(table_deltas, here, 1, texels * width)
                else:
                    _place_gradients(segment, chosen[t], gradients, bias_gradient[:width], here, width)
            corners[:] = 0.0
            corner, block = 0, 0
            for read in own_reads:
                reach, features = read.down * read.across, padded(read.features)
                count = len(chosen) * reach
                for t in range(len(chosen)):
                    here = corners[(corner + t * reach) * width :]
                    _spread(read, chosen[t], across, side, here, line, hidden_deltas[t * texels * width :], width)
                slopes = Matrix(gradients, read.feature_row * width, width, 1)
                latents, own_corners = Matrix(blocks, block, 1, features), Matrix(corners, corner * width, width, 1)
                product(slopes, slopes, latents, own_corners, read.features, width, count)
                if train_latents:
                    found = Matrix(_floats(read.gradients), begin * reach * features, features, 1)
                    first_layer = Matrix(transposed, read.feature_row, turned[0], 1)
                    product(found, Matrix(nothing, 0, 0, 1), own_corners, first_layer, count, features, widths[1])
                corner += at_once * reach + BLOCK
                block += (at_once * reach + BLOCK) * features
        if segment.alike:
            _place_gradients(segment, 0, gradients, bias_gradient[:width], table_deltas, width)
    hand_over(layers, gradient)


@kept
def update_rows(values, second, visits, slots, indices, gradients, rate, beta):
    """The work of ``kernels.update_rows`` for ``indices`` [rows] and ``gradients`` [rows, features] of all reads."""
    features = values.shape[1]
    rate, kept = np.float32(rate), np.float32(beta)
    for row in range(len(indices)):
        slots[indices[row]] = -1
    for row in range(len(indices)):
        owner = slots[indices[row]]
        if owner < 0:
            slots[indices[row]] = row
        else:
            for f in range(features):
                gradients[owner, f] += gradients[row, f]
    for row in range(len(indices)):
        index = indices[row]
        if slots[index] != row:
            continue
        visits[index, 0] += ONE
        correction = ONE - kept ** visits[index, 0]
        for f in range(features):
            slope = gradients[row, f]
            moment = second[index, f] + (slope * slope - second[index, f]) * (ONE - kept)
            second[index, f] = moment
            move = rate * slope / (np.sqrt(moment / correction) + np.float32(1e-12))
            values[index, f] = min(max(values[index, f] - move, np.float32(-1.0)), ONE)
