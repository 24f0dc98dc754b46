"""What the viewport shows and how: plain values that can be compared and remembered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.textures.roles import Role
from renderers.choices import DEFAULT_ENVIRONMENT, Background, CompareMode, Filter, Opacity, Relief, ToneMapping

LOWEST_GAIN = 1.0
HIGHEST_GAIN = 64.0
MOST_TILES = 5
LOWEST_MIP = 12


class ViewMode(StrEnum):
    MATERIAL = "3d"
    PICTURE = "2d"


class Sampler(StrEnum):
    """Where the 3D view has a neural texture's texels from: textures decoded beforehand, or its latents, which the
    shader decodes as an engine would."""

    TEXTURE = "texture"
    NEURAL = "neural"


@dataclass(frozen=True)
class ViewportOptions:
    """What is chosen in the bar and the menus.

    ``wipe``: place of the line, 0 to 1, ``wipe_angle`` in degrees. ``false_color`` of the difference. ``channel``: one
    map alone; None is the whole material in 3D and its first map in 2D. ``component``: in 2D one of r, g, b, a (a
    shows the opacity map), empty for all. ``shape``: a name of :class:`renderers.shapes.Shape` or a mesh file.
    ``mip``: the level that is shown; whoever gives the maps has to give those of this level. ``show_mips`` colours
    levels, ``show_seams`` marks seams that got worse in B. ``environment``: a built-in studio or a panorama file.
    ``rotation`` of the light in degrees, ``exposure`` in stops, ``displacement`` as a share of one repeat's size.
    ``part`` of a mesh that wears the material, empty for all. ``filtering`` is how the neural ``sampler`` blends.
    ``label_a``, ``label_b``: the names of the sides, empty for original and result.
    """

    mode: ViewMode = ViewMode.MATERIAL
    compare: CompareMode = CompareMode.SPLIT
    gain: float = 8.0
    wipe: float = 0.5
    wipe_angle: float = 0.0
    false_color: bool = False
    channel: Role | None = None
    component: str = ""
    shape: str = "sphere"
    tiling: int = 1
    half_offset: bool = False
    mip: int = 0
    show_mips: bool = False
    show_seams: bool = False
    environment: str | Path = DEFAULT_ENVIRONMENT
    rotation: float = 0.0
    exposure: float = 0.0
    displacement: float = 0.02
    relief: Relief = Relief.DISPLACEMENT
    opacity: Opacity = Opacity.AUTO
    part: str = ""
    tone_mapping: ToneMapping = ToneMapping.NEUTRAL
    background: Background = Background.GREY
    background_blur: float = 0.35
    sampler: Sampler = Sampler.TEXTURE
    filtering: Filter = Filter.STOCHASTIC
    label_a: str = ""
    label_b: str = ""


@dataclass(frozen=True)
class PixelReading:
    """The pixel under the mouse: column ``x`` and row ``y`` of the map, ``uv`` of its middle, the values of both
    sides in file encoding (floats in [0, 1]; None where a side is missing), the same as 8-bit integers, and for a
    normal map the angle between the two in degrees."""

    role: Role
    x: int
    y: int
    uv: tuple[float, float]
    a: tuple[float, ...] | None
    b: tuple[float, ...] | None
    a_8bit: tuple[int, ...] | None
    b_8bit: tuple[int, ...] | None
    angle_deg: float | None
