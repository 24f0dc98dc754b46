"""The compression job: a texture set in, a ``.texloom`` file, its report and a stream of events out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.codec.settings import CompressSettings
from core.jobs import Control, Event, Slot
from core.textures.material import Pixels, TextureSet
from core.textures.roles import Role

if TYPE_CHECKING:
    from core.codec.neural_texture import NeuralTexture


@dataclass(frozen=True)
class Preview:
    """The decoded maps of a moment during training; pixels as in :class:`TextureMap`, mip 0."""

    step: int
    psnr_db: float
    maps: Mapping[Role, Pixels]


@dataclass(frozen=True)
class CompressResult:
    """What :class:`core.jobs.Finished` carries. ``report`` is the report file's content."""

    path: Path
    texture: NeuralTexture
    report: Mapping[str, Any]


def compress(
    material: TextureSet,
    settings: CompressSettings,
    output: Path,
    control: Control,
    slot: Slot[Preview] | None = None,
    *,
    resume: bool = False,
) -> Iterator[Event]:
    """Compress ``material`` into ``output/<name>.texloom``.

    Yields Started, Progress, Metrics, Notice, Checkpoint and at last Finished(CompressResult). A checkpoint
    lies beside the file as ``<name>.texloom-run`` until the run has finished; ``resume`` goes on from it.

    Raises InputError or OutputError before anything is written; Cancelled when the control says so.
    """
    raise NotImplementedError
