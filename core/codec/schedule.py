"""How far a run is, and whether going on still pays."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator

from core.codec.settings import PRESET_SECONDS, PRESET_STEPS, CompressSettings
from core.jobs import Control
from core.textures.material import TextureSet


class Clock:
    """How much of a run is done: by wall time under a time budget, otherwise by steps, so that runs repeat."""

    def __init__(
        self, settings: CompressSettings, material: TextureSet, control: Control, share: float, work: float
    ) -> None:
        """``share`` of a time budget, ``work`` of a preset's steps."""
        self._control = control
        self._began = time.perf_counter()
        self._paused = control.paused_seconds
        self._cpu = time.process_time()
        self.spent = self.shifted = 0.0
        self.budget = settings.time_budget * share if settings.time_budget is not None else None
        # A small texture has seen all its texels often enough after fewer steps.
        size = min(1.0, max(0.1, (material.width * material.height / 2**20) ** 0.5))
        self.total_steps = max(200, int(PRESET_STEPS[settings.preset] * size * work))
        self.expected = PRESET_SECONDS[settings.preset] * size * work

    def elapsed(self) -> float:
        """Seconds of training, pauses left out, what an earlier run spent included."""
        return self.spent + time.perf_counter() - self._began - (self._control.paused_seconds - self._paused)

    def cpu(self) -> float:
        return time.process_time() - self._cpu

    def fraction(self, steps: int, extra: float = 0.0) -> float:
        """At most 1. ``extra`` seconds were spent on something that may not shorten the rest."""
        if self.budget is not None:
            return min(1.0, (self.elapsed() - extra) / self.budget + self.shifted)
        return min(1.0, steps / self.total_steps + self.shifted)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Time for something that is not part of the run."""
        began, cpu = time.perf_counter(), time.process_time()
        yield
        self._began += time.perf_counter() - began
        self._cpu += time.process_time() - cpu

    def shift(self, part: float) -> None:
        """Leave out this part of the run; a negative one is done again."""
        self.shifted += part

    def remaining(self, steps: int, again: float = 0.0) -> float | None:
        """Seconds left, with the part of the run that may be done again; None while it would be a guess."""
        elapsed, whole = self.elapsed(), 1.0 - self.shifted + again
        if self.budget is not None:
            return max(0.0, self.budget * whole - elapsed)
        done = steps / self.total_steps
        return None if elapsed - self.spent < 2.0 or done <= 0 else max(0.0, elapsed * (whole - done) / done)


class EarlyStop:
    """Compares the mean PSNR of successive stretches of ``interval`` steps; two without a gain in a row are enough.

    Only in the second half: before, the learning rate is so high that standing still says nothing.
    """

    def __init__(self, interval: int, threshold_db: float) -> None:
        self.interval, self.threshold = interval, threshold_db
        self.sums: dict[int, tuple[float, int]] = {}

    def reached(self, fraction: float, step: int, psnr: float) -> bool:
        """To be told of every measurement after ``step`` steps, at ``fraction`` of the run."""
        if fraction < 0.5:
            return False
        stretch = step // self.interval
        total, count = self.sums.get(stretch, (0.0, 0))
        self.sums[stretch] = (total + psnr, count + 1)
        means = [self.sums[i][0] / self.sums[i][1] for i in range(stretch - 3, stretch) if i in self.sums]
        return len(means) == 3 and all(b - a < self.threshold for a, b in itertools.pairwise(means))
