"""From blocks back to texels, by texture2ddecoder: none of the encoders' own decoders."""

from __future__ import annotations

import numpy as np

from core.blocks.formats import BlockFormat
from core.textures.material import Pixels


def decode(data: bytes, format: BlockFormat, width: int, height: int, channels: int) -> Pixels:
    """float32 ``height`` × ``width`` × ``channels`` in [0, 1], in steps of 1/255.

    ``channels`` is the number that was encoded: of two ASTC channels the second is read from alpha. Raises ValueError
    if the length of ``data`` is not that of a level of this size, or the format doesn't hold so many channels.

    ASTC blocks must come from an encoder or be guarded by a checksum: the decoder crashes on some that are not valid.
    """
    if width < 1 or height < 1 or len(data) != format.size_bytes(width, height):
        raise ValueError(f"{len(data)} bytes are no {format.name} texture of {width} × {height} texels")
    if not 1 <= channels <= format.channels:
        raise ValueError(f"{format.name} doesn't hold {channels} channels")
    import texture2ddecoder

    astc = format.name.startswith("astc")
    # Whole blocks: what lies beyond the edge is cut off below.
    whole_width = width + -width % format.block_width
    whole_height = height + -height % format.block_height
    if astc:
        bgra = texture2ddecoder.decode_astc(data, whole_width, whole_height, format.block_width, format.block_height)
    else:
        bgra = getattr(texture2ddecoder, f"decode_{format.name}")(data, whole_width, whole_height)
    texels = np.frombuffer(bgra, np.uint8).reshape(whole_height, whole_width, 4)[:height, :width]
    order = [2, 3] if astc and channels == 2 else [2, 1, 0, 3][:channels]
    return texels[..., order].astype(np.float32) / np.float32(255.0)
