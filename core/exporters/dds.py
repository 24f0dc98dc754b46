"""DDS files of block-compressed textures: DX10 header, one 2D texture, the largest mip level first."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from core.blocks.formats import BlockFormat

_DXGI = {"bc1": (71, 72), "bc4": (80, 80), "bc5": (83, 83), "bc6h": (95, 95), "bc7": (98, 99)}
"""DXGI_FORMAT numbers of the UNORM (of BC6H the UF16) and the sRGB variant."""
_CAPS, _HEIGHT, _WIDTH, _PIXEL_FORMAT, _MIP_COUNT, _LINEAR_SIZE = 0x1, 0x2, 0x4, 0x1000, 0x20000, 0x80000
_FOURCC = 0x4
_COMPLEX, _TEXTURE, _MIPMAP = 0x8, 0x1000, 0x400000
_TEXTURE_2D = 3
_ALPHA_UNKNOWN, _ALPHA_STRAIGHT = 0, 1


def dds(levels: Sequence[bytes], format: BlockFormat, width: int, height: int, *, srgb: bool, has_alpha: bool) -> bytes:
    """The file of a whole mip chain. Raises ValueError for levels that are no chain of this size."""
    sizes = [format.size_bytes(max(1, width >> n), max(1, height >> n)) for n in range(len(levels))]
    if [len(level) for level in levels] != sizes or not levels:
        raise ValueError(f"no mip chain of {width} × {height} texels in {format.name}")
    flags = _CAPS | _HEIGHT | _WIDTH | _PIXEL_FORMAT | _LINEAR_SIZE | (_MIP_COUNT if len(levels) > 1 else 0)
    caps = _TEXTURE | (_COMPLEX | _MIPMAP if len(levels) > 1 else 0)
    header = struct.pack("<7I44x", 124, flags, height, width, len(levels[0]), 0, len(levels))
    pixel_format = struct.pack("<2I4s20x", 32, _FOURCC, b"DX10")
    alpha = _ALPHA_STRAIGHT if has_alpha else _ALPHA_UNKNOWN
    dx10 = struct.pack("<5I", _DXGI[format.name][srgb], _TEXTURE_2D, 0, 1, alpha)
    return b"".join([b"DDS ", header, pixel_format, struct.pack("<5I", caps, 0, 0, 0, 0), dx10, *levels])
