"""What a run will cost, before it is started."""

from __future__ import annotations

from collections.abc import Sequence

from core.codec.baseline_sets import BASELINES
from core.codec.baselines import bits_per_texel
from core.codec.rate import predict
from core.textures.roles import Role
from widgets.rate_picker import Prediction


def predicted(width: int, height: int, channels: int, roles: Sequence[Role], bpp: float) -> Prediction:
    """For a set of ``width`` × ``height`` texels with these maps at ``bpp`` bits per texel."""
    size = predict(width, height, channels, bpp)
    return Prediction(
        file_bytes=size.file_bytes,
        vram_bytes=size.vram_bytes,
        bpp=size.file_bytes * 8 / (width * height),
        bc_bpp=bits_per_texel(BASELINES["bc"], roles),
    )
