"""A texture set as the trainer sees it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property

import numpy as np

from core.codec import metrics
from core.codec.neural_texture import StoredMap
from core.codec.targets import TargetMap, Targets
from core.codec.transform import IDENTITY, choose
from core.textures.material import Pixels, TextureMap, TextureSet
from core.textures.mips import halved
from core.textures.roles import ROLE_INFO, Role


class LearnedChannels:
    """The material as the trainer sees it: channels to be learned side by side, constant ones set apart."""

    def __init__(self, material: TextureSet) -> None:
        self.material = material
        stored: list[StoredMap] = []
        owners: list[Role] = []
        for m in material.maps:
            constants = tuple(_constant(m.pixels[..., channel]) for channel in range(m.channels))
            transform = choose(m.role, m.pixels) if None in constants else IDENTITY
            stored.append(StoredMap(m.role, m.file, m.bit_depth, constants, transform))
            owners += [m.role] * constants.count(None)
        self.maps = tuple(stored)
        self.owners = tuple(owners)
        self.notices = (*material.notices, *filter(None, map(_about_range, material.maps, stored)))

    @property
    def channels(self) -> int:
        return len(self.owners)

    @property
    def image(self) -> Targets:
        """Mip 0 of the learned channels."""
        return self._targets([m.pixels for m in self.material.maps])

    def levels(self) -> Iterator[Targets]:
        """The learned channels of every mip level, level 0 first. Lower levels are means of file values."""
        pixels = [m.pixels for m in self.material.maps]
        for level in range(self.material.mip_levels):
            if level:
                pixels = [halved(p) for p in pixels]
            yield self._targets(pixels)

    def _targets(self, pixels: list[Pixels]) -> Targets:
        learned = [tuple(i for i, value in enumerate(m.constants) if value is None) for m in self.maps]
        maps = [TargetMap(p, own, m.transform) for m, p, own in zip(self.maps, pixels, learned, strict=True) if own]
        height, width = pixels[0].shape[:2]
        return Targets(height, width, maps)

    def map_errors(self, errors: np.ndarray) -> tuple[float, dict[str, float]]:
        """Mean square errors per learned channel → set PSNR and PSNR per role, on the scale that is learned."""
        sums: dict[Role, float] = dict.fromkeys((m.role for m in self.maps), 0.0)
        for role, error in zip(self.owners, errors, strict=True):
            sums[role] += float(error)
        per_map = {m.role.value: bounded(metrics.psnr_from_mse(sums[m.role] / len(m.constants))) for m in self.maps}
        return bounded(metrics.psnr_from_mse(sum(sums.values()) / self.material.channels)), per_map

    def fingerprint(self) -> str:
        """Changes when the pixels or their roles do."""
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        digest = hashlib.blake2b(digest_size=12)
        for m in self.material.maps:
            digest.update(np.ascontiguousarray(m.pixels).data)
        digest.update(repr([(m.role.value, m.file, m.constants) for m in self.maps]).encode())
        return digest.hexdigest()


def _constant(values: Pixels) -> float | None:
    """The value that all texels of a channel have; None if there are several."""
    low, high = float(values.min()), float(values.max())
    return low if low == high else None


def _about_range(source: TextureMap, stored: StoredMap) -> str:
    """What people should know about a map that goes beyond [0, 1]; empty for all others."""
    transform = stored.transform
    if (transform.low, transform.high) == (0.0, 1.0):
        return ""
    label = ROLE_INFO[source.role].label.lower()
    learned = ", and it is learned on a logarithmic curve" if transform.curve else ""
    return (
        f"{source.file} ({label}) holds values from {transform.low:.4g} to {transform.high:.4g}: its PSNR is "
        f"relative to that range{learned}."
    )


def bounded(psnr: float) -> float:
    """Plots can't show infinity."""
    return min(psnr, 99.0)
