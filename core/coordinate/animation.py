"""The frames of a training as a moving picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.files import replacing
from core.textures import mips
from core.textures.material import Pixels

Frame = NDArray[np.uint8]

SUFFIXES = (".png", ".gif", ".webp")
MOST_FRAMES = 120
MOST_SIDE = 512
FRAME_S = 0.08
LAST_S = 2.0


class Frames:
    """Collects pictures of a run, evenly spread: once there are too many, every second one goes and from then on only
    every second one is taken."""

    def __init__(self, most: int = MOST_FRAMES) -> None:
        self._most, self._stride, self._count = most, 1, 0
        self._frames: list[Frame] = []

    def add(self, picture: Pixels) -> None:
        """``picture`` float32 H × W × C in [0, 1]; longer sides than 512 are halved until they fit."""
        if self._count % self._stride == 0:
            while max(picture.shape[:2]) > MOST_SIDE:
                picture = mips.halved(picture)
            self._frames.append(np.round(np.clip(picture, 0.0, 1.0) * 255.0).astype(np.uint8))
            if len(self._frames) > self._most:
                self._frames = self._frames[::2]
                self._stride *= 2
        self._count += 1

    @property
    def all(self) -> tuple[Frame, ...]:
        return tuple(self._frames)


def write_animation(path: Path, frames: Sequence[Frame]) -> None:
    """Write frames, uint8 H × W × 3 or 4, as an animated PNG, GIF or WebP by the suffix; the last one stays longer.

    Raises InputError for another suffix or without frames, OutputError if it can't be written.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path} must end in one of {', '.join(SUFFIXES)}.", path)
    if not frames:
        raise InputError("There are no frames of a training yet; train first.", path)
    from PIL import Image

    pictures = [Image.fromarray(frame) for frame in frames]
    durations = [round(1000 * FRAME_S)] * (len(pictures) - 1) + [round(1000 * LAST_S)]
    options = {"lossless": True} if path.suffix.lower() == ".webp" else {}
    kind = path.suffix.lower().lstrip(".")
    with replacing(path) as part:
        pictures[0].save(part, kind, save_all=True, append_images=pictures[1:], duration=durations, loop=0, **options)
