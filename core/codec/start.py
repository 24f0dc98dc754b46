"""A closed-form start: the latents begin as the leading principal components of their cells' texels.

Every latent of a grid owns the patch of texels around it. The patches' principal components (Pearson 1901)
are the best linear code for them, so training starts from a blurred but recognisable picture instead of noise.
"""

from __future__ import annotations

import numpy as np

from core.codec.sampling import Floats
from core.codec.targets import Image

_PATCHES = 16384
_BAND_TEXELS = 1 << 18
_MOST_SAMPLES = 4
"""Along a side of a patch. A coarse grid is there for what is smooth, and components of larger patches take seconds."""


def principal_components(image: Image, height: int, width: int, features: int, seed: int, sigmas: float) -> Floats:
    """Latents [height, width, features] in [−1, 1] for an image [H, W, C].

    ``sigmas`` is how many standard deviations of a component fill the range. If a patch has fewer components
    than ``features``, the rest begin as small noise.
    """
    rng = np.random.default_rng(seed)
    total = height * width
    picks = np.sort(rng.choice(total, _PATCHES, replace=False)) if total > _PATCHES else np.arange(total)
    edges = range(0, height, max(1, _BAND_TEXELS * height // (image.shape[0] * image.shape[1])))
    bands = [(top, min(top + edges.step, height)) for top in edges]
    own = [picks[(picks >= top * width) & (picks < end * width)] - top * width for top, end in bands]
    parts = [_patches(image, height, width, *band)[index] for band, index in zip(bands, own, strict=True)]
    chosen = np.concatenate(parts)
    mean = chosen.mean(axis=0)
    centred = (chosen - mean).astype(np.float64)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    count = min(features, chosen.shape[1])
    basis = vectors[:, ::-1][:, :count]
    spread = np.sqrt(np.maximum(values[::-1][:count], 1e-12))
    basis = (basis / (spread * sigmas)).astype(np.float32)
    latents = np.empty((height, width, features), np.float32)
    for top, end in bands:
        codes = (_patches(image, height, width, top, end) - mean) @ basis
        latents[top:end, :, :count] = codes.reshape(end - top, width, count)
    latents[..., count:] = rng.uniform(-0.1, 0.1, (height, width, features - count))
    return np.clip(latents, -1.0, 1.0, out=latents)


def _patches(image: Image, height: int, width: int, top: int, end: int) -> Floats:
    """[rows · width, P] patches of equal size around each latent of the rows ``top`` … ``end`` of ``height`` rows.

    A patch has at most 4 × 4 samples, means of the texels there; sizes that don't divide are resampled.
    """
    down, rows_each = _samples(image.shape[0] / height)
    across, columns_each = _samples(image.shape[1] / width)
    ph, pw = down * rows_each, across * columns_each
    rows = (np.arange(top * ph, end * ph) * image.shape[0]) // (height * ph)
    texels = image[rows]
    if image.shape[1] != width * pw:
        texels = texels[:, (np.arange(width * pw) * image.shape[1]) // (width * pw)]
    blocks = texels.reshape(end - top, down, rows_each, width, across, columns_each, -1)
    # Short axes: adding their slices up is many times faster than a mean over them.
    tall = sum((blocks[:, :, i] for i in range(1, rows_each)), blocks[:, :, 0])
    means = sum((tall[..., j, :] for j in range(1, columns_each)), tall[..., 0, :])
    if rows_each * columns_each > 1:
        means /= np.float32(rows_each * columns_each)
    return means.transpose(0, 2, 1, 3, 4).reshape((end - top) * width, -1)


def _samples(texels: float) -> tuple[int, int]:
    """How many samples a patch has along one axis, and how many texels are averaged for each."""
    whole = max(1, round(texels))
    each = -(-whole // _MOST_SAMPLES)
    return min(whole, _MOST_SAMPLES), each
