"""Small image files for the tests of reading, written past core.textures.images wherever that can't write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def save(path: Path, pixels: np.ndarray, kind: str = "uint8", names: tuple[str, ...] = (), quality: int = 100) -> Path:
    """Write H × W × C integers (or floats for kind "float"/"half") exactly as they are, in any format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width, channels = pixels.shape
    spec = OpenImageIO.ImageSpec(width, height, channels, kind)
    if names:
        spec.channelnames = names
    if channels == 4 and not names:
        spec.alpha_channel = 3
    spec.attribute("oiio:UnassociatedAlpha", 1)
    if path.suffix.lower() in (".jpg", ".jpeg"):
        spec.attribute("compression", f"jpeg:{quality}")
        spec.attribute("jpeg:subsampling", "4:4:4")
    output = OpenImageIO.ImageOutput.create(path.suffix.lower()[1:])
    assert output, path
    assert output.open(str(path), spec) and output.write_image(np.ascontiguousarray(pixels)) and output.close()
    return path


def noise(seed: int, height: int, width: int, channels: int, top: int = 255) -> np.ndarray:
    dtype = np.uint8 if top == 255 else np.uint16
    return np.random.default_rng(seed).integers(0, top + 1, (height, width, channels)).astype(dtype)


def grey(seed: int = 0, size: int = 8) -> np.ndarray:
    return noise(seed, size, size, 1)


def colour(seed: int = 0, size: int = 8) -> np.ndarray:
    return noise(seed, size, size, 3)
