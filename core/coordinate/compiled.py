"""A part's share of a step as one compiled call (``compiled_kernels.py``), a few texels at a time in the caches.

``kernels.py`` does the same with tensor operations: that is how its results are checked, and what remains for 16-bit
numbers, on GPUs and where numba can't be had.
"""

from __future__ import annotations

import importlib
import logging
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from core.coordinate.settings import ACTIVATIONS, LOSSES, LabSettings

if TYPE_CHECKING:
    from core.codec.parameters import Decoder
    from core.coordinate.trainer import CoordinateTrainer

_log = logging.getLogger(__name__)
_NO_GRID = (
    *(np.zeros((0, 2, 0), np.int64) for _ in range(2)),
    *(np.zeros((0, 0), np.float32) for _ in range(2)),
    *(np.zeros(0, np.int64) for _ in range(2)),
    0,
)


@cache
def kernels() -> Any:
    """The compiled functions; None where numba can't be loaded or can't compile, which the log tells."""
    try:
        functions = importlib.import_module("core.coordinate.compiled_kernels")
        numbers = [np.zeros(1, np.float32) for _ in range(3)]
        functions.adam(*numbers, np.zeros((1, 1), np.float32), 0.0, 0.9, 0.99, 1.0, 1.0)
        return functions
    except Exception:  # whatever a compiler may raise on a machine that it was not made for
        _log.warning("The lab takes tensor operations: numba doesn't work here.", exc_info=True)
        return None


class CompiledReads:
    """What a part read of the table, level by level: which rows, int64 [levels, n, 4], and their gradients, [levels, n,
    4, F]."""

    def __init__(self, by_level: torch.Tensor, slopes: torch.Tensor) -> None:
        self.by_level, self.slopes = by_level, slopes

    @property
    def rows(self) -> torch.Tensor:
        """int64 [levels · n · 4]."""
        return self.by_level.view(-1)

    @property
    def gradients(self) -> torch.Tensor:
        """[levels · n · 4, F]."""
        return self.slopes.view(-1, self.slopes.size(3))

    def of_levels(self, first: int, last: int) -> CompiledReads:
        return CompiledReads(self.by_level[first:last], self.slopes[first:last])


class CompiledPart:
    """One thread's share of ``texels`` of a batch; ``gradient`` is where that of the layers goes."""

    def __init__(self, trainer: CoordinateTrainer, gradient: torch.Tensor, texels: int) -> None:
        self.trainer, self.gradient = trainer, gradient
        shape, settings = trainer.architecture, trainer.settings
        self._passes = kernels().passes
        self._widths = np.array([shape.inputs, *(n_out for _, n_out in shape.shapes)], np.int64)
        self._choices = ACTIVATIONS.index(settings.activation), LOSSES.index(settings.loss)
        grid, nothing = shape.grid, np.zeros((0, 0), np.float32)
        levels, features = (0, 0) if grid is None else (grid.levels, grid.features)
        reads = torch.zeros(levels, texels, 4, dtype=torch.int64), torch.zeros(levels, texels, 4, features)
        self.reads = None if grid is None else CompiledReads(*reads)
        self._encoding: tuple[Any, ...]
        if trainer.table is None:
            self._encoding = *trainer.places.tables(), _NO_GRID, nothing
        else:
            self._encoding = nothing, nothing, trainer.places.keys(), trainer.table.values.numpy()
        self._encoding += tuple(tensor.numpy() for tensor in reads)
        # Compiles, or loads what was compiled before, so that it doesn't count as training.
        self.passes(torch.zeros(0, dtype=torch.int64), torch.zeros(1, shape.channels))

    def passes(self, texels: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Loss and squared error, summed; the gradients stay in the part."""
        trainer, told = self.trainer, np.empty(2, np.float32)
        self._passes(
            self._widths,
            trainer.layers.flat.numpy(),
            self.gradient.numpy(),
            texels.numpy(),
            targets.numpy(),
            trainer.width,
            *self._encoding,
            *self._choices,
            1.0 / trainer.batch,
            told,
        )
        return torch.from_numpy(told)


def update(layers: Decoder, gradients: torch.Tensor, rate: float, betas: tuple[float, float]) -> None:
    """``Decoder.update`` for the sum of the parts' gradients [parts, parameters], by plain Adam."""
    soap = layers.soap
    soap.seen += 1
    moments = soap.first.numpy(), soap.second.numpy()
    corrections = (1.0 - beta**soap.seen for beta in betas)
    kernels().adam(layers.flat.numpy(), *moments, gradients.numpy(), rate, *betas, *corrections)


def warm_up() -> None:
    """Compile what training needs, or load it if that was done before."""
    from core.coordinate.network import architecture_of
    from core.coordinate.trainer import CoordinateTrainer

    settings = LabSettings(hidden_layers=1, width=16, batch_side=8, device="cpu")
    trainer = CoordinateTrainer(architecture_of(settings, 3), settings, 8, 8)
    trainer.set_target(np.zeros((8, 8, 3), np.float32))
    trainer.step(0.0)
    trainer.close()


if __name__ == "__main__":
    warm_up()
