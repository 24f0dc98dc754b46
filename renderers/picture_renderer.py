"""Draws one map of A and B as flat pictures: side by side, wiped or as a difference."""

from __future__ import annotations

from dataclasses import dataclass

import moderngl
import numpy as np

from core.textures.material import Pixels
from renderers.calls import calls_of
from renderers.choices import CompareMode
from renderers.comparison import Comparison, set_comparison
from renderers.marks import SeamMarks, set_marks
from renderers.picture_view import PictureView
from renderers.shader_source import build_program, set_uniforms

_TAPS = 4
"""Along a pixel of a difference that is shown smaller than it is."""


@dataclass(frozen=True)
class PictureOptions:
    """``channel``: None as it is, 0 to 2 one channel as grey; ``surround``: display-encoded grey beside the picture;
    ``show_mips`` colours the picture by the mip level that is read, ``level`` is the one that the picture itself is."""

    tiles: int = 1
    half_offset: bool = False
    channel: int | None = None
    surround: float = 0.30
    show_mips: bool = False
    level: int = 0


class PictureTexture:
    """One map as a 16-bit texture: 8- and 16-bit file values are kept exactly. ``pixels``: H × W × 1 or 3 in [0, 1]."""

    def __init__(self, ctx: moderngl.Context, pixels: Pixels) -> None:
        height, width, self.channels = pixels.shape
        self.size = (width, height)
        values = np.clip(pixels, 0.0, 1.0) * np.float32(65535.0) + np.float32(0.5)
        if self.channels == 2:
            values = np.concatenate([values, np.zeros_like(values[..., :1])], axis=2)
        values = values[..., :3] if self.channels >= 2 else values
        self.texture = ctx.texture(
            self.size, values.shape[2], np.ascontiguousarray(values.astype(np.uint16)), alignment=2, dtype="nu2"
        )
        calls_of(ctx).build_mipmaps(self.texture)
        self.texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)

    def release(self) -> None:
        self.texture.release()


class PictureRenderer:
    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._program = build_program(ctx, "screen", "picture")
        self._triangle = ctx.vertex_array(self._program, [])
        self._nothing = ctx.texture((1, 1), 4, bytes(4))

    def draw(
        self,
        target: moderngl.Framebuffer,
        viewport: tuple[int, int, int, int],
        view: PictureView,
        options: PictureOptions,
        comparison: Comparison,
        a: PictureTexture | None,
        b: PictureTexture | None,
        error_map: PictureTexture | None = None,
        seams: SeamMarks | None = None,
    ) -> None:
        """Draw into ``viewport`` (x, y, width, height) of ``target``. A side that is None stays empty. ``error_map``:
        the FLIP of the two, one channel; without it B is shown instead. ``seams`` are drawn over B."""
        target.use()
        target.viewport = viewport
        self._ctx.disable(moderngl.BLEND | moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        present = a or b
        size = present.size if present else (1, 1)
        (a.texture if a else self._nothing).use(0)
        (b.texture if b else self._nothing).use(1)
        (error_map.texture if error_map else self._nothing).use(2)
        side = comparison.side_size((viewport[2], viewport[3]))
        set_uniforms(
            self._program,
            picture_a=0,
            picture_b=1,
            has_a=a is not None,
            has_b=b is not None,
            side_size=(float(side[0]), float(side[1])),
            picture_size=(float(size[0]), float(size[1])),
            centre=view.centre,
            zoom=view.zoom,
            tiles=float(options.tiles) if present else 0.0,
            wrap_offset=0.5 if options.half_offset else 0.0,
            channel=-1 if options.channel is None else options.channel,
            grey=present is not None and present.channels == 1,
            surround=(options.surround,) * 3,
            error_map=2,
            has_error_map=error_map is not None,
            level=float(options.level),
            taps=0 if comparison.mode is not CompareMode.DIFFERENCE else 1 if view.zoom >= 1.0 else _TAPS,
        )
        set_marks(self._program, mips=options.show_mips, seams=seams)
        set_comparison(self._program, comparison, (viewport[2], viewport[3]))
        self._triangle.render(vertices=3)

    def release(self) -> None:
        self._triangle.release()
        self._program.release()
        self._nothing.release()
