"""How an original (A) and a result (B) are shown together."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from renderers.choices import CompareMode
from renderers.shader_source import encoded_colors, set_uniforms

RAMP = ("#000004", "#3b0f70", "#8c2981", "#de4968", "#fe9f6d", "#fcfdbf")
"""False colours from no error to the most that is told apart, evenly spaced (anchors of the map "magma", van der Walt
and Smith 2015): lightness rises evenly, so that it also reads in grey and for colour-blind people."""


COMPARE_INDEX = {mode: index for index, mode in enumerate(CompareMode)}
"""The numbers that ``compare.glsl`` knows the modes by."""


@dataclass(frozen=True)
class Comparison:
    """``wipe`` is the place of the line, 0 to 1 across the picture; ``wipe_angle`` in degrees turns it clockwise, 0 is
    upright with A on the left. ``gain`` multiplies the difference, which ``false_color`` shows by :data:`RAMP` as the
    largest of the channels."""

    mode: CompareMode = CompareMode.SPLIT
    wipe: float = 0.5
    wipe_angle: float = 0.0
    gain: float = 8.0
    false_color: bool = False

    def side_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Width and height that one side has in a picture of ``size``."""
        width, height = size
        return (max(width // 2, 1), height) if self.mode is CompareMode.SPLIT else (width, height)

    def with_sides(self, has_a: bool, has_b: bool) -> Comparison:
        """The same, or the only side there is."""
        if has_a == has_b:
            return self
        return replace(self, mode=CompareMode.A if has_a else CompareMode.B)

    def line(self, size: tuple[float, float]) -> tuple[float, float, float]:
        """The wipe's line in a picture of ``size``: (x, y, d). A lies where x · column + y · row < d, counted from the
        top left; (x, y) has length 1."""
        width, height = size
        angle = math.radians(self.wipe_angle)
        x, y = math.cos(angle), math.sin(angle)
        return x, y, (self.wipe - 0.5) * _extent(size, x, y) + 0.5 * (width * x + height * y)

    def wiped_to(self, place: tuple[float, float], size: tuple[float, float]) -> float:
        """The ``wipe`` whose line goes through a place of the picture, 0 to 1."""
        x, y, _ = self.line(size)
        along = (place[0] - size[0] / 2.0) * x + (place[1] - size[1] / 2.0) * y
        return min(max(along / _extent(size, x, y) + 0.5, 0.0), 1.0)

    def line_distance(self, place: tuple[float, float], size: tuple[float, float]) -> float:
        """Pixels from the wipe's line, negative in A."""
        x, y, d = self.line(size)
        return place[0] * x + place[1] * y - d


def _extent(size: tuple[float, float], x: float, y: float) -> float:
    """How far a picture of ``size`` reaches along a direction."""
    return max(abs(size[0] * x) + abs(size[1] * y), 1.0)


def set_comparison(program: Any, comparison: Comparison, size: tuple[int, int]) -> None:
    """Set the uniforms of ``compare.glsl`` for a picture of ``size`` pixels."""
    x, y, d = comparison.line(size)
    set_uniforms(
        program,
        compare=COMPARE_INDEX[comparison.mode],
        split=size[0] / max(size[0] // 2, 1),
        wipe_line=(x * size[0], y * size[1], d),
        gain=comparison.gain,
        false_color=comparison.false_color,
        ramp=encoded_colors(RAMP),
    )
