"""What a run will cost, before it is started."""

from __future__ import annotations

from collections.abc import Sequence

from core.codec.rate import predict
from core.textures.roles import Role
from widgets.rate_picker import Prediction

_WHOLE = (Role.ALBEDO, Role.NORMAL, Role.EMISSIVE)


def block_compression_bpp(roles: Sequence[Role]) -> float:
    """Bits per texel, without mip levels, of the usual block-compressed textures for these maps.

    Colour and normal maps take a texture of 8 bits each (BC7, BC5). Single channels are packed: three into one
    BC7 of 8 bits, two into a BC5 of 8, one into a BC4 of 4. Opacity goes into the alpha of the colour map.
    """
    bits = 8.0 * sum(role in _WHOLE for role in roles)
    single = [role for role in roles if role not in _WHOLE]
    if Role.OPACITY in single and Role.ALBEDO in roles:
        single.remove(Role.OPACITY)
    packed, left = divmod(len(single), 3)
    return bits + 8.0 * packed + (0.0, 4.0, 8.0)[left]


def predicted(width: int, height: int, channels: int, roles: Sequence[Role], bpp: float) -> Prediction:
    """For a set of ``width`` × ``height`` texels with these maps at ``bpp`` bits per texel."""
    size = predict(width, height, channels, bpp)
    return Prediction(
        file_bytes=size.file_bytes,
        vram_bytes=size.vram_bytes,
        bpp=size.file_bytes * 8 / (width * height),
        bc_bpp=block_compression_bpp(roles),
    )
