"""The step of ``soap.py`` as one compiled call: its products are so small that calling them costs more than they do."""

from __future__ import annotations

import numpy as np

from core.compiled_layers import ONE, Matrix, inner, kept, padded, product

_TINY = np.float32(1e-12)


@inner
def _copy(values, at, rows, columns, wide, high):
    """``rows`` × ``columns`` numbers of a flat vector with zeros around them."""
    copied = np.zeros(high * wide, np.float32)
    for row in range(rows):
        copied[row * wide : row * wide + columns] = values[at + row * columns : at + (row + 1) * columns]
    return copied


@inner
def _turned(values, at, rows, columns, wide, high):
    """The same, transposed: ``columns`` × ``rows``."""
    copied = np.zeros(high * wide, np.float32)
    for row in range(rows):
        for column in range(columns):
            copied[column * wide + row] = values[at + row * columns + column]
    return copied


@inner
def _fade(mean, at, found, size, wide, fading):
    """Bring a square [size, size] of ``mean`` nearer to what was found."""
    for row in range(size):
        for column in range(size):
            place = at + row * size + column
            mean[place] = mean[place] * fading + found[row * wide + column] * (ONE - fading)


@kept
def move(shapes, flat, gradient, first, second, bases, factors, rate, correction, beta1, beta2, fading, most, follows):
    """As ``Soap.move``; ``shapes`` int64 [matrices, 2]. Without ``follows`` the factors stay as they are."""
    at = square = 0
    for which in range(len(shapes)):
        rows, columns = shapes[which, 0], shapes[which, 1]
        high, wide = padded(rows), padded(columns)
        # Room for what products write beyond the last row and column.
        row_of_zeros = np.zeros(max(high, wide), np.float32)
        zeros = Matrix(row_of_zeros, 0, 0, 1)
        slope = _copy(gradient, at, rows, columns, wide, high)
        left = _copy(bases, square, rows, rows, high, high)
        right_at = square + rows * rows
        right = _copy(bases, right_at, columns, columns, wide, wide)
        half, result = np.zeros(high * wide, np.float32), np.zeros(high * wide, np.float32)
        as_half, as_result = Matrix(half, 0, wide, 1), Matrix(result, 0, wide, 1)
        product(as_half, zeros, Matrix(left, 0, 1, high), Matrix(slope, 0, wide, 1), rows, wide, rows)
        product(as_result, zeros, as_half, Matrix(right, 0, wide, 1), rows, wide, columns)
        for row in range(rows):
            for column in range(columns):
                place, here = at + row * columns + column, row * wide + column
                value = result[here]
                mean = first[place] + (value - first[place]) * (ONE - beta1)
                moment = second[place] + (value * value - second[place]) * (ONE - beta2)
                first[place], second[place] = mean, moment
                step = mean / (np.sqrt(moment * correction) + _TINY)
                result[here] = min(max(step, -most), most) * rate
        product(as_half, zeros, Matrix(left, 0, high, 1), as_result, rows, wide, rows)
        right = _turned(bases, right_at, columns, columns, wide, wide)
        product(as_result, zeros, as_half, Matrix(right, 0, wide, 1), rows, wide, columns)
        for row in range(rows):
            for column in range(columns):
                flat[at + row * columns + column] -= result[row * wide + column]
        if follows:
            turned = Matrix(_turned(gradient, at, rows, columns, high, wide), 0, high, 1)
            values, across = Matrix(slope, 0, wide, 1), Matrix(slope, 0, 1, wide)
            product(Matrix(left, 0, high, 1), zeros, values, turned, rows, high, columns)
            _fade(factors, square, left, rows, high, fading)
            product(Matrix(right, 0, wide, 1), zeros, across, values, columns, wide, rows)
            _fade(factors, right_at, right, columns, wide, fading)
        at += rows * columns
        square += rows * rows + columns * columns
