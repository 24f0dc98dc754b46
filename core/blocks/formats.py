"""The block formats and what they cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BlockFormat:
    """``block_width`` × ``block_height`` texels take ``block_bytes`` bytes and hold up to ``channels`` channels."""

    name: str
    block_width: int
    block_height: int
    block_bytes: int
    channels: int

    @property
    def bits_per_texel(self) -> float:
        """Of whole blocks, without mip levels."""
        return 8 * self.block_bytes / (self.block_width * self.block_height)

    def size_bytes(self, width: int, height: int) -> int:
        """Of one mip level; blocks at the right and lower edge count whole."""
        across, down = -(-width // self.block_width), -(-height // self.block_height)
        return across * down * self.block_bytes

    def chain_bytes(self, width: int, height: int) -> int:
        """Of all mip levels down to 1 × 1."""
        total = self.size_bytes(width, height)
        while max(width, height) > 1:
            width, height = max(1, width // 2), max(1, height // 2)
            total += self.size_bytes(width, height)
        return total


BC1 = BlockFormat("bc1", 4, 4, 8, 3)
BC4 = BlockFormat("bc4", 4, 4, 8, 1)
BC5 = BlockFormat("bc5", 4, 4, 16, 2)
BC7 = BlockFormat("bc7", 4, 4, 16, 4)
BC6H = BlockFormat("bc6h", 4, 4, 16, 3)
"""Unsigned half floats, for values beyond 1: what lies below 0 becomes 0."""
ASTC = tuple(BlockFormat(f"astc-{side}x{side}", side, side, 16, 4) for side in (4, 5, 6, 8, 10, 12))

FORMATS: dict[str, BlockFormat] = {format.name: format for format in (BC1, BC4, BC5, BC7, *ASTC)}
"""Those of values in [0, 1], by the names that commands and reports use."""
