"""The built-in sample materials by name; :mod:`core.textures.samples` makes them.

Plain data, so that a menu can name them without loading what they are made with.
"""

from __future__ import annotations

SAMPLE_NAMES = ("bricks", "worn_painted_metal", "wood_planks", "cobbles", "woven_fabric")


def sample_title(name: str) -> str:
    """As the files of a sample are called."""
    return "".join(word.capitalize() for word in name.split("_"))


def sample_folder(name: str, width: int, height: int) -> str:
    """The folder that a sample of this size is written to; its files begin like it."""
    size = f"{width // 1024}K" if width % 1024 == 0 else f"{width}x{height}"
    return f"{sample_title(name)}_{size}-PNG"
