"""An orbiting perspective camera."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating]


@dataclass(frozen=True)
class OrbitCamera:
    """Looks at ``target`` from ``yaw`` (degrees to the right of +z) and ``pitch`` (degrees above the horizon).

    ``zoom`` 1 fits a sphere of radius ``fit_radius`` into the picture, whatever its aspect. ``fov`` is the vertical
    field of view in degrees of a picture that is at least as wide as high: a long lens, as product photographs use.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    zoom: float = 1.0
    target: tuple[float, float, float] = (0.0, 0.0, 0.0)
    fov: float = 24.0
    fit_radius: float = 1.0
    margin: float = 1.12

    def orbit(self, yaw: float, pitch: float) -> OrbitCamera:
        return replace(self, yaw=(self.yaw + yaw) % 360.0, pitch=min(max(self.pitch + pitch, -89.0), 89.0))

    def zoomed(self, factor: float) -> OrbitCamera:
        return replace(self, zoom=min(max(self.zoom * factor, 0.2), 40.0))

    def panned(self, right: float, up: float) -> OrbitCamera:
        """Move the target in the picture plane by shares of the picture's height (at the target's distance)."""
        rotation = self._rotation()
        height = 2.0 * self.distance(1.0) * math.tan(math.radians(self.fov) / 2.0)
        moved = np.asarray(self.target) - height * (right * rotation[0] + up * rotation[1])
        limit = 4.0 * self.fit_radius
        x, y, z = np.clip(moved, -limit, limit)
        return replace(self, target=(float(x), float(y), float(z)))

    def distance(self, aspect: float) -> float:
        """Distance of the eye from the target for a picture of this width / height."""
        half = math.radians(self.fov) / 2.0
        if aspect < 1.0:
            half = math.atan(math.tan(half) * aspect)
        return self.fit_radius * self.margin / math.sin(half) / self.zoom

    def _rotation(self) -> Matrix:
        yaw, pitch = math.radians(self.yaw), math.radians(self.pitch)
        back = np.array(
            [math.sin(yaw) * math.cos(pitch), math.sin(pitch), math.cos(yaw) * math.cos(pitch)], dtype=np.float64
        )
        right = np.array([math.cos(yaw), 0.0, -math.sin(yaw)])
        return np.stack([right, np.cross(back, right), back])

    def eye(self, aspect: float) -> Matrix:
        return np.asarray(self.target) + self._rotation()[2] * self.distance(aspect)

    def view_projection(self, aspect: float, shift: tuple[float, float] = (0.0, 0.0)) -> Matrix:
        """World to clip space, 4 × 4, for column vectors. ``shift`` moves the picture by clip units (jitter)."""
        rotation = self._rotation()
        view = np.eye(4)
        view[:3, :3] = rotation
        view[:3, 3] = -rotation @ self.eye(aspect)
        distance = self.distance(aspect)
        near = max(distance - 3.0 * self.fit_radius, 0.01 * self.fit_radius)
        far = distance + 6.0 * self.fit_radius
        scale = 1.0 / math.tan(math.radians(self.fov) / 2.0)
        projection = np.array(
            [
                [scale / aspect, 0.0, -shift[0], 0.0],
                [0.0, scale, -shift[1], 0.0],
                [0.0, 0.0, (far + near) / (near - far), 2.0 * far * near / (near - far)],
                [0.0, 0.0, -1.0, 0.0],
            ]
        )
        return projection @ view
