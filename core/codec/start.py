"""A closed-form start: the latents begin as the leading principal components of their cells' texels.

Every latent of a grid owns the patch of texels around it. The patches' principal components (Pearson 1901)
are the best linear code for them, so training starts from a blurred but recognisable picture instead of noise.
"""

from __future__ import annotations

import numpy as np

from core.codec.sampling import Floats

_PATCHES = 16384


def principal_components(image: Floats, height: int, width: int, features: int, seed: int, sigmas: float) -> Floats:
    """Latents [height, width, features] in [−1, 1] for an image [H, W, C].

    ``sigmas`` is how many standard deviations of a component fill the range. If a patch has fewer components
    than ``features``, the rest begin as small noise.
    """
    patches = _patches(image, height, width)
    rng = np.random.default_rng(seed)
    chosen = patches
    if len(patches) > _PATCHES:
        chosen = patches[rng.choice(len(patches), _PATCHES, replace=False)]
    mean = chosen.mean(axis=0)
    centred = (chosen - mean).astype(np.float64)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    count = min(features, patches.shape[1])
    basis = vectors[:, ::-1][:, :count]
    spread = np.sqrt(np.maximum(values[::-1][:count], 1e-12))
    codes = (patches - mean) @ (basis / (spread * sigmas)).astype(np.float32)
    latents = rng.uniform(-0.1, 0.1, (len(patches), features)).astype(np.float32)
    latents[:, :count] = codes
    return np.clip(latents, -1.0, 1.0).reshape(height, width, features)


def _patches(image: Floats, height: int, width: int) -> Floats:
    """[height · width, P] patches of equal size around each latent; sizes that don't divide are resampled."""
    ph = max(1, round(image.shape[0] / height))
    pw = max(1, round(image.shape[1] / width))
    rows = (np.arange(height * ph) * image.shape[0]) // (height * ph)
    columns = (np.arange(width * pw) * image.shape[1]) // (width * pw)
    if image.shape[:2] != (height * ph, width * pw):
        image = image[rows][:, columns]
    blocks = image.reshape(height, ph, width, pw, -1).transpose(0, 2, 1, 3, 4)
    return blocks.reshape(height * width, -1)
