"""A part's share of a step as one compiled call (``compiled_kernels.py``), tile by tile in the processor's caches.

``scripted.py`` does the same with tensor operations: that is how its results are checked, and what remains where
products are faster in bfloat16 and where numba can't be had.
"""

from __future__ import annotations

import importlib
import itertools
import logging
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from core.codec.layout import LOD_INPUTS, PHASE_INPUTS

if TYPE_CHECKING:
    from core.codec.parts import Part, Reading
    from core.codec.tiles import Level

_log = logging.getLogger(__name__)


@cache
def kernels() -> Any:
    """The compiled functions; None where numba can't be loaded or can't compile, which the log tells."""
    try:
        functions = importlib.import_module("core.codec.compiled_kernels")
        grid = np.zeros((1, 1), np.float32), np.zeros((1, 1), np.float32), np.zeros((1, 1), np.float32)
        slots, none = np.zeros(1, np.int64), np.zeros(0, np.int64)
        functions.update_rows(*grid, slots, none, np.zeros((0, 1), np.float32), 0.0, 0.0)
        return functions
    except Exception:  # whatever a compiler may raise on a machine that it was not made for
        _log.warning("Training takes tensor operations: numba doesn't work here.", exc_info=True)
        return None


def soap_kernels() -> Any:
    """What the decoder's steps are taken with."""
    return importlib.import_module("core.soap_kernels")


class CompiledBatch:
    """One fixed division of a part's texels among levels, as tables for the compiled passes."""

    def __init__(self, part: Part, shares: Sequence[tuple[Level, int]]) -> None:
        self.part, self.kernels = part, kernels()
        layout = part.trainer.layout
        self.widths = np.array([layout.inputs, *layout.hidden, layout.channels], np.int64)
        self.segments = np.zeros(len(shares), self.kernels.SEGMENT)
        self.reads: Any = np.zeros(sum(len(level.readers) for level, _ in shares), self.kernels.READ)
        self.keys = [(level.group, which) for level, _ in shares for which in range(len(level.readers))]
        self.indices: list[torch.Tensor] = []
        self.gradients: list[torch.Tensor] = []
        picks = itertools.accumulate((count for _, count in shares), initial=0)
        for segment, (level, count), pick in zip(self.segments, shares, picks, strict=False):
            self._describe(segment, level, count, pick)
        texels = [count * level.tile**2 for level, count in shares]
        self.total, self.measured = sum(texels), texels[0]
        self.plain_weights = np.ones(layout.channels, np.float32)

    def _describe(self, segment: Any, level: Level, count: int, pick: int) -> None:
        """Fill in the row of ``segments`` and the rows of ``reads`` for a level."""
        first = len(self.indices)
        features = self.part.trainer.layout.features
        segment["count"], segment["pick"], segment["side"], segment["across"] = count, pick, level.tile, level.across
        segment["channels"], segment["alike"], segment["measured"] = self.widths[-1], level.alike, first == 0
        segment["lod_row"] = features + PHASE_INPUTS + min(level.lod, LOD_INPUTS) - 1 if level.lod else -1
        segment["phase_row"], segment["first_read"], segment["reads"] = features, first, len(level.readers)
        for name in ("targets", "phases_x", "phases_y"):
            segment[name] = getattr(level, name).data_ptr()
        row = 0
        for reader, read in zip(level.readers, self.reads[first:], strict=False):
            lanes, rows = self.kernels.LANES, count * reader.reach
            self.indices.append(torch.zeros(rows, dtype=torch.int64))
            # Whole blocks may go beyond the last row, and whole vectors beyond the last feature.
            room = torch.zeros(rows + self.kernels.BLOCK, -(-reader.features // lanes) * lanes)
            self.gradients.append(room[:rows, : reader.features])
            read["features"], read["feature_row"] = reader.features, row
            read["down"], read["across"] = reader.rows.shape[1], reader.columns.shape[1]
            for name in ("rows", "columns", "row_cells", "column_cells", "row_fractions", "column_fractions"):
                read[name] = getattr(reader, name).data_ptr()
            read["indices"], read["gradients"] = self.indices[-1].data_ptr(), room.data_ptr()
            row += reader.features

    def run(
        self,
        tiles: Sequence[np.ndarray],
        noise: Sequence[int],
        reading: Reading,
        train_latents: bool,
        squares: torch.Tensor | None,
        last_hidden: torch.Tensor | None = None,
    ) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """See :meth:`ScriptedBatch.run`."""
        part, trainer = self.part, self.part.trainer
        for (group, which), read, begin in zip(self.keys, self.reads, noise, strict=True):
            grid = trainer.grids[group][which]
            read["values"], read["step"], read["noise"] = grid.values.data_ptr(), grid.step_size, begin
        sums = np.zeros(len(self.plain_weights), np.float32)
        self.kernels.passes(
            self.widths,
            trainer.compute.numpy(),
            part.gradient.numpy(),
            self.segments,
            self.reads,
            np.concatenate(tiles),
            trainer.noise.numpy(),
            self.plain_weights if trainer.loss_weights is None else trainer.loss_weights.numpy(),
            sums,
            np.zeros((0, 0), np.float32) if last_hidden is None else last_hidden.numpy(),
            reading.rounded,
            reading.noisy,
            train_latents,
            np.float32(reading.strength),
        )
        if squares is not None:
            squares += torch.from_numpy(sums / self.measured)
        return self.indices, self.gradients


def update_rows(
    values: torch.Tensor,
    second: torch.Tensor,
    visits: torch.Tensor,
    slots: torch.Tensor,
    indices: Sequence[torch.Tensor],
    gradients: Sequence[torch.Tensor],
    rate: float,
    beta: float,
) -> None:
    """See :func:`core.codec.kernels.update_rows`."""
    index = np.concatenate([own.numpy() for own in indices])
    gradient = np.concatenate([own.numpy() for own in gradients])
    grid = (tensor.numpy() for tensor in (values, second, visits, slots))
    kernels().update_rows(*grid, index, gradient, rate, beta)


def warm_up() -> None:
    """Compile what training needs, or load it if that was done before."""
    from core.codec.layout import LatentLayout, two_grids
    from core.codec.trainer import Trainer

    layout = LatentLayout(32, 32, 1, two_grids(4, 1, 1, 4), (4, 4))
    trainer = Trainer(layout, [np.zeros((32, 32, 1), np.float32)], seed=0)
    trainer.step(0.0)
    trainer.close()


if __name__ == "__main__":
    warm_up()
