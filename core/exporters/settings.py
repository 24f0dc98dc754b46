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


NORMALS = ("source", "opengl", "directx")
_NORMALS = "Convention of the normal map: as in the source, OpenGL (+Y up), or DirectX (+Y down)."
_NAMES = "Names of the files; {material} and {role} are filled in."


@dataclass(frozen=True)
class BcSettings:
    normals: str = setting("source", _NORMALS, choices=NORMALS)
    masks: str = setting(
        "packed",
        "Occlusion, roughness and metallic packed into the channels of one BC7 texture, or one BC4 texture each.",
        choices=("packed", "single"),
    )
    opacity: str = setting(
        "alpha",
        "Opacity in the alpha channel of the albedo, or a texture of its own.",
        choices=("alpha", "single"),
    )
    names: str = setting("{material}_{role}", _NAMES, expert=True)


ASTC_BLOCKS = ("4x4", "5x5", "6x6", "8x8", "10x10", "12x12")


@dataclass(frozen=True)
class AstcSettings:
    block: str = setting(
        "6x6",
        "Texels in a block of 128 bits: 4x4 is best, 12x12 smallest; 8, 5.12, 3.56, 2, 1.28 or 0.89 bits per texel.",
        choices=ASTC_BLOCKS,
    )
    normal_block: str = setting("4x4", "The same for the normal map, where errors show most.", choices=ASTC_BLOCKS)
    normals: str = setting("source", _NORMALS, choices=NORMALS)
    normal_channels: str = setting(
        "xyz",
        "X, Y and Z, which every shader reads; or only X in red and Y in alpha, which are closer to the source.",
        choices=("xyz", "xy"),
    )
    masks: str = setting(
        "packed",
        "Occlusion, roughness and metallic packed into the channels of one texture, or one texture each.",
        choices=("packed", "single"),
    )
    opacity: str = setting(
        "alpha", "Opacity in the alpha channel of the albedo, or a texture of its own.", choices=("alpha", "single")
    )
    zstd: bool = setting(
        False, "Compress the files once more with Zstandard: smaller downloads, unpacked when they are loaded."
    )
    names: str = setting("{material}_{role}", _NAMES, expert=True)


@dataclass(frozen=True)
class UnrealSettings:
    """There is nothing to choose."""


@dataclass(frozen=True)
class ImagesSettings:
    format: str = setting(
        "png",
        "File format; float maps become EXR where it is PNG or TGA, and TGA has 8 bits.",
        choices=("png", "tiff", "exr", "tga"),
    )
    depth: str = setting(
        "source",
        "Bits per channel: those of the source, or the same for all files.",
        choices=("source", "8", "16", "32"),
    )
    normals: str = setting("source", _NORMALS, choices=NORMALS)
    layout: str = setting(
        "",
        "Files and their channels, as in: {material}_ORM = occlusion roughness metallic; {material}_Color = albedo "
        "+opacity. Empty: those of the source.",
        expert=True,
    )
    names: str = setting(
        "",
        "Names of the source's files; {material} and {role} are filled in. Empty: as they were.",
        expert=True,
    )


@dataclass(frozen=True)
class GltfSettings:
    shape: str = setting("sphere", "What carries the material in the file.", choices=("sphere", "plane"))


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
