"""What a map of a material means, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    ALBEDO = "albedo"
    NORMAL = "normal"
    ROUGHNESS = "roughness"
    OCCLUSION = "occlusion"
    METALLIC = "metallic"
    SPECULAR = "specular"
    DISPLACEMENT = "displacement"
    OPACITY = "opacity"
    EMISSIVE = "emissive"


class NormalConvention(StrEnum):
    """Which way the green channel of a normal map grows."""

    OPENGL = "opengl"
    """+Y up: green grows towards the top of the picture."""
    DIRECTX = "directx"
    """+Y down."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RoleInfo:
    """``channels`` a map of this role has; ``srgb`` if its values are display-encoded colour; ``neutral`` is
    the value per channel that a renderer uses where the map is missing."""

    label: str
    channels: int
    srgb: bool
    neutral: tuple[float, ...]


ROLE_INFO: dict[Role, RoleInfo] = {
    Role.ALBEDO: RoleInfo("Albedo", 3, True, (0.5, 0.5, 0.5)),
    Role.NORMAL: RoleInfo("Normal", 3, False, (0.5, 0.5, 1.0)),
    Role.ROUGHNESS: RoleInfo("Roughness", 1, False, (0.5,)),
    Role.OCCLUSION: RoleInfo("Occlusion", 1, False, (1.0,)),
    Role.METALLIC: RoleInfo("Metallic", 1, False, (0.0,)),
    Role.SPECULAR: RoleInfo("Specular", 1, False, (0.5,)),
    Role.DISPLACEMENT: RoleInfo("Displacement", 1, False, (0.5,)),
    Role.OPACITY: RoleInfo("Opacity", 1, False, (1.0,)),
    Role.EMISSIVE: RoleInfo("Emissive", 3, True, (0.0, 0.0, 0.0)),
}

MAX_CHANNELS = 16
