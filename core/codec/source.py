"""A texture set as the trainer sees it."""

from __future__ import annotations

import hashlib

import numpy as np

from core.codec import metrics
from core.codec.neural_texture import StoredMap
from core.textures.material import TextureSet
from core.textures.roles import Role


class LearnedChannels:
    """The material as the trainer sees it: channels to be learned side by side, constant ones set apart."""

    def __init__(self, material: TextureSet) -> None:
        self.material = material
        stored, learned, owners = [], [], []
        for m in material.maps:
            constants: list[float | None] = []
            for channel in range(m.channels):
                values = m.pixels[..., channel]
                if float(values.min()) == float(values.max()):
                    constants.append(float(values.flat[0]))
                else:
                    constants.append(None)
                    learned.append(values)
                    owners.append(m.role)
            stored.append(StoredMap(m.role, m.file, m.bit_depth, tuple(constants)))
        self.maps = tuple(stored)
        self.owners = tuple(owners)
        shape = (material.height, material.width, len(learned))
        self.image = np.stack(learned, axis=2) if learned else np.zeros(shape, np.float32)

    @property
    def channels(self) -> int:
        return self.image.shape[2]

    def map_errors(self, errors: np.ndarray) -> tuple[float, dict[str, float]]:
        """Mean square errors per learned channel → set PSNR and PSNR per role."""
        sums: dict[Role, float] = dict.fromkeys((m.role for m in self.maps), 0.0)
        for role, error in zip(self.owners, errors, strict=True):
            sums[role] += float(error)
        per_map = {m.role.value: bounded(metrics.psnr_from_mse(sums[m.role] / len(m.constants))) for m in self.maps}
        return bounded(metrics.psnr_from_mse(sum(sums.values()) / self.material.channels)), per_map

    def fingerprint(self) -> str:
        """Changes when the pixels or their roles do."""
        digest = hashlib.blake2b(np.ascontiguousarray(self.image).data, digest_size=12)
        digest.update(repr([(m.role.value, m.file, m.constants) for m in self.maps]).encode())
        return digest.hexdigest()


def bounded(psnr: float) -> float:
    """Plots can't show infinity."""
    return min(psnr, 99.0)
