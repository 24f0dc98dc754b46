"""Reading and writing image files through OpenImageIO."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.textures.material import Pixels, TextureSet

IMAGE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".tga", ".bmp", ".exr", ".hdr", ".webp", ".psd", ".dds", ".jxl"}
)


@dataclass(frozen=True)
class ImageHeader:
    width: int
    height: int
    channels: int
    bit_depth: int
    has_alpha: bool


def read_header(path: Path) -> ImageHeader:
    """Raises InputError naming the file."""
    raise NotImplementedError


def read_image(path: Path) -> tuple[Pixels, int]:
    """float32 H × W × C scaled to [0, 1] (float files unscaled), alpha not premultiplied, and the bit depth
    (8, 16 or 32). Raises InputError naming the file, also when it is truncated."""
    raise NotImplementedError


def write_image(path: Path, pixels: Pixels, bit_depth: int) -> None:
    """Write atomically as the suffix says; 8/16-bit values are rounded, 32 is float. Raises OutputError."""
    raise NotImplementedError


def write_set(material: TextureSet, folder: Path, suffix: str = ".png") -> list[Path]:
    """Write every source file of the set again (names, bit depth and channel layout kept, suffix replaced).

    Returns the paths. ``.png`` can't hold float: such files are written as ``.exr`` whatever the suffix.
    """
    raise NotImplementedError
