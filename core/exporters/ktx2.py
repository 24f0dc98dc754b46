"""KTX 2.0 files of block-compressed textures (Khronos, 2021): one 2D texture with its mip chain."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from importlib.metadata import version

from core.blocks.formats import BlockFormat

_IDENTIFIER = b"\xabKTX 20\xbb\r\n\x1a\n"
_ZSTANDARD = 2
_ASTC_4X4 = 157
_ASTC = ["4x4", "5x4", "5x5", "6x5", "6x6", "8x5", "8x6", "8x8", "10x5", "10x6", "10x8", "10x10", "12x10", "12x12"]
"""In the order of VkFormat's numbers, each with a UNORM and an sRGB variant."""
_MODEL_ASTC = 162
_BT709 = 1
_LINEAR, _SRGB = 1, 2


def ktx2(
    levels: Sequence[bytes],
    format: BlockFormat,
    width: int,
    height: int,
    *,
    srgb: bool,
    swizzle: str = "",
    zstd_level: int = 0,
) -> bytes:
    """The file of a whole mip chain, the largest level first; rows run from the top.

    ``swizzle`` tells a sampler what its R, G, B, A are, for example ``ra01``. ``zstd_level`` 0 leaves the blocks as
    they are. Raises ValueError for levels that are no chain of this size, or another format than ASTC.
    """
    sizes = [format.size_bytes(max(1, width >> n), max(1, height >> n)) for n in range(len(levels))]
    if [len(level) for level in levels] != sizes or not levels or not format.name.startswith("astc-"):
        raise ValueError(f"no mip chain of {width} × {height} texels in {format.name}")
    stored = [_compressed(level, zstd_level) for level in levels] if zstd_level else list(levels)
    descriptor = _format_descriptor(format, srgb)
    pairs = {"KTXorientation": "rd", "KTXswizzle": swizzle, "KTXwriter": f"Texloom {version('texloom')}"}
    keys = b"".join(_key_value(key, value) for key, value in sorted(pairs.items()) if value)
    index_end = 80 + 24 * len(levels)
    data_start = index_end + len(descriptor) + len(keys)
    # The smallest level lies first. Blocks are aligned to their size; what is compressed is not aligned.
    alignment = 1 if zstd_level else format.block_bytes
    parts, offsets, at = [], [0] * len(levels), data_start
    for number in reversed(range(len(levels))):
        padding = -at % alignment
        parts += [bytes(padding), stored[number]]
        offsets[number] = at + padding
        at = offsets[number] + len(stored[number])
    vk_format = _ASTC_4X4 + 2 * _ASTC.index(format.name.removeprefix("astc-")) + srgb
    scheme = _ZSTANDARD if zstd_level else 0
    header = struct.pack("<9I", vk_format, 1, width, height, 0, 0, 1, len(levels), scheme)
    sections = (index_end, len(descriptor), index_end + len(descriptor), len(keys), 0, 0)
    index = b"".join(
        struct.pack("<3Q", offset, len(data), len(level))
        for offset, data, level in zip(offsets, stored, levels, strict=True)
    )
    return b"".join([_IDENTIFIER, header, struct.pack("<4I2Q", *sections), index, descriptor, keys, *parts])


def _format_descriptor(format: BlockFormat, srgb: bool) -> bytes:
    """A basic data format descriptor (Khronos Data Format 1.3) with the one sample that ASTC has."""
    bits = 8 * format.block_bytes
    sample = struct.pack("<HBB4BII", 0, bits - 1, 0, 0, 0, 0, 0, 0, 0xFFFFFFFF)
    transfer = _SRGB if srgb else _LINEAR
    sides = format.block_width - 1, format.block_height - 1, 0, 0
    block = struct.pack("<4B4B8B", _MODEL_ASTC, _BT709, transfer, 0, *sides, format.block_bytes, *bytes(7))
    body = struct.pack("<IHH", 0, 2, 8 + len(block) + len(sample)) + block + sample
    return struct.pack("<I", 4 + len(body)) + body


def _key_value(key: str, value: str) -> bytes:
    entry = f"{key}\0{value}\0".encode()
    return struct.pack("<I", len(entry)) + entry + bytes(-len(entry) % 4)


def _compressed(level: bytes, zstd_level: int) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor(level=zstd_level).compress(level)
