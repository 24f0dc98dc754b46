"""What the network is asked for: the picture as it is, or moved. It can be changed while a training runs."""

from __future__ import annotations

import threading
from enum import StrEnum


class Transform(StrEnum):
    IDENTITY = "identity"
    FLIP = "flip"
    """u and v exchanged."""
    ZOOM = "zoom"
    """The middle quarter."""
    ROTATE = "rotate"
    MIRROR = "mirror"
    TILE = "tile"
    """Two by two repeats."""
    WARP = "warp"


class Dial:
    """The transform of a running job. Thread-safe: anybody sets it, the job reads it between steps."""

    def __init__(self, transform: Transform = Transform.IDENTITY) -> None:
        self._lock = threading.Lock()
        self._transform = transform

    def set(self, transform: Transform) -> None:
        with self._lock:
            self._transform = transform

    def get(self) -> Transform:
        with self._lock:
            return self._transform
