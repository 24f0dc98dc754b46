"""Compiled inner loops of training on a CPU: both passes over one part's tiles, and the update of latents.

A tile's activations fit into the processor's caches, so a tile goes forward and backward before the next one is looked
at, which tensor operations over a whole batch can't do. Compiled by numba, once per machine: the result is kept beside
this file. Everything here has to stay in this file, because numba looks at no other to see whether that is still right.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import carray

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
LANES = 16
"""Widths of all matrices are multiples of it; rows come in blocks of :data:`BLOCK`."""
BLOCK = 4
_VECTOR = 8
_DEPTH = 64
"""Rows of a product that is summed over texels at once: more would not stay in the innermost cache."""
_CHUNK = 64
"""Texels that are taken together, at least one tile."""
_PHASES = 12
_ZERO, _ONE, _LEAK = np.float32(0.0), np.float32(1.0), np.float32(0.01)

_OPTIONS: Any = {"nogil": True, "fastmath": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_inner = njit(**_OPTIONS)
"""For what is called from here only."""


_emitted: Any = intrinsic
"""Functions that write their own instructions; who calls them does not give the first parameter."""


class Matrix(NamedTuple):
    """A matrix in an array of float32: where it begins, and how far apart its rows and columns are. Only the first
    factor of a product may have columns that are apart; rows 0 apart are one and the same row."""

    values: Any
    at: int
    row: int
    column: int


@_emitted
def _pointer(context: Any, address: Any) -> Any:
    """An address as a pointer, for ``carray``."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), generate


@_emitted
def _block(
    context: Any,
    c: Any,
    c_row: Any,
    start: Any,
    start_row: Any,
    a: Any,
    a_row: Any,
    a_column: Any,
    b: Any,
    b_row: Any,
    depth: Any,
) -> Any:
    """C = S + A·B for a block of 4 × 16 entries of C, which stays in registers over the whole depth.

    Addresses of the first entries, and the distances in bytes between rows (and for A columns), all of float32.
    """

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        c, c_row, start, start_row, a, a_row, a_column, b, b_row, depth = arguments
        whole, number = ir.IntType(64), ir.FloatType()
        vector = ir.VectorType(number, _VECTOR)
        halves = range(LANES // _VECTOR)
        multiply_add = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(vector, [vector] * 3), f"llvm.fma.v{_VECTOR}f32"
        )

        def constant(value: int) -> ir.Constant:
            return ir.Constant(whole, value)

        def at(first: Any, row: Any, number_of_row: int, half: int = 0) -> Any:
            offset = builder.add(builder.mul(row, constant(number_of_row)), constant(4 * _VECTOR * half))
            return builder.add(first, offset)

        def load(address: Any, kind: Any) -> Any:
            loaded = builder.load(builder.inttoptr(address, kind.as_pointer()))
            loaded.align = 4
            return loaded

        begun = [[load(at(start, start_row, i, half), vector) for half in halves] for i in range(BLOCK)]
        entry, loop = builder.block, builder.append_basic_block("depth")
        done = builder.append_basic_block("done")
        builder.branch(loop)
        builder.position_at_end(loop)
        k, a_now, b_now = builder.phi(whole), builder.phi(whole), builder.phi(whole)
        sums = [[builder.phi(vector) for _ in halves] for _ in range(BLOCK)]
        row_of_b = [load(at(b_now, b_row, 0, half), vector) for half in halves]
        fresh = []
        for i in range(BLOCK):
            first = builder.insert_element(
                ir.Constant(vector, ir.Undefined), load(at(a_now, a_row, i), number), ir.Constant(ir.IntType(32), 0)
            )
            zeros = ir.Constant(ir.VectorType(ir.IntType(32), _VECTOR), [0] * _VECTOR)
            same = builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), zeros)
            fresh.append([builder.call(multiply_add, [same, row_of_b[half], sums[i][half]]) for half in halves])
        following = builder.add(k, constant(1)), builder.add(a_now, a_column), builder.add(b_now, b_row)
        for value, before, after in zip((k, a_now, b_now), (constant(0), a, b), following, strict=True):
            value.add_incoming(before, entry)
            value.add_incoming(after, loop)
        for i in range(BLOCK):
            for half in halves:
                sums[i][half].add_incoming(begun[i][half], entry)
                sums[i][half].add_incoming(fresh[i][half], loop)
        builder.cbranch(builder.icmp_signed("<", following[0], depth), loop, done)
        builder.position_at_end(done)
        for i in range(BLOCK):
            for half in halves:
                place = at(c, c_row, i, half)
                builder.store(fresh[i][half], builder.inttoptr(place, vector.as_pointer())).align = 4
        return _context.get_dummy_value()

    return types.void(*([types.int64] * 10)), generate


@_inner
def _product(c, start, a, b, rows, width, depth):
    """C = S + A·B, each a :class:`Matrix`.

    ``rows`` are rounded up to whole blocks and ``width`` has to be a multiple of :data:`LANES`.
    """
    c_address, start_address = c.values.ctypes.data + 4 * c.at, start.values.ctypes.data + 4 * start.at
    a_address, b_address = a.values.ctypes.data + 4 * a.at, b.values.ctypes.data + 4 * b.at
    for j in range(0, width, LANES):
        for i in range(0, rows, BLOCK):
            _block(
                c_address + 4 * (i * c.row + j),
                4 * c.row,
                start_address + 4 * (i * start.row + j),
                4 * start.row,
                a_address + 4 * i * a.row,
                4 * a.row,
                4 * a.column,
                b_address + 4 * j,
                4 * b.row,
                depth,
            )


@_inner
def _floats(address):
    """The float32 values at an address; how many there are is not looked at."""
    return carray(_pointer(address), (1,), np.float32)


@_inner
def _numbers(address):
    """The int64 values at an address."""
    return carray(_pointer(address), (1,), np.int64)


@_inner
def _padded(width):
    return (width + LANES - 1) // LANES * LANES


@_inner
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
                    blocks[to + f] = np.rint((values[at + f] + _ONE) / step) * step - _ONE
            elif noisy:
                for f in range(read.features):
                    blocks[to + f] = values[at + f] + noise[noise_at + f] * (step * strength)
                noise_at += read.features
            else:
                for f in range(read.features):
                    blocks[to + f] = values[at + f]


@_inner
def _interpolate(read, tile, across, side, corners, line, hidden, width):
    """Add what a tile's corners are between them to the first layer's sums at its texels, rows first."""
    row_cells, column_cells = _numbers(read.row_cells), _numbers(read.column_cells)
    row_fractions, column_fractions = _floats(read.row_fractions), _floats(read.column_fractions)
    down, right = tile // across * side, tile % across * side
    length = read.across * width
    for y in range(side):
        lower = row_fractions[down + y]
        upper = _ONE - lower
        first = row_cells[down + y] * length
        top, bottom = corners[first : first + length], corners[first + length : first + 2 * length]
        for j in range(length):
            line[j] = upper * top[j] + lower * bottom[j]
        for x in range(side):
            after = column_fractions[right + x]
            before = _ONE - after
            cell = column_cells[right + x] * width
            one, two = line[cell : cell + width], line[cell + width : cell + 2 * width]
            texel = hidden[(y * side + x) * width : (y * side + x + 1) * width]
            for j in range(width):
                texel[j] += before * one[j] + after * two[j]


@_inner
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
            before = _ONE - after
            cell = column_cells[right + x] * width
            one, two = line[cell : cell + width], line[cell + width : cell + 2 * width]
            texel = hidden[(y * side + x) * width : (y * side + x + 1) * width]
            for j in range(width):
                one[j] += before * texel[j]
                two[j] += after * texel[j]
        lower = row_fractions[down + y]
        upper = _ONE - lower
        first = row_cells[down + y] * length
        top, bottom = corners[first : first + length], corners[first + length : first + 2 * length]
        for j in range(length):
            top[j] += upper * line[j]
            bottom[j] += lower * line[j]


@_inner
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
                _add_rows(texel, weights[segment.lod_row * width :], 1, width)
            for p in range(_PHASES):
                phase = phases_x[(right + x) * half + p] if p < half else phases_y[(down + y) * half + p - half]
                row = weights[(phase_row + p) * width : (phase_row + p + 1) * width]
                for j in range(width):
                    texel[j] += phase * row[j]


@_inner
def _place_gradients(segment, tile, gradients, bias, table, width):
    """The way back of :func:`_place`."""
    side = segment.side
    phases_x, phases_y = _floats(segment.phases_x), _floats(segment.phases_y)
    down, right = tile // segment.across * side, tile % segment.across * side
    half, phase_row = _PHASES // 2, segment.phase_row
    for y in range(side):
        for x in range(side):
            texel = table[(y * side + x) * width : (y * side + x + 1) * width]
            _add_rows(bias, texel, 1, width)
            if segment.lod_row >= 0:
                _add_rows(gradients[segment.lod_row * width :], texel, 1, width)
            for p in range(_PHASES):
                phase = phases_x[(right + x) * half + p] if p < half else phases_y[(down + y) * half + p - half]
                row = gradients[(phase_row + p) * width : (phase_row + p + 1) * width]
                for j in range(width):
                    row[j] += phase * texel[j]


@_inner
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


@_inner
def _bend(values, size):
    """The activation, in place."""
    for i in range(size):
        # Choosing with a product: compilers turn it into vector instructions, a comparison's branches they don't.
        values[i] *= _LEAK + (_ONE - _LEAK) * np.float32(values[i] > _ZERO)


@_inner
def _bend_back(deltas, values, size):
    """Gradients after the activation become those before it; its results tell the side."""
    for i in range(size):
        deltas[i] *= _LEAK + (_ONE - _LEAK) * np.float32(values[i] > _ZERO)


@_inner
def _add_rows(total, values, rows, width):
    """Add ``rows`` rows of values to one of sums."""
    for r in range(rows):
        row = values[r * width : (r + 1) * width]
        for j in range(width):
            total[j] += row[j]


@njit(cache=True, nogil=True, fastmath=True)
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
    last = len(widths) - 1
    wide = np.empty(last + 1, np.int64)
    starts, own = np.zeros(last + 1, np.int64), np.zeros(last + 1, np.int64)
    for i in range(last + 1):
        wide[i] = _padded(widths[i])
    most = 0
    for i in range(last):
        # Room for the rows and columns that whole blocks go beyond the last one.
        starts[i + 1] = starts[i] + (wide[i] + LANES) * (wide[i + 1] + LANES)
        own[i + 1] = own[i] + (widths[i] + 1) * widths[i + 1]
        most = max(most, wide[i + 1])
    weights, transposed = np.zeros(starts[last], np.float32), np.zeros(starts[last], np.float32)
    gradients = np.zeros(starts[last], np.float32)
    biases, bias_gradients = np.zeros((last, most), np.float32), np.zeros((last, most), np.float32)
    turned = wide + LANES
    for i in range(last):
        for n in range(widths[i]):
            for m in range(widths[i + 1]):
                value = flat[own[i] + n * widths[i + 1] + m]
                weights[starts[i] + n * wide[i + 1] + m] = value
                transposed[starts[i] + m * turned[i] + n] = value
        for m in range(widths[i + 1]):
            biases[i, m] = flat[own[i] + widths[i] * widths[i + 1] + m]
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
            block_count += rows * _padded(read.features)
            longest = max(longest, read.across)
        corners_at_once, blocks_at_once = max(corners_at_once, corner_count), max(blocks_at_once, block_count)
    activations = np.zeros((last, texels_at_once * most), np.float32)
    deltas = np.zeros((last, texels_at_once * most), np.float32)
    corners = np.empty(corners_at_once * width, np.float32)
    blocks = np.empty(blocks_at_once, np.float32)
    line = np.empty(longest * width, np.float32)
    table, table_deltas = np.empty(texels_at_once * width, np.float32), np.empty(texels_at_once * width, np.float32)
    words = np.empty(texels_at_once * widths[last], np.uint32)
    nothing = Matrix(np.zeros(max(most, turned[0]), np.float32), 0, 0, 1)
    done = 0
    for segment in segments:
        side, texels, across = segment.side, segment.side**2, segment.across
        own_reads = reads[segment.first_read : segment.first_read + segment.reads]
        at_once = max(1, _CHUNK // texels)
        if segment.alike:
            _place(segment, 0, weights, biases[0, :width], table, width)
            table_deltas[:] = 0.0
        blocks[:] = 0.0
        for begin in range(0, segment.count, at_once):
            chosen = tiles[segment.pick + begin : segment.pick + min(begin + at_once, segment.count)]
            rows = len(chosen) * texels
            hidden, hidden_deltas = activations[0], deltas[0]
            for t in range(len(chosen)):
                if not segment.alike:
                    _place(segment, chosen[t], weights, biases[0, :width], table, width)
                for j in range(texels * width):
                    hidden[t * texels * width + j] = table[j]
            corner, block = 0, 0
            for read in own_reads:
                reach, features = read.down * read.across, _padded(read.features)
                for t in range(len(chosen)):
                    noise_at = read.noise + (begin + t) * reach * read.features
                    row, to = (begin + t) * reach, block + t * reach * features
                    _gather(
                        read, chosen[t], across, row, blocks[to:], features, noise, noise_at, strength, rounding, noisy
                    )
                count = len(chosen) * reach
                here, own_corners = Matrix(blocks, block, features, 1), Matrix(corners, corner * width, width, 1)
                first_layer = Matrix(weights, read.feature_row * width, width, 1)
                _product(own_corners, nothing, here, first_layer, count, width, read.features)
                for t in range(len(chosen)):
                    here = corners[(corner + t * reach) * width :]
                    _interpolate(read, chosen[t], across, side, here, line, hidden[t * texels * width :], width)
                corner += at_once * reach + BLOCK
                block += (at_once * reach + BLOCK) * features
            for i in range(1, last):
                _bend(activations[i - 1], rows * wide[i])
                given, result = Matrix(activations[i - 1], 0, wide[i], 1), Matrix(activations[i], 0, wide[i + 1], 1)
                layer = Matrix(weights, starts[i], wide[i + 1], 1)
                _product(result, Matrix(biases[i], 0, 0, 1), given, layer, rows, wide[i + 1], widths[i])
            if len(last_hidden) > 0:
                for r in range(rows):
                    at = r * wide[last - 1]
                    last_hidden[done + r] = activations[last - 2, at : at + last_hidden.shape[1]]
            done += rows
            output, output_deltas = activations[last - 1], deltas[last - 1]
            _errors(segment, chosen, texels, output, wide[last], output_deltas, words, loss_weights, squares)
            for i in range(last - 1, 0, -1):
                slopes = Matrix(gradients, starts[i], wide[i + 1], 1)
                for start in range(0, rows, _DEPTH):
                    given = Matrix(activations[i - 1], start * wide[i], 1, wide[i])
                    above = Matrix(deltas[i], start * wide[i + 1], wide[i + 1], 1)
                    _product(slopes, slopes, given, above, widths[i], wide[i + 1], min(_DEPTH, rows - start))
                _add_rows(bias_gradients[i], deltas[i], rows, wide[i + 1])
                below, above = Matrix(deltas[i - 1], 0, wide[i], 1), Matrix(deltas[i], 0, wide[i + 1], 1)
                layer = Matrix(transposed, starts[i], turned[i], 1)
                _product(below, nothing, above, layer, rows, wide[i], widths[i + 1])
                _bend_back(deltas[i - 1], activations[i - 1], rows * wide[i])
            for t in range(len(chosen)):
                here = hidden_deltas[t * texels * width : (t + 1) * texels * width]
                if segment.alike:
                    _add_rows(table_deltas, here, 1, texels * width)
                else:
                    _place_gradients(segment, chosen[t], gradients, bias_gradients[0, :width], here, width)
            corners[:] = 0.0
            corner, block = 0, 0
            for read in own_reads:
                reach, features = read.down * read.across, _padded(read.features)
                count = len(chosen) * reach
                for t in range(len(chosen)):
                    here = corners[(corner + t * reach) * width :]
                    _spread(read, chosen[t], across, side, here, line, hidden_deltas[t * texels * width :], width)
                slopes = Matrix(gradients, read.feature_row * width, width, 1)
                latents, own_corners = Matrix(blocks, block, 1, features), Matrix(corners, corner * width, width, 1)
                _product(slopes, slopes, latents, own_corners, read.features, width, count)
                if train_latents:
                    found = Matrix(_floats(read.gradients), begin * reach * features, features, 1)
                    first_layer = Matrix(transposed, read.feature_row, turned[0], 1)
                    _product(found, nothing, own_corners, first_layer, count, features, widths[1])
                corner += at_once * reach + BLOCK
                block += (at_once * reach + BLOCK) * features
        if segment.alike:
            _place_gradients(segment, 0, gradients, bias_gradients[0, :width], table_deltas, width)
    for i in range(last):
        for n in range(widths[i]):
            for m in range(widths[i + 1]):
                gradient[own[i] + n * widths[i + 1] + m] = gradients[starts[i] + n * wide[i + 1] + m]
        for m in range(widths[i + 1]):
            gradient[own[i] + widths[i] * widths[i + 1] + m] = bias_gradients[i, m]


@njit(cache=True, nogil=True, fastmath=True)
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
        visits[index, 0] += _ONE
        correction = _ONE - kept ** visits[index, 0]
        for f in range(features):
            slope = gradients[row, f]
            moment = second[index, f] + (slope * slope - second[index, f]) * (_ONE - kept)
            second[index, f] = moment
            move = rate * slope / (np.sqrt(moment / correction) + np.float32(1e-12))
            values[index, f] = min(max(values[index, f] - move, np.float32(-1.0)), _ONE)
