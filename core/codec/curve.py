"""The whole rate-quality curve of a material as one job: the same material at several sizes, each kept as a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.codec.compress import compress
from core.codec.settings import CompressSettings, CurveSettings
from core.errors import InputError
from core.files import check_writable, write_json
from core.jobs import Control, Event, Finished, Metrics, Notice, Progress, Started
from core.jobs.settings import validate
from core.textures.material import TextureSet


@dataclass(frozen=True)
class CurvePoint:
    """One size: the container at ``path`` and its whole ``report``."""

    bpp: float
    path: Path
    report: dict[str, Any]


@dataclass(frozen=True)
class CurveResult:
    """``path`` is the JSON file with all points, smallest first."""

    path: Path
    points: tuple[CurvePoint, ...]


def curve(material: TextureSet, settings: CurveSettings, output: Path, control: Control) -> Iterator[Event]:
    """Compress ``material`` at every size into ``output/<size>/<name>.texloom``, and ``output/<name>-curve.json``.

    Yields what compressing yields, with the progress of the whole, and at last Finished(CurveResult). A stop keeps the
    sizes that are done. Raises InputError, OutputError before anything is written; Cancelled.
    """
    validate(settings)
    if settings.high <= settings.low:
        raise InputError(f"--high must be larger than --low, but {settings.high:g} is not more than {settings.low:g}.")
    check_writable(output)
    yield Started(f"{material.name}, {settings.points} sizes")
    points: list[CurvePoint] = []
    stopped = False
    for number, bpp in enumerate(settings.sizes):
        budget = None if settings.time_budget is None else max(1.0, settings.time_budget / settings.points)
        own = CompressSettings(
            bpp=bpp, preset=settings.preset, time_budget=budget, device=settings.device, seed=settings.seed
        )
        for event in compress(material, own, output / f"{bpp:g}", control):
            match event:
                case Progress():
                    stage = f"{bpp:g} bits per texel: {event.stage}"
                    yield Progress((number + event.fraction) / settings.points, stage)
                case Finished():
                    result, stopped = event.result, event.stopped_early
                    points.append(CurvePoint(bpp, result.path, dict(result.report)))
                case Metrics() | Notice():
                    yield event
                case _:
                    pass
        if stopped:
            break
    path = output / f"{material.name}-curve.json"
    keys = ("bits_per_texel", "vram_bits_per_texel", "bytes", "psnr_db", "maps", "mips", "seconds")
    entries = [
        {"asked": p.bpp, "file": p.path.relative_to(output).as_posix(), **{key: p.report[key] for key in keys}}
        for p in points
    ]
    write_json(
        path,
        {"schema": 1, "material": material.name, "settings": dataclasses.asdict(settings), "points": entries},
    )
    yield Finished(CurveResult(path, tuple(points)), stopped_early=stopped)
