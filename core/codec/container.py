"""The ``.texloom`` file: one versioned header, sections with checksums, no pickle."""

from __future__ import annotations

from pathlib import Path

from core.codec.neural_texture import NeuralTexture


def write(texture: NeuralTexture, path: Path) -> int:
    """Write atomically; returns the number of bytes. Raises OutputError."""
    raise NotImplementedError


def read(path: Path) -> NeuralTexture:
    """Raises DamagedFileError with one sentence for anything that is not a complete, valid file."""
    raise NotImplementedError
