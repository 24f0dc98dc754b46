"""The built-in sample materials: procedural, tileable, correlated channels, any resolution, seeded."""

from __future__ import annotations

from pathlib import Path

from core.textures.material import TextureSet

SAMPLE_NAMES = ("bricks", "worn_painted_metal", "wood_planks", "cobbles", "woven_fabric")


def generate(name: str, width: int = 1024, height: int | None = None, seed: int = 0) -> TextureSet:
    """One sample as a texture set. Raises InputError for an unknown name or a size outside 16…8192."""
    raise NotImplementedError


def write_samples(folder: Path, size: int = 1024, seed: int = 0) -> list[Path]:
    """All samples as folders of image files, named as a texture library would; returns the folders."""
    raise NotImplementedError
