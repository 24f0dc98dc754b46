"""A picture a few rows at a time: temporaries of a whole map at 4K would be larger than everything else together."""

from __future__ import annotations

from collections.abc import Iterator

_VALUES = 1 << 20


def bands(shape: tuple[int, ...], unit: int = 1) -> Iterator[slice]:
    """Slices of rows that cover a picture of this shape, H × W × C, about a million values each.

    Each but the last has a multiple of ``unit`` rows.
    """
    height, width, channels = shape
    count = unit * max(1, _VALUES // max(1, width * channels * unit))
    for top in range(0, height, count):
        yield slice(top, min(top + count, height))
