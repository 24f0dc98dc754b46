"""Small pictures of a material lit by one lamp, in numpy: thumbnails, and the two guesses of a normal map.

Cheap enough for a hundred of them; the real view is the viewport's.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from core.textures.material import NormalConvention, Pixels
from core.textures.roles import ROLE_INFO, Role

FloatArray = NDArray[np.floating]

# From the upper left, towards the viewer; x right, y up, z out of the picture.
LIGHT = np.array([-0.5, 0.62, 0.6], np.float32) / np.float32(np.linalg.norm([-0.5, 0.62, 0.6]))
HALF = (LIGHT + np.array([0, 0, 1], np.float32)) / np.float32(np.linalg.norm(LIGHT + np.array([0, 0, 1], np.float32)))


def shrink(pixels: Pixels, size: int) -> Pixels:
    """``pixels`` (H × W × C) reduced so that the longer side has about ``size`` texels: block means where it
    divides, nearest texels for the rest. Never enlarged."""
    step = max(1, max(pixels.shape[:2]) // size)
    height, width = pixels.shape[0] // step * step, pixels.shape[1] // step * step
    if step == 1 or not height or not width:
        return pixels
    # Every texel of 8K maps would take long: at most 4 × 4 samples of each block are averaged.
    inner = max(1, step // 4)
    blocks = pixels[:height, :width].reshape(height // step, step, width // step, step, -1)
    return blocks[:, ::inner, :, ::inner].mean(axis=(1, 3), dtype=np.float32)


def lit_plane(
    normal: Pixels, convention: NormalConvention, albedo: Pixels | None = None, size: int = 96, window: int = 224
) -> QImage:
    """The middle of a normal map, ``window`` texels wide, as a plane of ``size`` px lit from the upper left."""
    normal, albedo = _middle(normal, window), None if albedo is None else _middle(albedo, window)
    normal = shrink(normal, size)
    directions = _directions(normal, convention)
    base = np.full((*normal.shape[:2], 3), 0.42, np.float32)
    if albedo is not None:
        small = shrink(albedo, size)
        if small.shape[:2] == normal.shape[:2]:
            # Mostly grey: colour must not hide which way the light falls.
            base = 0.32 + 0.16 * _linear(small[..., :3])
    return to_image(_encode(_shade(directions, base, np.float32(0.55), np.float32(0.0))))


def lit_sphere(maps: Mapping[Role, Pixels], convention: NormalConvention, size: int = 96) -> QImage:
    """A ball of the material on a transparent ground, ``size`` px square."""
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(axis, -axis)
    radius = np.sqrt(x * x + y * y)
    edge = np.clip((0.985 - radius) * size / 2, 0.0, 1.0)
    z = np.sqrt(np.clip(1 - x * x - y * y, 0.0, 1.0))
    u = np.arctan2(x, z + 1e-6) / np.pi * 0.9 + 0.5
    v = 0.5 - np.arcsin(np.clip(y, -1, 1)) / np.pi * 0.9

    def sample(role: Role) -> FloatArray | None:
        pixels = maps.get(role)
        if pixels is None:
            return None
        small = shrink(pixels, size * 2)
        rows = (v * small.shape[0]).astype(int) % small.shape[0]
        columns = (u * small.shape[1]).astype(int) % small.shape[1]
        return small[rows, columns]

    def scalar(role: Role) -> FloatArray:
        found = sample(role)
        return np.full(x.shape, ROLE_INFO[role].neutral[0], np.float32) if found is None else found[..., 0]

    albedo = sample(Role.ALBEDO)
    base = np.full((*x.shape, 3), 0.3, np.float32) if albedo is None else _linear(albedo[..., :3])
    normal = sample(Role.NORMAL)
    around = np.stack([x, y, z], axis=2)
    if normal is not None:
        local = _directions(normal, convention)
        tangent = np.stack([z, np.zeros_like(x), -x], axis=2)
        tangent /= np.linalg.norm(tangent, axis=2, keepdims=True) + 1e-6
        up = np.cross(around, tangent)
        around = local[..., :1] * tangent + local[..., 1:2] * up + local[..., 2:] * around
        around /= np.linalg.norm(around, axis=2, keepdims=True) + 1e-6
    color = _shade(around, base, scalar(Role.ROUGHNESS)[..., None], scalar(Role.METALLIC)[..., None])
    color *= scalar(Role.OCCLUSION)[..., None] * 0.6 + 0.4
    emissive = sample(Role.EMISSIVE)
    if emissive is not None:
        color = color + _linear(emissive[..., :3])
    return to_image(np.concatenate([_encode(color), edge[..., None]], axis=2))


def map_image(pixels: Pixels, size: int = 64) -> QImage:
    """One map as it is stored, ``size`` px at its longer side; one channel becomes grey."""
    small = shrink(pixels, size)
    if small.shape[2] == 2:
        small = np.concatenate([small, np.zeros_like(small[..., :1])], axis=2)
    return to_image(np.repeat(small, 3, axis=2) if small.shape[2] == 1 else small[..., :3])


def to_image(values: FloatArray) -> QImage:
    """H × W × 3 or 4 in [0, 1], display-encoded, as a picture that owns its memory."""
    data = np.ascontiguousarray(np.nan_to_num(np.clip(values, 0.0, 1.0)) * 255.0 + 0.5).astype(np.uint8)
    height, width, channels = data.shape
    kind = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    # The picture only points at the bytes: they have to live until it is copied.
    raw = data.tobytes()
    return QImage(raw, width, height, width * channels, kind).copy()


def _middle(pixels: Pixels, window: int) -> Pixels:
    top, left = max(0, (pixels.shape[0] - window) // 2), max(0, (pixels.shape[1] - window) // 2)
    return pixels[top : top + window, left : left + window]


def _directions(normal: Pixels, convention: NormalConvention) -> FloatArray:
    """Unit vectors, y up, from a stored normal map with two or three channels."""
    xy = normal[..., :2] * 2 - 1
    if convention is NormalConvention.DIRECTX:
        xy = xy * np.array([1, -1], np.float32)
    z = np.sqrt(np.clip(1 - (xy * xy).sum(axis=2, keepdims=True), 0.0, 1.0))
    return np.concatenate([xy, z], axis=2)


def _shade(
    directions: FloatArray, base: FloatArray, roughness: FloatArray | np.float32, metallic: FloatArray | np.float32
) -> FloatArray:
    """One lamp (Lambert and Blinn-Phong) and a soft sky; linear in, linear out."""
    lambert = np.clip(directions @ LIGHT, 0.0, 1.0)[..., None]
    sky = (0.22 + 0.16 * directions[..., 1:2]) + 0.05
    power = 2.0 / np.clip(roughness, 0.12, 1.0) ** 4
    glint = np.clip(directions @ HALF, 0.0, 1.0)[..., None] ** power * np.minimum((power + 8) / 25, 6.0)
    specular = 0.04 * (1 - metallic) + base * metallic
    diffuse = base * (1 - metallic)
    return diffuse * (lambert * 1.5 + sky) + specular * (glint * 1.2 * (lambert > 0) + sky * 1.6 + 0.25 * lambert)


def _linear(encoded: FloatArray) -> FloatArray:
    return np.clip(encoded, 0.0, 1.0) ** 2.2


def _encode(linear: FloatArray) -> FloatArray:
    return np.clip(linear, 0.0, 1.0) ** (1 / 2.2)
