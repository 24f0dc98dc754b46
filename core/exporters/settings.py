"""What each target may be asked: one dataclass a target, from which form, command-line options and presets are made.

Plain data, so that the command line can name them without loading what they are used by.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.jobs import setting


@dataclass(frozen=True)
class FittedSettings:
    """Of a target with a model of its own, which is fitted for the export."""

    bpp: float = setting(
        5.0, "Size of the model that is fitted for the export.", unit="bits/texel", low=0.5, high=80.0, expert=True
    )
    time_budget: float = setting(
        60.0,
        "The longest time that fitting the model may take.",
        unit="s",
        low=1.0,
        high=86400.0,
        expert=True,
    )
    device: str = setting(
        "auto", "Where to fit; auto takes a GPU if there is one.", choices=("auto", "cpu", "cuda", "mps"), expert=True
    )


@dataclass(frozen=True)
class Ue5Settings(FittedSettings):
    wrap: float = setting(
        0.0,
        "How firmly opposite edges of the fitted model's grids are held together, so that no seam shows when the "
        "engine repeats them; 0 leaves them alone, 10 is firm.",
        low=0.0,
        high=1000.0,
        expert=True,
    )


@dataclass(frozen=True)
class UnrealSettings:
    """There is nothing to choose."""


@dataclass(frozen=True)
class ImagesSettings:
    format: str = setting(
        "png", "File format; PNG and TGA files of float maps become EXR.", choices=("png", "tiff", "exr")
    )


@dataclass(frozen=True)
class IosSettings:
    fallback: str = setting(
        "astc",
        "Textures for what can't run the decoder, in ASTC blocks with the settings of the target astc, or none.",
        choices=("astc", "none"),
    )


_DISPLACEMENT = "Height of the relief from black to white, in units of the scene."


@dataclass(frozen=True)
class MtlxSettings:
    displacement: float = setting(0.05, _DISPLACEMENT, low=0.0, high=1000.0)


@dataclass(frozen=True)
class UsdSettings:
    displacement: float = setting(0.05, _DISPLACEMENT, low=0.0, high=1000.0)


@dataclass(frozen=True)
class NpzSettings:
    """There is nothing to choose."""


@dataclass(frozen=True)
class SafetensorsSettings:
    """There is nothing to choose."""


@dataclass(frozen=True)
class ShaderSettings:
    language: str = setting("hlsl", "Language of the shader.", choices=("hlsl", "slang", "glsl", "metal"))
    weights: str = setting(
        "constants",
        "The decoder's weights as constants in the text, which is quickest, or in a buffer of their own, so that "
        "textures of the same layout share one shader.",
        choices=("constants", "buffer"),
        expert=True,
    )
