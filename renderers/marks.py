"""What is drawn over a material to judge it by: seams that got worse, mip levels by colour."""

from __future__ import annotations

from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from renderers.shader_source import encoded_colors, set_uniforms

MIP_COLORS = ("#f0f0f0", "#e5484d", "#f2973f", "#f0d94a", "#5fc07a", "#45c5d8", "#5b7cf0", "#a45ee0")
"""Of mip levels 0 to 7 and below."""
SEAM_UNIT = 31
"""Behind the latents of the largest texture; every OpenGL 3.3 has 48."""
_MOST_MARKS = 4096

SeamErrors = tuple[NDArray[np.float32], NDArray[np.float32]]
"""How much worse the seam is, 0 to 1: per row where right meets left, per column where bottom meets top."""


class SeamMarks:
    """Seams of one material in one context."""

    def __init__(self, ctx: moderngl.Context, errors: SeamErrors) -> None:
        count = min(max(len(side) for side in errors), _MOST_MARKS)
        rows = [_spread(side, count) for side in errors]
        self.texture = ctx.texture((count, 2), 1, np.stack(rows).astype(np.float32), dtype="f4")
        self.texture.filter = (moderngl.NEAREST, moderngl.NEAREST)

    def release(self) -> None:
        self.texture.release()


def _spread(values: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """To ``count`` places; of several that fall into one, the largest."""
    edges = np.arange(count) * len(values) // count
    if len(values) >= count:
        return np.maximum.reduceat(values, edges)
    return values[edges]


def set_marks(program: Any, *, mips: bool, seams: SeamMarks | None) -> None:
    """Bind the seams and set the uniforms of ``marks.glsl``."""
    if seams is not None:
        seams.texture.use(SEAM_UNIT)
    set_uniforms(
        program,
        show_mips=mips,
        mip_colors=encoded_colors(MIP_COLORS),
        show_seams=seams is not None,
        seam_marks=SEAM_UNIT,
    )
