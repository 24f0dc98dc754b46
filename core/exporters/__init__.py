"""Where a material can go: one module per destination, loaded when it is used.

An export is a job: ``export(target, source, folder, settings, control)`` yields events and ends with
``Finished(ExportResult)``. The source is the original texture set, or a neural texture, which is decoded as far as the
destination needs it.

A destination's module has one function, ``export(source, delivery, settings, control)``: a generator that yields
events, puts its files into the :class:`core.exporters.delivery.Delivery` and returns :class:`Remarks`. Bringing them
into the folder, together and only where they changed, is done here.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import InputError
from core.exporters import settings as of
from core.jobs import Control, Event, Finished
from core.jobs.settings import validate

if TYPE_CHECKING:
    from core.codec.neural_texture import NeuralTexture
    from core.textures.material import TextureSet

    Source = TextureSet | NeuralTexture


@dataclass(frozen=True)
class Remarks:
    """What an exporter says of its files. ``notes`` are sentences for people, for example that the normal map was
    turned over; ``psnr_db`` where the export itself loses quality."""

    notes: tuple[str, ...] = ()
    psnr_db: float | None = None


@dataclass(frozen=True)
class ExportResult:
    """``files`` are all files of the export, the main ones first: those that were ``written``, and those that were
    there already and are ``unchanged``. ``removed`` are files of an earlier export that are no part of it any more.
    ``notes`` and ``psnr_db`` as in :class:`Remarks`."""

    target: str
    folder: Path
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    psnr_db: float | None = None
    written: tuple[Path, ...] = ()
    unchanged: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Exporter:
    """One destination. ``title`` and ``sentence`` are for people; ``module`` has the function ``export``; ``settings``
    is the dataclass of what it may be asked. One that ``fits`` a model of its own does so from the source's maps and
    has the fields of :class:`core.exporters.settings.FittedSettings`."""

    name: str
    title: str
    sentence: str
    module: str
    settings: type
    fits: bool = False


TARGETS: dict[str, Exporter] = {
    exporter.name: exporter
    for exporter in (
        Exporter(
            "ue5",
            "Unreal Engine 5, importer",
            "Two feature grids as DDS and the network as NPZ, as the NeuralTextureTraining importer reads them.",
            "core.exporters.ue5",
            of.Ue5Settings,
            fits=True,
        ),
        Exporter(
            "unreal",
            "Unreal Engine 5.4",
            "The neural texture for an engine without changes: latents as DDS, the shader of a Custom node, and a "
            "script that imports the textures and builds the material.",
            "core.exporters.unreal",
            of.UnrealSettings,
        ),
        Exporter(
            "ios",
            "iOS and macOS",
            "A Core ML model of the neural texture, its shader in Metal with the latents, and ASTC textures to fall "
            "back on.",
            "core.exporters.ios",
            of.IosSettings,
        ),
        Exporter(
            "mtlx",
            "MaterialX",
            "A MaterialX document with a Standard Surface, and an image for each map.",
            "core.exporters.mtlx",
            of.MtlxSettings,
        ),
        Exporter(
            "usd",
            "USD",
            "A USD stage with a preview surface on a sphere, and an image for each map.",
            "core.exporters.usd",
            of.UsdSettings,
        ),
        Exporter(
            "bc",
            "BC textures (DDS)",
            "Block-compressed DDS files with all mip levels for desktop and consoles: BC7, BC5, BC4 and BC6H.",
            "core.exporters.bc",
            of.BcSettings,
        ),
        Exporter(
            "astc",
            "ASTC textures (KTX2)",
            "KTX 2.0 files with all mip levels for iOS and Android, in ASTC blocks of a size of your choice.",
            "core.exporters.astc",
            of.AstcSettings,
        ),
        Exporter(
            "gltf",
            "glTF (GLB)",
            "One GLB file with base colour, packed occlusion, roughness and metallic, normals and a preview shape.",
            "core.exporters.gltf",
            of.GltfSettings,
        ),
        Exporter(
            "images",
            "Image files",
            "The decoded maps under the source's file names, with their bit depth and channel layout, or packed by a "
            "layout of your own.",
            "core.exporters.images",
            of.ImagesSettings,
        ),
        Exporter(
            "npz",
            "Arrays (NPZ)",
            "Latents and decoder weights as plain arrays with a description, for your own tools.",
            "core.exporters.npz",
            of.NpzSettings,
        ),
        Exporter(
            "safetensors",
            "Arrays (safetensors)",
            "The same arrays in one file with its description inside.",
            "core.exporters.safetensors",
            of.SafetensorsSettings,
        ),
        Exporter(
            "shader",
            "Shader source",
            "The decoder as HLSL, Slang, GLSL or Metal, and the latents as raw textures, for your own engine.",
            "core.exporters.shader",
            of.ShaderSettings,
        ),
    )
}


def describe_targets() -> str:
    """The names of the targets there are, separated by commas."""
    return ", ".join(TARGETS)


def exporter(target: str) -> Exporter:
    """Raises InputError naming the targets there are."""
    if target in TARGETS:
        return TARGETS[target]
    raise InputError(f"There is no export target {target!r}; there are {describe_targets()}.")


def export(
    target: str,
    source: Source,
    folder: Path,
    settings: Any = None,
    control: Control | None = None,
) -> Iterator[Event]:
    """Write ``source`` for ``target`` into ``folder``, which is created if need be. ``settings`` is an object of the
    target's settings class.

    All files are written or, whatever happens before the end, none: an earlier export in the folder then stays as it
    was. Raises InputError for an unknown target, a setting out of range or a source that the target can't take,
    OutputError if the folder or a file can't be written or is somebody else's; Cancelled when the control says so.
    """
    from core.exporters.delivery import Delivery

    chosen = exporter(target)
    module = importlib.import_module(chosen.module)
    settings = chosen.settings() if settings is None else settings
    if not isinstance(settings, chosen.settings):
        raise TypeError(f"{target} takes {chosen.settings.__name__}, not {type(settings).__name__}")
    validate(settings)
    control = control or Control()
    with Delivery(folder, f"{target} {source.name}") as delivery:
        remarks: Remarks = yield from module.export(source, delivery, settings, control)
        delivery.commit(complete=not control.stop_requested)
    result = ExportResult(
        target,
        folder,
        delivery.files,
        remarks.notes,
        remarks.psnr_db,
        delivery.written,
        delivery.unchanged,
        delivery.removed,
    )
    yield Finished(result, stopped_early=control.stop_requested)


def as_neural_texture(source: Source, why: str) -> NeuralTexture:
    """The source, if it is a neural texture. Raises InputError with the reason ``why`` for maps."""
    from core.textures.material import TextureSet

    if isinstance(source, TextureSet):
        raise InputError(f"{source.name} has to be compressed first: {why}.")
    return source


def as_texture_set(source: Source) -> TextureSet:
    """The source's maps at full resolution; a neural texture is decoded."""
    from core.textures.material import TextureSet

    return source if isinstance(source, TextureSet) else source.decoded_set()
