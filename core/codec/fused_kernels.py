"""The three Triton kernels of a training step on a GPU; ``core/codec/fused.py`` launches them.

They compute what ``core/codec/kernels.py`` computes, tile by tile, with everything between a tile's latents and its
gradients kept on chip. Sizes are padded to powers of two, as Triton's matrix products want them; ``KP`` corners,
``JP`` inputs and so on. Nothing depends on the order in which programs run: see :func:`passes`.
"""

from __future__ import annotations

from typing import Any

import triton  # pyright: ignore[reportMissingImports]
import triton.language as tl  # pyright: ignore[reportMissingImports]

_jit: Any = triton.jit
"""Without a type: what it makes of a function is launched by one name and called by another."""
FIXED_POINT = 32
"""Fractional bits of summed latent gradients: sums of whole numbers don't depend on their order. With 64 bits the
range is ±2³¹ and the resolution 2⁻³², so no scale has to be chosen for a material."""
_TO_FIXED = tl.constexpr(2.0**FIXED_POINT)
_FROM_FIXED = tl.constexpr(2.0**-FIXED_POINT)
_LEAK = tl.constexpr(0.01)
_MOST_CORNERS = tl.constexpr(128)
_ROUNDER = tl.constexpr(1.5 * 2.0**23)
"""Adding and subtracting it rounds a small float32 to the nearest whole number, ties to even, as torch does."""

NOISE, ROUNDED, FROZEN = range(3)
"""How latents are read; the kernels know them by their numbers."""
_COUNTS = ["count", "first_slot", "across", "texels", "reads_at", "picks_at", "programs", "reading"]
"""A kernel takes seconds to compile: the compiler knows only what shapes its matrix products, and levels share it."""


@_jit
def _reads(tables, rows, columns, tile, across, KP: tl.constexpr, JP: tl.constexpr):
    """How a tile reads the latents; ``tables``, ``rows`` and ``columns`` as in ``fused_tables.LevelReads``.

    Returns, for its corners [KP] and the first layer's inputs [JP]: whether a corner is a latent, its number among all
    latents, where each value is stored [KP, JP], and which inputs the corner has [KP, JP].
    """
    k = tl.arange(0, KP)
    j = tl.arange(0, JP)
    first = tl.load(tables + k)
    features = tl.load(tables + KP + k)
    cell = tl.load(rows + (tile // across) * KP + k) + tl.load(columns + (tile % across) * KP + k)
    number = tl.load(tables + 3 * KP + k) + cell
    start = tl.load(tables + 2 * KP + k) + cell * features
    inside = (j[None, :] >= first[:, None]) & (j[None, :] < (first + features)[:, None])
    return features > 0, number, start[:, None] + j[None, :], inside


@_jit(do_not_specialize=_COUNTS)
def passes(
    control,
    numbers,
    latents,
    gradient,
    owners,
    bank,
    weights,
    targets,
    mixers,
    loss_weights,
    constants,
    tables,
    scales,
    rows,
    columns,
    partials,
    count,
    first_slot,
    across,
    texels,
    reads_at,
    picks_at,
    programs,
    reading,
    STRENGTH_AT: tl.constexpr,
    WIDTH: tl.constexpr,
    KP: tl.constexpr,
    J: tl.constexpr,
    JP: tl.constexpr,
    N0: tl.constexpr,
    N0P: tl.constexpr,
    N1: tl.constexpr,
    N1P: tl.constexpr,
    C: tl.constexpr,
    CP: tl.constexpr,
    ROWS: tl.constexpr,
    TYPE: tl.constexpr,
):
    """Forward and backward pass over ``count`` tiles of one level.

    ``control`` int32 holds the tiles at ``picks_at`` and at ``reads_at`` where each read's noise begins in the
    ``bank``; ``numbers`` is the same memory as float32, with the noise's strength. ``latents`` are all grids of all
    groups in one vector, ``gradient`` int64 the fixed-point sums of their gradients. ``owners`` [latents] gets one of
    the tiles' corners that read a latent, slots counted from ``first_slot``: whichever stores last will update it, and
    all would do the same.

    ``weights`` are the decoder's flat vector: a layer's weights, then its biases, so [inputs + 1, outputs] per layer.
    ``mixers`` [texels, KP] and ``targets`` [tiles, texels, C] as in ``tiles.Level``; ``constants`` [KP, JP] are the
    inputs that are the same in every tile. Each of the ``programs`` takes every so many-th tile and leaves the gradient
    of the weights and the sums of squared errors in its own row of ``partials`` [programs, WIDTH]. ``reading`` says how
    latents are read (``NOISE``, ``ROUNDED``, ``FROZEN``); frozen ones get no gradient.
    """
    program = tl.program_id(0)
    k = tl.arange(0, KP)
    j = tl.arange(0, JP)
    n0 = tl.arange(0, N0P)
    n1 = tl.arange(0, N1P)
    c = tl.arange(0, CP)
    texel = tl.arange(0, ROWS)
    second_at: tl.constexpr = J * N0
    third_at: tl.constexpr = second_at + (N0 + 1) * N1
    squares_at: tl.constexpr = third_at + (N1 + 1) * C
    first_place = j[:, None] * N0 + n0[None, :]
    first_inside = (j < J)[:, None] & (n0 < N0)[None, :]
    second_place = second_at + n0[:, None] * N1 + n1[None, :]
    second_inside = (n0 < N0)[:, None] & (n1 < N1)[None, :]
    third_place = third_at + n1[:, None] * C + c[None, :]
    third_inside = (n1 < N1)[:, None] & (c < C)[None, :]
    first = tl.load(weights + first_place, mask=first_inside, other=0.0)
    second = tl.load(weights + second_place, mask=second_inside, other=0.0)
    third = tl.load(weights + third_place, mask=third_inside, other=0.0)
    second_bias = tl.load(weights + second_at + N0 * N1 + n1, mask=n1 < N1, other=0.0).to(tl.float32)
    third_bias = tl.load(weights + third_at + N1 * C + c, mask=c < C, other=0.0).to(tl.float32)
    balance = tl.load(loss_weights + c, mask=c < C, other=0.0)
    step = tl.load(scales + k)
    first_delta = tl.zeros([JP, N0P], tl.float32)
    second_delta = tl.zeros([N0P, N1P], tl.float32)
    third_delta = tl.zeros([N1P, CP], tl.float32)
    second_bias_delta = tl.zeros([N1P], tl.float32)
    third_bias_delta = tl.zeros([CP], tl.float32)
    squares = tl.zeros([CP], tl.float32)
    for slot in range(program, count, programs):
        tile = tl.load(control + picks_at + slot)
        stored, number, place, inside = _reads(tables, rows, columns, tile, across, KP, JP)
        value = tl.load(latents + place, mask=inside, other=0.0)
        if reading == 1:
            value = ((value + 1.0) / step[:, None] + _ROUNDER - _ROUNDER) * step[:, None] - 1.0
        if reading == 0:
            begin = tl.load(control + reads_at + tl.load(tables + 4 * KP + k))
            begin += slot * tl.load(tables + 5 * KP + k) + tl.load(tables + 6 * KP + k)
            noise = tl.load(bank + begin[:, None] + j[None, :], mask=inside, other=0.0)
            value += noise * (step * tl.load(numbers + STRENGTH_AT))[:, None]
        # In memory and not in registers, which are scarce.
        constant = tl.load(constants + k[:, None] * JP + j[None, :])
        inputs = tl.where(inside, value, constant).to(TYPE)
        corners = tl.dot(inputs, first, input_precision="ieee").to(TYPE)
        corner_delta = tl.zeros([KP, N0P], tl.float32)
        for at in range(0, texels, ROWS):
            row = at + texel
            valid = (row < texels)[:, None]
            mixer = tl.load(mixers + row[:, None] * KP + k[None, :], mask=valid, other=0.0)
            hidden0 = tl.dot(mixer, corners, input_precision="ieee")
            hidden0 = tl.where(hidden0 > 0, hidden0, hidden0 * _LEAK).to(TYPE)
            hidden1 = tl.dot(hidden0, second, input_precision="ieee") + second_bias[None, :]
            hidden1 = tl.where(hidden1 > 0, hidden1, hidden1 * _LEAK).to(TYPE)
            output = tl.dot(hidden1, third, input_precision="ieee") + third_bias[None, :]
            wanted = valid & (c < C)[None, :]
            texel_at = (tile.to(tl.int64) * texels + row)[:, None] * C + c[None, :]
            error = tl.where(wanted, output - tl.load(targets + texel_at, mask=wanted, other=0.0).to(tl.float32), 0.0)
            squares += tl.sum(error * error, axis=0)
            delta = error * balance[None, :]
            third_bias_delta += tl.sum(delta, axis=0)
            delta = delta.to(TYPE)
            third_delta = tl.dot(tl.trans(hidden1), delta, third_delta, input_precision="ieee")
            delta1 = tl.dot(delta, tl.trans(third), input_precision="ieee")
            delta1 = tl.where(hidden1 > 0, delta1, delta1 * _LEAK)
            second_bias_delta += tl.sum(delta1, axis=0)
            delta1 = delta1.to(TYPE)
            second_delta = tl.dot(tl.trans(hidden0), delta1, second_delta, input_precision="ieee")
            delta0 = tl.dot(delta1, tl.trans(second), input_precision="ieee")
            delta0 = tl.where(hidden0 > 0, delta0, delta0 * _LEAK).to(TYPE)
            corner_delta = tl.dot(tl.trans(mixer), delta0, corner_delta, input_precision="ieee")
        narrow = corner_delta.to(TYPE)
        first_delta = tl.dot(tl.trans(inputs), narrow, first_delta, input_precision="ieee")
        if reading != 2:
            slope = tl.dot(narrow, tl.trans(first), input_precision="ieee")
            whole = (slope * _TO_FIXED).to(tl.int64)
            tl.atomic_add(gradient + place, whole, mask=inside, sem="relaxed")
            tl.store(owners + number, (first_slot + slot) * _MOST_CORNERS + k, mask=stored)
    own = partials + program * WIDTH
    tl.store(own + first_place, first_delta, mask=first_inside)
    tl.store(own + second_place, second_delta, mask=second_inside)
    tl.store(own + second_at + N0 * N1 + n1, second_bias_delta, mask=n1 < N1)
    tl.store(own + third_place, third_delta, mask=third_inside)
    tl.store(own + third_at + N1 * C + c, third_bias_delta, mask=c < C)
    tl.store(own + squares_at + c, squares, mask=c < C)


@_jit(do_not_specialize=_COUNTS)
def update_latents(
    control,
    numbers,
    latents,
    seconds,
    visits,
    gradient,
    owners,
    tables,
    scales,
    rows,
    columns,
    beta,
    first_slot,
    across,
    picks_at,
    RATE_AT: tl.constexpr,
    KP: tl.constexpr,
    JP: tl.constexpr,
):
    """``kernels.update_rows`` for the latents that one tile of the step owns; their gradients are zero afterwards."""
    slot = tl.program_id(0)
    k = tl.arange(0, KP)
    tile = tl.load(control + picks_at + slot)
    stored, number, place, inside = _reads(tables, rows, columns, tile, across, KP, JP)
    own = stored & (tl.load(owners + number, mask=stored, other=-1) == (first_slot + slot) * _MOST_CORNERS + k)
    inside = inside & own[:, None]
    slope = tl.load(gradient + place, mask=inside, other=0).to(tl.float32) * _FROM_FIXED
    tl.store(gradient + place, tl.zeros([KP, JP], tl.int64), mask=inside)
    count = tl.load(visits + number, mask=own, other=0.0) + 1.0
    tl.store(visits + number, count, mask=own)
    moment = tl.load(seconds + place, mask=inside, other=0.0)
    moment += (slope * slope - moment) * (1.0 - beta)
    tl.store(seconds + place, moment, mask=inside)
    known = 1.0 - tl.exp(count * tl.log(beta))
    rate = tl.load(scales + KP + k) * tl.load(numbers + RATE_AT)
    root = tl.sqrt(moment / known[:, None]) + 1e-12
    value = tl.load(latents + place, mask=inside, other=0.0) - rate[:, None] * slope / root
    tl.store(latents + place, tl.minimum(tl.maximum(value, -1.0), 1.0), mask=inside)


@_jit(do_not_specialize=["programs", "measuring"])
def sum_partials(
    partials,
    gradient,
    measured,
    programs,
    measuring,
    share,
    WIDTH: tl.constexpr,
    SIZE: tl.constexpr,
    ROWS: tl.constexpr,
    BLOCK: tl.constexpr,
):
    """Sum the rows of ``partials`` in a fixed order: the decoder's gradient.

    The columns behind the decoder's ``SIZE`` parameters are squared errors; the sums of the first ``measuring`` rows
    times ``share`` go to ``measured``.
    """
    column = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    row = tl.arange(0, ROWS)
    total = tl.zeros([ROWS, BLOCK], tl.float32)
    rows = tl.where(column < SIZE, programs, measuring)
    for at in range(0, programs, ROWS):
        inside = (at + row[:, None] < rows[None, :]) & (column < WIDTH)[None, :]
        total += tl.load(partials + (at + row)[:, None] * WIDTH + column[None, :], mask=inside, other=0.0)
    summed = tl.sum(total, axis=0)
    tl.store(gradient + column, summed, mask=column < SIZE)
    tl.store(measured + column - SIZE, summed * share, mask=(column >= SIZE) & (column < WIDTH))
