"""What can be chosen of a picture: plain values, for those who name them without drawing."""

from __future__ import annotations

from enum import StrEnum

DEFAULT_ENVIRONMENT = "studio"


class CompareMode(StrEnum):
    SPLIT = "split"
    WIPE = "wipe"
    DIFFERENCE = "difference"
    A = "a"
    B = "b"
    FLIP = "flip"


class ToneMapping(StrEnum):
    NONE = "none"
    NEUTRAL = "neutral"
    ACES = "aces"
    FILMIC = "filmic"


class Background(StrEnum):
    GREY = "grey"
    ENVIRONMENT = "environment"


class Relief(StrEnum):
    """How the height map is shown: not at all, by where the eye's ray meets it, or by moving vertices. A mesh from a
    file can't be displaced, as its surface would tear wherever its unwrapping is cut: it gets the parallax instead."""

    OFF = "off"
    PARALLAX = "parallax"
    DISPLACEMENT = "displacement"


class Opacity(StrEnum):
    """What opacity between 0 and 1 does: cut at one half, let through its share, or one of them by what the map
    holds (see :attr:`renderers.material_textures.MaterialTextures.opacity_is_mask`)."""

    AUTO = "auto"
    MASK = "mask"
    BLEND = "blend"


class Filter(StrEnum):
    """How texels are blended: not at all, four decoded ones, or one of those around by chance, which many samples
    average to a trilinear read (Pharr et al. 2024)."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    STOCHASTIC = "stochastic"


_SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "software", "microsoft basic", "gdi generic")


def is_software_renderer(name: str) -> bool:
    """Whether the renderer that OpenGL calls so draws on the processor."""
    return any(each in name.lower() for each in _SOFTWARE)
