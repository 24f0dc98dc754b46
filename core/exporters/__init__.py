"""Where a material can go: one module per destination, loaded when it is used.

An export is a job: ``export(target, source, folder, settings, control)`` yields events and ends with
``Finished(ExportResult)``. The source is the original texture set, or a neural texture, which is decoded as far as the
destination needs it.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError
from core.files import make_folder
from core.jobs import Control, Event, setting
from core.jobs.settings import validate

if TYPE_CHECKING:
    from core.codec.neural_texture import NeuralTexture
    from core.textures.material import TextureSet

    Source = TextureSet | NeuralTexture


@dataclass(frozen=True)
class ExportSettings:
    """What an exporter may be asked; each uses what concerns it."""

    bpp: float = setting(
        5.0, "Size of a model that is fitted for the export.", unit="bits/texel", low=0.5, high=80.0, expert=True
    )
    time_budget: float = setting(
        60.0,
        "The longest time that fitting a model for the export may take.",
        unit="s",
        low=1.0,
        high=86400.0,
        expert=True,
    )
    wrap: float = setting(
        0.0,
        "How firmly opposite edges of a fitted model's grids are held together, so that no seam shows when the engine "
        "repeats them; 0 leaves them alone, 10 is firm.",
        low=0.0,
        high=1000.0,
        expert=True,
    )
    device: str = setting(
        "auto", "Where to fit; auto takes a GPU if there is one.", choices=("auto", "cpu", "cuda", "mps"), expert=True
    )
    format: str = setting(
        "png", "File format of exported images; PNG files of float maps become EXR.", choices=("png", "tiff", "exr")
    )


@dataclass(frozen=True)
class ExportResult:
    """``files`` are what was written, the main ones first; ``notes`` are sentences for people, for example that the
    normal map was turned over; ``psnr_db`` where the export itself loses quality."""

    target: str
    folder: Path
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    psnr_db: float | None = None


@dataclass(frozen=True)
class Exporter:
    """One destination. ``title`` and ``sentence`` are for people; ``module`` has the function ``export``."""

    name: str
    title: str
    sentence: str
    module: str


TARGETS: dict[str, Exporter] = {
    exporter.name: exporter
    for exporter in (
        Exporter(
            "ue5",
            "Unreal Engine 5",
            "Two feature grids as DDS and the network as NPZ, as the NeuralTextureTraining importer reads them.",
            "core.exporters.ue5",
        ),
        Exporter(
            "images",
            "Image files",
            "The decoded maps under the source's file names, with their bit depth and channel layout.",
            "core.exporters.images",
        ),
        Exporter(
            "npz",
            "Arrays (NPZ)",
            "Latents and decoder weights as plain arrays with a description, for your own tools.",
            "core.exporters.npz",
        ),
    )
}

PLANNED = ("bc", "astc", "ios", "gltf", "mtlx")
"""Targets of the command line's contract that don't exist yet."""


def describe_targets() -> str:
    """The names of the targets there are, separated by commas."""
    return ", ".join(TARGETS)


def exporter(target: str) -> Exporter:
    """Raises InputError naming the targets there are."""
    if target in TARGETS:
        return TARGETS[target]
    if target in PLANNED:
        raise InputError(f"The export target {target} doesn't exist yet; there are {describe_targets()}.")
    raise InputError(f"There is no export target {target!r}; there are {describe_targets()}.")


def export(
    target: str,
    source: Source,
    folder: Path,
    settings: ExportSettings | None = None,
    control: Control | None = None,
) -> Iterator[Event]:
    """Write ``source`` for ``target`` into ``folder``, which is created if need be.

    Raises, before anything is written, InputError for an unknown target, a setting out of range or a source that the
    target can't take, and OutputError if the folder can't be made; Cancelled when the control says so.
    """
    module = importlib.import_module(exporter(target).module)
    settings = settings or ExportSettings()
    validate(settings)
    make_folder(folder)
    yield from module.export(source, folder, settings, control or Control())


def as_texture_set(source: Source) -> TextureSet:
    """The source's maps at full resolution; a neural texture is decoded."""
    from core.textures.material import TextureSet

    return source if isinstance(source, TextureSet) else source.decoded_set()
