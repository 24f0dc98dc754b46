"""How an original (A) and a result (B) are shown together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class CompareMode(StrEnum):
    SPLIT = "split"
    WIPE = "wipe"
    DIFFERENCE = "difference"
    A = "a"
    B = "b"


COMPARE_INDEX = {mode: index for index, mode in enumerate(CompareMode)}
"""The numbers that ``compare.glsl`` knows the modes by."""


@dataclass(frozen=True)
class Comparison:
    """``wipe`` is the place of the line as a share of the width; ``gain`` multiplies the difference."""

    mode: CompareMode = CompareMode.SPLIT
    wipe: float = 0.5
    gain: float = 8.0

    def side_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Width and height that one side has in a picture of ``size``."""
        width, height = size
        return (max(width // 2, 1), height) if self.mode is CompareMode.SPLIT else (width, height)

    def with_sides(self, has_a: bool, has_b: bool) -> Comparison:
        """The same, or the only side there is."""
        if has_a == has_b:
            return self
        return replace(self, mode=CompareMode.A if has_a else CompareMode.B)
