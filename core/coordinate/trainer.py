"""Learning a picture: batches of random texels, gradients in one thread per core, Adam.

The network sees texel centres only, so that what each coordinate is encoded to is a small table that is looked up.
A part's work is one compiled call (``compiled.py``) for float32 on a CPU, else tensor operations.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from core.codec import compiled as codec
from core.codec import kernels
from core.codec.parameters import Decoder
from core.coordinate import compiled
from core.coordinate.compiled import CompiledPart, CompiledReads
from core.coordinate.encodings import PRIME, HashGrid, encoded
from core.coordinate.kernels import forward_backward, grid_features, grid_gradients
from core.coordinate.network import Architecture, CoordinateNetwork
from core.coordinate.settings import ACTIVATIONS, LOSSES, LabSettings
from core.textures.material import Pixels

STEPS_PER_ROUND = 128
BETAS = (0.9, 0.99)
"""Of Adam. The usual 0.999 remembers the large gradients of the beginning for too long in runs as short as these."""
TABLE_BETA = 0.99
"""A row of the table is read far less often than a weight, so its mean square has to forget sooner."""
TABLE_RATE = 2.0
"""Learning rate of the hash table over that of the weights."""
MOST_PARTS = 4
LEAST_PART = 256
_TABLE_START = 1e-4
_LOWEST_SCALE = 1.0
_SIXTEEN = {"float16": torch.float16, "bfloat16": torch.bfloat16}


class CoordinateTrainer:
    """Holds the state of a run; :meth:`set_target` first, then :meth:`step`. ``start`` is a network to go on from.

    ``rounding`` says that 16-bit numbers are rounded to, because this device has no products of them. :attr:`skipped`
    counts steps whose gradient left the range of 16-bit numbers; each of them halves the loss scale. Without
    ``use_compiled`` a CPU takes tensor operations.
    """

    def __init__(
        self,
        architecture: Architecture,
        settings: LabSettings,
        width: int,
        height: int,
        device: str = "cpu",
        start: CoordinateNetwork | None = None,
        *,
        use_compiled: bool = True,
    ) -> None:
        self.architecture, self.settings = architecture, settings
        self.width, self.height = width, height
        self.device = torch.device(device)
        sixteen = _SIXTEEN.get(settings.precision)
        native = sixteen is not None and self.device.type != "cpu"
        self.dtype = sixteen if sixteen is not None and native else torch.float32
        self.rounding = 0 if sixteen is None or native else 1 + list(_SIXTEEN).index(settings.precision)
        self.loss_scale = settings.loss_scale if sixteen is not None else 1.0
        on_cpu = self.device.type == "cpu" and sixteen is None
        self.compiled = use_compiled and on_cpu and compiled.kernels() is not None and codec.kernels() is not None
        self.layers = Decoder(architecture.shapes, architecture.inputs, settings.seed, self.device)
        self.layers.soap.forget(fixed=True)  # as the sample learns: plain Adam
        self.table = None if architecture.grid is None else self._start_table(architecture.grid)
        self.steps = self.samples = self.skipped = 0
        self.steps_before = 0
        if start is not None:
            self._take_over(start)
        self.compute = self.layers.flat.clone()
        self._round_weights()
        self.batch = settings.batch_side**2
        self.places = Places(architecture, width, height, self.device)
        self.gradients, self.parts = self._make_parts()
        self._order = torch.randperm(0)
        self._generator = torch.Generator().manual_seed(settings.seed)
        self._targets = torch.zeros(0)
        # Two threads with one core each run these narrow products almost twice as fast as one with two cores.
        self._threads_before = torch.get_num_threads()
        if self.device.type == "cpu":
            torch.set_num_threads(1)
        self._pool = ThreadPoolExecutor(len(self.parts), "lab", initializer=torch.set_num_threads, initargs=(1,))

    def close(self) -> None:
        self._pool.shutdown(wait=True)
        torch.set_num_threads(self._threads_before)

    def set_target(self, picture: Pixels) -> None:
        """Learn this picture, float32 H × W × C in [0, 1], from the next step on."""
        flat = np.array(picture, np.float32).reshape(-1, self.architecture.channels)
        self._targets = torch.from_numpy(flat).to(self.device)

    def step(self, rate: float) -> tuple[float, float]:
        """One batch at learning rate ``rate``. Returns its mean loss and its mean square error."""
        texels = self._next_texels()
        shares = texels.chunk(len(self.parts))
        told = torch.stack(list(self._pool.map(self._part, self.parts, shares))).sum(dim=0) / len(texels)
        self.steps += 1
        self.samples += len(texels)
        if self.compiled:
            compiled.update(self.layers, self.gradients, rate, BETAS)
            self._update_table(rate)
        else:
            self._update(rate)
        loss, square = told.tolist()
        return loss, square

    def _update(self, rate: float) -> None:
        gradient = self.gradients.sum(dim=0, dtype=torch.float32)
        if self.loss_scale != 1.0:
            gradient /= self.loss_scale
        if self.settings.precision != "float32" and not bool(torch.isfinite(gradient.sum())):
            self.skipped += 1
            self.loss_scale = max(self.loss_scale / 2, _LOWEST_SCALE)
            return
        self.layers.update(gradient, rate, BETAS)
        self._update_table(rate)
        self._round_weights()

    def _start_table(self, grid: HashGrid) -> _Table:
        """tiny-cuda-nn's, where it is installed and can hold this grid, else our own."""
        generator = torch.Generator().manual_seed(self.settings.seed + 1)
        values = (2.0 * torch.rand(grid.entries, grid.features, generator=generator) - 1.0) * _TABLE_START
        if self.device.type == "cuda":
            from core.coordinate import tiny_cuda

            if tiny_cuda.can_hold(grid):
                return tiny_cuda.table(grid, values, self.device)  # pyright: ignore[reportReturnType]
        return _Table(values.to(self.device), codec.update_rows if self.compiled else kernels.update_rows)

    def _update_table(self, rate: float) -> None:
        table, reads = self.table, [part.reads for part in self.parts]
        if table is None:
            return
        if not self.compiled:
            table.update(reads, TABLE_RATE * rate, self.loss_scale)
            return
        # No row belongs to two levels, so that every thread can take some of them.
        assert self.architecture.grid is not None
        levels, count = self.architecture.grid.levels, len(self.parts)
        bounds = itertools.pairwise(levels * i // count for i in range(count + 1))
        shares = [[read.of_levels(*own) for read in reads if isinstance(read, CompiledReads)] for own in bounds]
        list(self._pool.map(lambda own: table.update(own, TABLE_RATE * rate, self.loss_scale), shares))

    def network(self, name: str) -> CoordinateNetwork:
        """The state of this moment."""
        weights, biases = ([tensor.cpu().numpy().copy() for tensor in both] for both in self._layer_views())
        table = None if self.table is None else self.table.values.cpu().numpy().copy()
        return CoordinateNetwork(
            name,
            self.architecture,
            tuple(weights),
            tuple(biases),
            table,
            self.width,
            self.height,
            self.steps_before + self.steps,
        )

    def _layer_views(self) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        return self.layers.weights, self.layers.biases

    def _take_over(self, start: CoordinateNetwork) -> None:
        for own, given in zip(self.layers.weights, start.weights, strict=True):
            own.copy_(torch.from_numpy(given))
        for own, given in zip(self.layers.biases, start.biases, strict=True):
            own.copy_(torch.from_numpy(given))
        if self.table is not None and start.table is not None:
            self.table.take(torch.from_numpy(start.table))
        self.steps_before = start.steps

    def _round_weights(self) -> None:
        """The copy of the master weights that is computed with."""
        if self.rounding:
            sixteen = _SIXTEEN[self.settings.precision]
            self.compute.copy_(self.layers.flat.to(sixteen))
        elif self.compute.dtype != self.dtype:
            self.compute = self.layers.flat.to(self.dtype)
        else:
            self.compute.copy_(self.layers.flat)

    def _make_parts(self) -> tuple[torch.Tensor, Sequence[_Part | CompiledPart]]:
        """What the threads work with, and their gradients [parts, parameters]."""
        cores = 1 if self.device.type != "cpu" else len(os.sched_getaffinity(0)) if _has_affinity() else os.cpu_count()
        count = max(1, min(cores or 1, MOST_PARTS, self.batch // LEAST_PART))
        gradients = torch.zeros(count, len(self.layers.flat), dtype=self.dtype, device=self.device)
        if self.compiled:
            shares = torch.zeros(self.batch).chunk(count)
            return gradients, [
                CompiledPart(self, own, len(share)) for own, share in zip(gradients, shares, strict=True)
            ]
        size, swish = -(-self.batch // count), self.settings.activation == "swish"
        self.compute = self.compute.to(self.dtype)
        return gradients, [_Part(self.layers, own, size, separate=swish) for own in gradients]

    def _next_texels(self) -> torch.Tensor:
        """The texels of a batch: the picture in random order, over and over."""
        while len(self._order) < self.batch:
            fresh = torch.randperm(self.width * self.height, generator=self._generator)
            self._order = torch.cat([self._order, fresh])
        texels, self._order = self._order[: self.batch], self._order[self.batch :]
        return texels.to(self.device)

    def _part(self, part: _Part | CompiledPart, texels: torch.Tensor) -> torch.Tensor:
        """Loss and squared error, summed; the gradients stay in the part."""
        if isinstance(part, CompiledPart):
            return part.passes(texels, self._targets)
        x, y = texels % self.width, torch.div(texels, self.width, rounding_mode="floor")
        if self.table is None:
            inputs = self.places.encoded(x, y)
        else:
            inputs, part.reads = self.table.read(self.places, x, y)
        inputs = inputs.to(self.dtype)
        if self.rounding:
            inputs = inputs.to(_SIXTEEN[self.settings.precision]).float()
        weights, biases = self.layers.views(self.compute)
        told, delta = forward_backward(
            inputs,
            self._targets.index_select(0, texels),
            weights,
            biases,
            part.weight_gradients,
            part.bias_gradients,
            part.cut(part.sums, len(texels)),
            part.cut(part.outputs, len(texels)),
            part.cut(part.deltas, len(texels)),
            ACTIVATIONS.index(self.settings.activation),
            LOSSES.index(self.settings.loss),
            self.loss_scale / self.batch,
            self.rounding,
            self.table is not None,
        )
        if part.reads is not None:
            part.reads.learn(delta)
        return told


class _Part:
    """Buffers of one thread's share of a batch."""

    def __init__(self, layers: Decoder, gradient: torch.Tensor, size: int, *, separate: bool) -> None:
        self.gradient, dtype, device = gradient, gradient.dtype, gradient.device
        self.weight_gradients, self.bias_gradients = layers.views(self.gradient)
        widths = [n_out for _, n_out in layers.shapes]
        self.sums = [torch.empty(size, width, dtype=dtype, device=device) for width in widths]
        self.outputs = [torch.empty_like(buffer) for buffer in self.sums] if separate else self.sums
        self.deltas = [torch.empty_like(buffer) for buffer in self.sums]
        self.reads: _Reads | None = None

    @staticmethod
    def cut(buffers: list[torch.Tensor], count: int) -> list[torch.Tensor]:
        return buffers if len(buffers[0]) == count else [buffer[:count] for buffer in buffers]


class _Reads:
    """What a part read of the table: ``rows`` int64 [n, 4, levels], and how much each counted."""

    def __init__(self, rows: torch.Tensor, shares: torch.Tensor, features: int) -> None:
        self.rows, self._shares, self._features = rows.reshape(-1), shares, features
        self.gradients = torch.zeros(0)

    def learn(self, delta: torch.Tensor) -> None:
        """Take the gradient of the features that were read, [n, levels · F]."""
        self.gradients = grid_gradients(delta, self._shares, self._features)


class _Table:
    """The hash table with Adam's mean squares, updated row by row as the codec's latents are."""

    def __init__(self, values: torch.Tensor, update_rows: Callable[..., None]) -> None:
        """``update_rows`` is the function of the codec's ``kernels`` or of its ``compiled`` of this name."""
        self.values, self._update_rows, device = values, update_rows, values.device
        self._second = torch.zeros_like(self.values)
        self._visits = torch.zeros(len(self.values), 1, device=device)
        self._slots = torch.zeros(len(self.values), dtype=torch.int64, device=device)

    def read(self, places: Places, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, _Reads]:
        """The features at texels, float32 [n, levels · F]."""
        rows, shares = places.corners(x, y)
        return grid_features(self.values, rows, shares), _Reads(rows, shares, self.values.size(1))

    def update(self, reads: Sequence[_Reads | CompiledReads | None], rate: float, scale: float) -> None:
        """``scale``: what the gradients were multiplied by."""
        rows = [read.rows for read in reads if read is not None]
        gradients = [read.gradients for read in reads if read is not None]
        if scale != 1.0:
            gradients = [gradient / scale for gradient in gradients]
        self._update_rows(self.values, self._second, self._visits, self._slots, rows, gradients, rate, TABLE_BETA)

    def take(self, values: torch.Tensor) -> None:
        self.values.copy_(values)


class Places:
    """What the columns and rows of a picture are encoded to."""

    def __init__(self, architecture: Architecture, width: int, height: int, device: torch.device) -> None:
        u = ((np.arange(width) + 0.5) / width).astype(np.float32)
        v = ((np.arange(height) + 0.5) / height).astype(np.float32)
        self._u, self._v = torch.from_numpy(u).to(device), torch.from_numpy(v).to(device)
        grid = architecture.grid
        if grid is None:
            self._columns, self._rows = (
                torch.from_numpy(encoded(architecture.encoding, architecture.values, x)).to(device) for x in (u, v)
            )
            return
        self._left, self._across = (torch.from_numpy(values).to(device) for values in grid.corners(u))
        self._top, self._down = (torch.from_numpy(values).to(device) for values in grid.corners(v))
        # Per level, and for both neighbours of a column or row: what a point's number in the table is made of.
        count = len(grid.grids)
        steps = torch.arange(2, device=device).view(1, 2, 1)
        columns, rows = self._left.unsqueeze(1) + steps, self._top.unsqueeze(1) + steps
        self._column_keys, self._row_keys = torch.empty_like(columns), torch.empty_like(rows)
        hashed = [level.hashed for level in grid.grids]
        for i, level in enumerate(grid.grids):
            self._column_keys[..., i] = columns[..., i]
            self._row_keys[..., i] = (rows[..., i] * PRIME) & 0xFFFFFFFF if hashed[i] else rows[..., i] * level.side
        self._dense = hashed.index(True) if any(hashed) else count
        self._entries = torch.tensor([level.entries for level in grid.grids], device=device)
        self._first = torch.tensor([level.first for level in grid.grids], device=device)

    def tables(self) -> tuple[np.ndarray, np.ndarray]:
        """What columns and rows are encoded to, float32 [N, values]."""
        return self._columns.numpy(), self._rows.numpy()

    def keys(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
        """For the hash grid: what a point's number in the table is made of, int64 [N, 2, levels], per column and row;
        how far beyond the lower point they lie, float32 [N, levels]; every level's entries and its first one; and how
        many levels are dense."""
        keys, shares = (self._column_keys, self._row_keys), (self._across, self._down)
        arrays = [tensor.contiguous().numpy() for tensor in (*keys, *shares, self._entries, self._first)]
        return (*arrays, self._dense)  # pyright: ignore[reportReturnType]

    def centres(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """u and v, float32 [n, 2]."""
        return torch.stack([self._u.index_select(0, x), self._v.index_select(0, y)], dim=1)

    def encoded(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.cat([self._columns.index_select(0, x), self._rows.index_select(0, y)], dim=1)

    def corners(self, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Rows of the table, int64 [n, 4, levels], and how much each counts, float32 alike."""
        columns = self._column_keys.index_select(0, x).unsqueeze(1)
        rows = self._row_keys.index_select(0, y).unsqueeze(2)
        dense = self._dense
        keys = torch.cat([columns[..., :dense] + rows[..., :dense], columns[..., dense:] ^ rows[..., dense:]], dim=3)
        keys = keys.remainder_(self._entries).add_(self._first)
        across, down = self._across.index_select(0, x), self._down.index_select(0, y)
        right = torch.stack([1.0 - across, across], dim=1).unsqueeze(1)
        lower = torch.stack([1.0 - down, down], dim=1).unsqueeze(2)
        return keys.flatten(1, 2), (right * lower).flatten(1, 2)


def _has_affinity() -> bool:
    return hasattr(os, "sched_getaffinity")
