"""Procedural studios: high-dynamic-range environments of soft boxes, neutral in colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Radiance = NDArray[np.float32]
"""Linear radiance, H × 2H × 3; row 0 is straight up, the middle column is -z."""


@dataclass(frozen=True)
class SoftBox:
    """A rectangular light far away. ``azimuth`` degrees to the right of +z (where the camera stands by default),
    ``elevation`` above the horizon, ``width`` and ``height`` in degrees, ``roll`` in degrees, ``power`` the radiance
    in its middle; ``falloff`` the share by which the rim is darker; ``edge`` the softness of the rim in degrees."""

    azimuth: float
    elevation: float
    width: float
    height: float
    power: float
    falloff: float = 0.45
    edge: float = 1.6
    roll: float = 0.0


def directions(width: int, height: int) -> NDArray[np.float64]:
    """Unit vectors of the texel centres of an equirectangular map, H × W × 3."""
    phi = ((np.arange(width) + 0.5) / width - 0.5) * 2.0 * np.pi
    theta = (np.arange(height) + 0.5) / height * np.pi
    sin, cos = np.sin(theta)[:, None], np.cos(theta)[:, None]
    return np.stack([sin * np.sin(phi), np.broadcast_to(cos, (height, width)), -sin * np.cos(phi)], axis=2)


def _box_radiance(box: SoftBox, direction: NDArray[np.float64]) -> NDArray[np.float64]:
    azimuth, elevation, roll = np.radians([box.azimuth, box.elevation, box.roll])
    middle = np.array([np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)])
    right = np.array([np.cos(azimuth), 0.0, -np.sin(azimuth)])
    up = np.cross(middle, right)
    right, up = np.cos(roll) * right + np.sin(roll) * up, np.cos(roll) * up - np.sin(roll) * right
    depth = direction @ middle
    facing = depth > 1e-3
    safe = np.where(facing, depth, 1.0)
    half = np.tan(np.radians([box.width, box.height]) / 2.0)
    x, y = direction @ right / safe, direction @ up / safe
    corner = 0.22 * half.min()
    outside = np.hypot(np.maximum(np.abs(x) - half[0] + corner, 0.0), np.maximum(np.abs(y) - half[1] + corner, 0.0))
    inside = np.minimum(np.maximum(np.abs(x) - half[0], np.abs(y) - half[1]) + corner, 0.0)
    distance = outside + inside - corner
    edge = np.tan(np.radians(box.edge))
    mask = np.clip(0.5 - distance / edge, 0.0, 1.0)
    mask = mask * mask * (3.0 - 2.0 * mask)
    rim = np.clip(np.hypot(x / half[0], y / half[1]) / np.sqrt(2.0), 0.0, 1.0)
    return np.where(facing, box.power * (1.0 - box.falloff * rim**1.5) * mask, 0.0)


def _room(direction: NDArray[np.float64], floor: float, wall: float, ceiling: float) -> NDArray[np.float64]:
    """Smooth indirect light of the room: dark floor, brighter walls and ceiling."""
    y = direction[..., 1]
    up = np.clip(y, 0.0, 1.0)
    down = np.clip(-y, 0.0, 1.0)
    return wall + (ceiling - wall) * up**0.8 + (floor - wall) * (1.0 - np.exp(-3.0 * down))


def soft_box_studio(height: int = 512) -> Radiance:
    """A large key at the upper left, a wide dim fill at the right, strips behind for rims, and a panel above."""
    direction = directions(2 * height, height)
    light = _room(direction, floor=0.13, wall=0.20, ceiling=0.28)
    for box in (
        SoftBox(-44.0, 36.0, 44.0, 46.0, power=20.0, roll=-8.0),
        SoftBox(68.0, 12.0, 30.0, 76.0, power=2.2, falloff=0.6, edge=3.0),
        SoftBox(146.0, 22.0, 14.0, 92.0, power=12.0, edge=2.0),
        SoftBox(-138.0, 14.0, 12.0, 96.0, power=8.0, edge=2.0),
        SoftBox(24.0, 76.0, 40.0, 20.0, power=4.0, falloff=0.5, edge=3.0),
        SoftBox(10.0, -38.0, 110.0, 40.0, power=0.32, falloff=0.9, edge=30.0),
    ):
        light = light + _box_radiance(box, direction)
    return _neutral(light)


def strip_studio(height: int = 512) -> Radiance:
    """Long bright strips in a dark room: shows roughness and small dents like a car photographer's hall."""
    direction = directions(2 * height, height)
    light = _room(direction, floor=0.05, wall=0.12, ceiling=0.16)
    for azimuth in (-84.0, -28.0, 28.0, 84.0):
        light = light + _box_radiance(SoftBox(azimuth, 34.0, 10.0, 54.0, power=10.0, falloff=0.25, edge=1.2), direction)
    for azimuth in (-132.0, 132.0):
        light = light + _box_radiance(SoftBox(azimuth, 8.0, 10.0, 100.0, power=8.0, falloff=0.3, edge=1.5), direction)
    light = light + _box_radiance(SoftBox(0.0, -38.0, 120.0, 36.0, power=0.35, falloff=0.9, edge=30.0), direction)
    return _neutral(light)


def overcast_dome(height: int = 512) -> Radiance:
    """An overcast sky over a mid-grey ground: even light that hides nothing and flatters nothing."""
    direction = directions(2 * height, height)
    y = direction[..., 1]
    # Luminance of the standard overcast sky rises threefold from horizon to zenith (Moon & Spencer, 1942).
    sky = (1.0 + 2.0 * np.clip(y, 0.0, 1.0)) / 3.0 * 1.9
    ground = 0.32 - 0.10 * np.clip(-y, 0.0, 1.0)
    horizon = np.clip(y / 0.12 + 0.5, 0.0, 1.0)
    horizon = horizon * horizon * (3.0 - 2.0 * horizon)
    light = ground + (sky - ground) * horizon
    veiled_sun = np.array([-0.45, 0.72, 0.53])
    toward = np.clip(direction @ (veiled_sun / np.linalg.norm(veiled_sun)), 0.0, 1.0)
    return _neutral(light + 3.5 * toward**60 + 0.8 * toward**6)


def _neutral(light: NDArray[np.float64]) -> Radiance:
    return np.repeat(light[..., None], 3, axis=2).astype(np.float32)


STUDIOS: dict[str, tuple[str, Callable[[], Radiance]]] = {
    "studio": ("Soft-box studio", soft_box_studio),
    "strips": ("Strip lights", strip_studio),
    "overcast": ("Overcast sky", overcast_dome),
}
"""Name → label and recipe of the built-in environments."""
