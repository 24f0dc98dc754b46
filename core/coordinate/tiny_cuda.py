"""The hash encoding by tiny-cuda-nn (Müller 2021), which is not on the package index: used where somebody built it."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Sequence
from typing import Any

import torch

from core.coordinate.encodings import HashGrid

_BETAS = (0.9, 0.99)
_EPSILON = 1e-15

_log = logging.getLogger(__name__)


def can_hold(grid: HashGrid) -> bool:
    """Whether it is installed, works and knows this number of features, and lays the table out as we do."""
    if importlib.util.find_spec("tinycudann") is None or grid.features not in (1, 2, 4):
        return False
    try:
        return _encoding(grid).params.numel() == grid.entries * grid.features
    except Exception as error:
        # Built for another GPU, driver or torch it raises whatever its author chose; our own encoding does the same.
        _log.warning("tiny-cuda-nn is installed but can't be used (%s: %s)", type(error).__name__, error)
        return False


def table(grid: HashGrid, start: torch.Tensor, device: torch.device) -> TinyCudaTable:
    return TinyCudaTable(_encoding(grid), start, device)


def _encoding(grid: HashGrid) -> Any:
    growth = (max(grid.finest, grid.coarsest) / grid.coarsest) ** (1.0 / max(grid.levels - 1, 1))
    shape = {
        "otype": "HashGrid",
        "n_levels": grid.levels,
        "n_features_per_level": grid.features,
        "log2_hashmap_size": grid.table_bits,
        "base_resolution": grid.coarsest,
        "per_level_scale": growth,
    }
    return importlib.import_module("tinycudann").Encoding(2, shape, dtype=torch.float32)


class TinyCudaTable:
    """Stands where the trainer's own table does; there is one part on a GPU, so one read at a time."""

    def __init__(self, encoding: Any, start: torch.Tensor, device: torch.device) -> None:
        self._encoding = encoding.to(device)
        self._shape = start.shape
        self._optimizer = torch.optim.Adam(self._encoding.parameters(), betas=_BETAS, eps=_EPSILON)
        self.take(start)

    @property
    def values(self) -> torch.Tensor:
        """float32 [entries, features]."""
        return self._encoding.params.detach().float().view(self._shape)

    def take(self, values: torch.Tensor) -> None:
        with torch.no_grad():
            self._encoding.params.copy_(values.reshape(-1))

    def read(self, places: Any, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, _Read]:
        features = self._encoding(places.centres(x, y)).float()
        return features.detach(), _Read(features)

    def update(self, reads: Sequence[_Read | None], rate: float, scale: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._encoding.params.grad.div_(scale)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)


class _Read:
    def __init__(self, features: torch.Tensor) -> None:
        self._features = features

    def learn(self, delta: torch.Tensor) -> None:
        self._features.backward(delta.float())
