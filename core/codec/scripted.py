"""A part's share of a step as tensor operations, run by one scripted function (``kernels.py``).

This is the path for GPUs without the fused one and for processors whose products are faster in bfloat16; on others it
is what the compiled path (``compiled.py``) is held against.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from core.codec.kernels import NARROW, forward_backward
from core.codec.layout import LOD_INPUTS, PHASE_INPUTS
from core.codec.tiles import Level

if TYPE_CHECKING:
    from core.codec.parts import Part, Reading


class Buffers:
    """What all batches of a part write to, [texels, width] each."""

    def __init__(self, part: Part) -> None:
        layout, dtype, device = part.trainer.layout, part.dtype, part.device
        widths = (*layout.hidden, layout.channels)
        # A level's tiles may not divide the share exactly: room for one more tile of each segment.
        room = part.texels + 2 * max(level.tile**2 for level in part.trainer.levels)
        self.activations = [torch.zeros(room, width, dtype=dtype, device=device) for width in widths]
        if widths[-1] < NARROW and dtype == torch.float32:
            # Its transpose is what lies in memory: then the product is taken the other way round.
            self.activations[-1] = torch.zeros(widths[-1], room, device=device).t()
        self.deltas = [torch.zeros(room, width, dtype=dtype, device=device) for width in widths]
        self.targets = torch.zeros(room, layout.channels, dtype=torch.float16, device=device)
        self.error = self.deltas[-1].float()


class _Segment:
    """The share of a batch that one level gets: ``count`` tiles in fixed rows of a part's buffers."""

    def __init__(self, part: Part, buffers: Buffers, level: Level, count: int, start: int) -> None:
        self.part, self.level, self.count, self.start = part, level, count, start
        self.texels = level.tile**2
        self.stop = start + count * self.texels
        rows, shape = slice(self.start, self.stop), (count, self.texels, -1)
        self.targets = buffers.targets[rows].view(shape)
        self.hidden, self.hidden_deltas = buffers.activations[0][rows].view(shape), buffers.deltas[0][rows].view(shape)
        self.mixers = level.mixers(torch.zeros(1, dtype=torch.int64, device=part.device), part.dtype)
        corners = (count, self.mixers.shape[2], self.hidden.shape[2])
        self.corners = torch.zeros(corners, dtype=part.dtype, device=part.device)
        self.corner_deltas = torch.zeros_like(self.corners)
        self.transposed = self.mixers.transpose(1, 2).contiguous().expand(count, -1, -1)
        self.mixers = self.mixers.expand(count, -1, -1)

    @property
    def lod_row(self) -> int:
        """The row of the first layer's weights that this level switches on, −1 for none."""
        features = self.part.trainer.layout.features
        return features + PHASE_INPUTS + min(self.level.lod, LOD_INPUTS) - 1 if self.level.lod else -1

    def load(self, tiles: np.ndarray) -> torch.Tensor:
        """Fill in the targets of these tiles and, where tiles differ, how they mix; the tiles, on the device."""
        flat = torch.from_numpy(tiles).to(self.part.device)
        torch.index_select(self.level.targets, 0, flat, out=self.targets)
        if not self.level.alike:
            self.mixers = self.level.mixers(flat, self.part.dtype)
            self.transposed = self.mixers.transpose(1, 2)
        return flat


class ScriptedBatch:
    """One fixed division of a part's rows among levels, with every view of the buffers made in advance."""

    def __init__(self, part: Part, buffers: Buffers, shares: Sequence[tuple[Level, int]]) -> None:
        self.part = part
        self.segments: list[_Segment] = []
        total = 0
        for level, count in shares:
            self.segments.append(_Segment(part, buffers, level, count, total))
            total = self.segments[-1].stop
        self.total = total
        self.measured = self.segments[0].stop
        self.activations = [a[:total] for a in buffers.activations]
        self.deltas = [d[:total] for d in buffers.deltas]
        self.error = buffers.error[:total]
        self.targets = buffers.targets[:total]
        self.hidden = [s.hidden for s in self.segments]
        self.hidden_deltas = [s.hidden_deltas for s in self.segments]
        self.corners = [s.corners for s in self.segments]
        self.corner_deltas = [s.corner_deltas for s in self.segments]
        self.lod_rows = [s.lod_row for s in self.segments]
        self.keys = [(s.level.group, which) for s in self.segments for which in range(len(s.level.readers))]
        readers = [reader for s in self.segments for reader in s.level.readers]
        self.rows, self.columns = [reader.rows for reader in readers], [reader.columns for reader in readers]
        self.owners = [i for i, s in enumerate(self.segments) for _ in s.level.readers]
        self.corner_rows, self.weight_rows = [], []
        for segment in self.segments:
            readers = segment.level.readers
            self.corner_rows += list(itertools.accumulate((r.reach for r in readers), initial=0))[:-1]
            self.weight_rows += list(itertools.accumulate((r.features for r in readers), initial=0))[:-1]

    def run(
        self,
        tiles: Sequence[np.ndarray],
        noise: Sequence[int],
        reading: Reading,
        train_latents: bool,
        squares: torch.Tensor | None,
        last_hidden: torch.Tensor | None = None,
    ) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """See :class:`core.codec.parts.Batch`."""
        part, trainer = self.part, self.part.trainer
        flat = [segment.load(own) for segment, own in zip(self.segments, tiles, strict=True)]
        grids = [trainer.grids[group][which] for group, which in self.keys]
        sizes = [
            len(flat[owner]) * rows.shape[1] * columns.shape[1] if reading.noisy else 0
            for owner, rows, columns in zip(self.owners, self.rows, self.columns, strict=True)
        ]
        widths = [grid.values.shape[1] for grid in grids]
        drawn = [
            trainer.noise[begin : begin + size * width].view(size, width)
            for begin, size, width in zip(noise, sizes, widths, strict=True)
        ]
        found = forward_backward(
            self.rows,
            self.columns,
            [flat[owner] for owner in self.owners],
            [grid.values for grid in grids],
            drawn,
            [grid.step_size * reading.strength for grid in grids],
            self.owners,
            self.corner_rows,
            self.weight_rows,
            [segment.mixers for segment in self.segments],
            [segment.transposed for segment in self.segments],
            self.corners,
            self.corner_deltas,
            self.lod_rows,
            self.hidden,
            self.hidden_deltas,
            self.activations,
            self.deltas,
            trainer.compute_weights,
            trainer.compute_biases,
            part.weight_gradients,
            part.bias_gradients,
            self.targets,
            self.error,
            trainer.loss_weights,
            squares,
            self.measured,
            trainer.layout.features,
            PHASE_INPUTS,
            reading.rounded,
            train_latents,
            NARROW,
        )
        if last_hidden is not None:
            last_hidden.copy_(self.activations[-2])
        return found
