"""What the viewport tells about its picture: values of pixels and texels, scales of colours, seams, FLIP, cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.textures.flip import flip_tiles
from core.textures.material import Pixels
from core.textures.roles import Role
from core.textures.seams import worse_seams
from renderers.choices import CompareMode
from renderers.comparison import RAMP, Comparison
from renderers.drawer import Picture
from renderers.marks import MIP_COLORS, SeamErrors
from renderers.picture_view import sample_texel
from renderers.progressive import Cost, Side
from widgets.background import Tell
from widgets.language import tr
from widgets.theme import text_px
from widgets.viewport_options import PixelReading, ViewportOptions
from widgets.viewport_overlay import Legend, TexelNumbers

_NUMBERS_FROM = 44.0
"""px at 100 % that a texel needs to have its values written on it."""
_MOST_NUMBERS = 1200
_FLIP_TILE = 64
"""Texels whose error is computed at a time; a fresh part is shown as soon as it is there."""


def legend_of(comparison: Comparison, options: ViewportOptions) -> Legend | None:
    """What the colours of the picture mean, where they are not its own."""
    if comparison.mode is CompareMode.FLIP:
        return Legend(RAMP, "0", "1")
    if comparison.mode is CompareMode.DIFFERENCE and comparison.false_color:
        return Legend(RAMP, "0", tr("{value:.3g} of 255").format(value=255.0 / comparison.gain))
    if options.show_mips:
        last = len(MIP_COLORS) - 1
        first, smallest = tr("mip {level}").format(level=0), tr("{level} and smaller").format(level=last)
        names = (first, *(str(i) for i in range(1, last)), smallest)
        return Legend(MIP_COLORS, names=names)
    return None


def texel_numbers(
    picture: Picture, options: ViewportOptions, size: tuple[int, int], ratio: float
) -> tuple[TexelNumbers, ...]:
    """The values of the texels in sight, where they are large enough to be written on.

    ``size`` of the canvas in pixels, of which ``ratio`` make a px of the widget.
    """
    if not picture.flat or picture.view.zoom / ratio < text_px(_NUMBERS_FROM) or options.show_mips:
        return ()
    mode = picture.comparison.mode
    if mode in (CompareMode.DIFFERENCE, CompareMode.FLIP, CompareMode.WIPE):
        return ()
    found: list[TexelNumbers] = []
    shown: tuple[Side, ...] = ("a", "b") if mode is CompareMode.SPLIT else ("b",) if mode is CompareMode.B else ("a",)
    for i, side in enumerate(shown):
        maps = picture.maps[side]
        pixels = maps.get(picture.role) if maps else None
        if pixels is not None:
            width = picture.comparison.side_size(size)[0]
            found += _numbers_of(picture, options, size, ratio, pixels, (i * width, (i + 1) * width))
    return tuple(found) if len(found) <= _MOST_NUMBERS else ()


def _numbers_of(
    picture: Picture,
    options: ViewportOptions,
    size: tuple[int, int],
    ratio: float,
    pixels: Pixels,
    between: tuple[int, int],
) -> list[TexelNumbers]:
    """Of one side, which lies between two columns of the canvas."""
    (left, right), height = between, pixels.shape[0]
    first = picture.view.texel_at(left, 0, size, picture.comparison)
    last = picture.view.texel_at(right - 1, size[1], size, picture.comparison)
    channel = picture.options.channel
    found = []
    for row in range(math.floor(first[1]), math.floor(last[1]) + 1):
        for column in range(math.floor(first[0]), math.floor(last[0]) + 1):
            middle = (column + 0.5, row + 0.5)
            texel = sample_texel(middle, (pixels.shape[1], height), options.tiling, options.half_offset)
            x, y = picture.view.pixel_of(*middle, size, picture.comparison)
            x += left
            if texel is None or not left <= x < right:
                continue
            values = pixels[texel[1], texel[0]]
            chosen = values if channel is None else values[min(channel, len(values) - 1)][None]
            lines = tuple(f"{round(min(max(float(v), 0.0), 1.0) * 255.0)}" for v in chosen)
            found.append(TexelNumbers(x / ratio, y / ratio, lines, dark=float(chosen.mean()) > 0.55))
    return found


def reading_of(picture: Picture, u: float, v: float, size: tuple[int, int]) -> PixelReading:
    """The values of both sides at u and v in [0, 1] of the shown map, which has this width and height."""
    role = picture.role
    values: list[tuple[float, ...] | None] = []
    for side in ("a", "b"):
        maps = picture.maps[side]
        pixels = maps.get(role) if maps else None
        if pixels is None:
            values.append(None)
        else:
            row = min(int(v * pixels.shape[0]), pixels.shape[0] - 1)
            column = min(int(u * pixels.shape[1]), pixels.shape[1] - 1)
            values.append(tuple(float(x) for x in pixels[row, column]))
    a, b = values
    return PixelReading(
        role=role,
        x=int(u * size[0]),
        y=int(v * size[1]),
        uv=(u, v),
        a=a,
        b=b,
        a_8bit=_to_8bit(a),
        b_8bit=_to_8bit(b),
        angle_deg=_angle(a, b) if role is Role.NORMAL and a and b else None,
    )


def cost_text(cost: Cost) -> str:
    """As in ``neural · 6 144 multiply-adds a pixel · 14.2 ms a frame``; the frame is one sample of one side."""
    count = f"{cost.multiply_adds:,}".replace(",", "\u202f")
    words = [tr("neural"), tr("{count} multiply-adds a pixel").format(count=count)]
    if cost.seconds is not None:
        milliseconds = cost.seconds * 1000.0
        time = f"{milliseconds:.{1 if milliseconds < 99.95 else 0}f}"
        words.append(tr("{time} ms a frame").format(time=time))
    return " · ".join(words)


def _to_8bit(values: tuple[float, ...] | None) -> tuple[int, ...] | None:
    return None if values is None else tuple(round(min(max(x, 0.0), 1.0) * 255.0) for x in values)


def _angle(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Degrees between two stored normals."""
    first, second = (np.asarray(n[:3], np.float64) * 2.0 - 1.0 for n in (a, b))
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    if length < 1e-9:
        return 0.0
    return math.degrees(math.acos(min(max(float(first @ second) / length, -1.0), 1.0)))


def worst_seams(pairs: Sequence[tuple[Pixels, Pixels]]) -> SeamErrors | None:
    """The largest of the maps' seam errors at each place; maps may differ in size."""
    found = [worse_seams(a, b) for a, b in pairs if a.shape == b.shape]
    if not found:
        return None
    sides = []
    for axis in (0, 1):
        count = max(len(errors[axis]) for errors in found)
        places = np.arange(count)
        sides.append(np.max([errors[axis][places * len(errors[axis]) // count] for errors in found], axis=0))
    return sides[0], sides[1]


def compute_flip(a: Pixels, b: Pixels, tell: Tell) -> None:
    """FLIP part by part, and at the end with its mean."""
    errors = np.zeros(a.shape[:2], np.float32)
    for rows, columns, part in flip_tiles(a, b, _FLIP_TILE):
        errors[rows, columns] = part
        if columns.stop >= a.shape[1] and not tell((errors.copy(), None)):
            return
    tell((errors, float(errors.mean())))
