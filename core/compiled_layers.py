"""A network's products as compiled loops, shared by what trains on a CPU: the codec's decoder and the lab's networks.

Activations of a few dozen texels fit into the processor's caches, so that many go forward and backward before the next
ones are looked at, which tensor operations over a whole batch can't do. Compiled by numba, once per machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 16
"""Widths of all matrices are multiples of it; rows come in blocks of :data:`BLOCK`."""
BLOCK = 4
_VECTOR = 8
_DEPTH = 64
"""Rows of a product that is summed over texels at once: more would not stay in the innermost cache."""
ZERO, ONE, LEAK = np.float32(0.0), np.float32(1.0), np.float32(0.01)

_OPTIONS: Any = {"nogil": True, "fastmath": True, "error_model": "numpy"}
_njit: Any = njit
inner = _njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)
"""For what is called from compiled functions only."""
emitted: Any = intrinsic
"""Functions that write their own instructions; who calls them does not give the first parameter."""


OWN_STAMP = hashlib.sha256(Path(__file__).read_bytes()).digest()


def kept(function: Callable[..., Any]) -> Any:
    """For what is called from outside: compiled once per machine, the result is kept beside the function's file.

    Numba compiles anew when that file has changed; here also when this one has.
    """
    compiled = _njit(cache=True, **_OPTIONS)(function)
    file = compiled._cache._cache_file
    file._source_stamp = (file._source_stamp, OWN_STAMP)
    return compiled


class Matrix(NamedTuple):
    """A matrix in an array of float32: where it begins, and how far apart its rows and columns are. Only the first
    factor of a product may have columns that are apart; rows 0 apart are one and the same row."""

    values: Any
    at: int
    row: int
    column: int


@emitted
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


@inner
def product(c, start, a, b, rows, width, depth):
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


@inner
def padded(width):
    return (width + LANES - 1) // LANES * LANES


@inner
def bend(values, size):
    """The activation, in place."""
    for i in range(size):
        # Choosing with a product: compilers turn it into vector instructions, a comparison's branches they don't.
        values[i] *= LEAK + (ONE - LEAK) * np.float32(values[i] > ZERO)


@inner
def bend_back(deltas, values, size):
    """Gradients after the activation become those before it; its results tell the side."""
    for i in range(size):
        deltas[i] *= LEAK + (ONE - LEAK) * np.float32(values[i] > ZERO)


@inner
def add_rows(total, values, rows, width):
    """Add ``rows`` rows of values to one of sums."""
    for r in range(rows):
        row = values[r * width : (r + 1) * width]
        for j in range(width):
            total[j] += row[j]


class Layers(NamedTuple):
    """The parameters of a network as :func:`product` wants them, and room for their gradients; see :func:`layers_of`.

    Of layer i the inputs are ``widths[i]``, ``wide[i]`` when rounded up; its weights begin at ``starts[i]``, with rows
    ``wide[i + 1]`` apart, in ``transposed`` ``turned[i]`` apart.
    """

    widths: Any
    wide: Any
    turned: Any
    starts: Any
    weights: Any
    transposed: Any
    biases: Any
    gradients: Any
    bias_gradients: Any


@inner
def layers_of(widths, flat):
    """``widths`` [layers + 1] of inputs, hidden layers and outputs; ``flat`` has for each layer its weights [in, out]
    and then its biases."""
    last = len(widths) - 1
    wide, starts = np.empty(last + 1, np.int64), np.zeros(last + 1, np.int64)
    for i in range(last + 1):
        wide[i] = padded(widths[i])
    most = 0
    for i in range(last):
        # Room for the rows and columns that whole blocks go beyond the last one.
        starts[i + 1] = starts[i] + (wide[i] + LANES) * (wide[i + 1] + LANES)
        most = max(most, wide[i + 1])
    turned = wide + LANES
    weights, transposed = np.zeros(starts[last], np.float32), np.zeros(starts[last], np.float32)
    biases, at = np.zeros((last, most), np.float32), 0
    for i in range(last):
        above = widths[i + 1]
        for n in range(widths[i]):
            row, column = flat[at : at + above], starts[i] + n
            weights[starts[i] + n * wide[i + 1] : starts[i] + n * wide[i + 1] + above] = row
            for m in range(above):
                transposed[column] = row[m]
                column += turned[i]
            at += above
        biases[i, :above] = flat[at : at + above]
        at += above
    gradients, bias_gradients = np.zeros(starts[last], np.float32), np.zeros((last, most), np.float32)
    return Layers(widths, wide, turned, starts, weights, transposed, biases, gradients, bias_gradients)


@inner
def forward(layers, i, given, result, rows):
    """The sums of layer i, before the activation, for ``rows`` texels; a row of an array is ``layers.wide`` long."""
    wide = layers.wide
    values, sums = Matrix(given, 0, wide[i], 1), Matrix(result, 0, wide[i + 1], 1)
    weights = Matrix(layers.weights, layers.starts[i], wide[i + 1], 1)
    product(sums, Matrix(layers.biases[i], 0, 0, 1), values, weights, rows, wide[i + 1], layers.widths[i])


@inner
def learn(layers, i, given, deltas, rows):
    """Add to the gradients of layer i what the gradients of its sums at ``rows`` texels make of them."""
    wide = layers.wide
    slopes = Matrix(layers.gradients, layers.starts[i], wide[i + 1], 1)
    for start in range(0, rows, _DEPTH):
        values = Matrix(given, start * wide[i], 1, wide[i])
        above = Matrix(deltas, start * wide[i + 1], wide[i + 1], 1)
        product(slopes, slopes, values, above, layers.widths[i], wide[i + 1], min(_DEPTH, rows - start))
    add_rows(layers.bias_gradients[i], deltas, rows, wide[i + 1])


@inner
def back(layers, i, deltas, below, nothing, rows):
    """From the gradients of layer i's sums to those of what it is given. ``nothing``: zeros for a row of ``below``."""
    wide = layers.wide
    found, above = Matrix(below, 0, wide[i], 1), Matrix(deltas, 0, wide[i + 1], 1)
    weights = Matrix(layers.transposed, layers.starts[i], layers.turned[i], 1)
    product(found, Matrix(nothing, 0, 0, 1), above, weights, rows, wide[i], layers.widths[i + 1])


@inner
def hand_over(layers, gradient):
    """Write the gradients in the order that the parameters came in."""
    widths, at = layers.widths, 0
    for i in range(len(widths) - 1):
        above, row = widths[i + 1], layers.starts[i]
        for _ in range(widths[i]):
            gradient[at : at + above] = layers.gradients[row : row + above]
            at += above
            row += layers.wide[i + 1]
        gradient[at : at + above] = layers.bias_gradients[i, :above]
        at += above
