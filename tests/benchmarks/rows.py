"""What the benchmark measures, and how rows are summed up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.codec.baseline_sets import BASELINES

EXACT_DB = 99.0
"""Stands for infinity in means and plots."""


@dataclass(frozen=True)
class Row:
    """One measurement. ``codec``: texloom, ue5 or the name of a baseline; ``asked`` bits per texel and ``seconds`` of
    training where the codec takes them. ``psnr`` is None where nothing differs. ``version`` is that of the code."""

    material: str
    size: str
    channels: int
    codec: str
    asked: float | None
    seconds: float | None
    version: str
    bits: float
    bits_with_mips: float
    psnr: float | None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[Any, ...]:
        return self.material, self.size, self.codec, self.asked, self.seconds, self.version

    @property
    def db(self) -> float:
        return EXACT_DB if self.psnr is None else self.psnr


Point = tuple[float, float]
"""Bits per texel, PSNR in dB."""


def materials(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row.material for row in rows))


def counted(names: Sequence[str]) -> str:
    return "1 material" if len(names) == 1 else f"{len(names)} materials"


def of(rows: Sequence[Row], codec: str, asked: float | None = None, seconds: float | None = None) -> list[Row]:
    """The rows of one codec, of one rate and budget where it takes them."""
    return [row for row in rows if (row.codec, row.asked, row.seconds) == (codec, asked, seconds)]


def one(
    rows: Sequence[Row], material: str, codec: str, asked: float | None = None, seconds: float | None = None
) -> Row:
    """The row of one material."""
    return next(row for row in of(rows, codec, asked, seconds) if row.material == material)


def next_above(rows: Sequence[Row], material: str, rate: float) -> Row:
    """The ASTC set of the rate next above ``rate``; the largest where none is."""
    sets = sorted((one(rows, material, name) for name in BASELINES if name.startswith("astc")), key=lambda r: r.bits)
    return next((row for row in sets if row.bits >= rate), sets[-1])


def mean(rows: Sequence[Row]) -> Point:
    return float(np.mean([row.bits for row in rows])), float(np.mean([row.db for row in rows]))


def bits_for(points: Sequence[Point], db: float) -> str:
    """The rate at which a codec measured at these points reaches ``db``, in words for a table."""
    points = sorted(points)
    if db > max(quality for _, quality in points):
        return f"> {points[-1][0]:.1f}"
    if db <= points[0][1]:
        return f"< {points[0][0]:.1f}"
    at = next(i for i, (_, quality) in enumerate(points) if quality >= db)
    (low, below), (high, above) = points[at - 1], points[at]
    return f"{low * (high / low) ** ((db - below) / (above - below)):.1f}"
