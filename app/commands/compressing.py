"""One material from its maps to the container, the exports and the report; ``compress``, ``batch`` and the
demonstration share it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands import terminal
from app.paths import export_presets_folder
from core.codec.baseline_sets import BASELINES, EQUAL_SIZE
from core.codec.settings import CompressSettings
from core.errors import Cancelled, InputError, OutputError
from core.exporters import ExportResult, describe_targets, exporter
from core.exporters.presets import ExportPreset, find
from core.files import check_writable
from core.jobs import Control, Event, Finished, Metrics, Progress
from widgets.units import size_text

if TYPE_CHECKING:
    from core.codec.baselines import BaselineResult
    from core.codec.compress import CompressResult
    from core.textures.material import TextureSet

FITTING_SHARE = 0.2
FITTING_SECONDS = 15.0
"""A time budget leaves this share, and not more than these seconds, to a target with a model of its own."""


@dataclass(frozen=True)
class Request:
    """What to do with each material; ``output`` is the folder of the container, ``targets`` and ``baselines`` are
    checked names, ``preset`` tells what the targets are asked."""

    settings: CompressSettings
    output: Path
    targets: tuple[str, ...] = ()
    baselines: tuple[str, ...] = ()
    resume: bool = False
    tensorboard: Path | None = None
    preset: ExportPreset | None = None


@dataclass
class Outcome:
    """What came of one material. ``report`` is the contract's report; ``stopped`` if the user ended it early."""

    name: str
    path: Path
    report: dict[str, Any]
    exports: list[ExportResult] = field(default_factory=list)
    baselines: list[BaselineResult] = field(default_factory=list)
    stopped: bool = False

    def line(self) -> str:
        report = self.report
        return (
            f"{self.name}: {quality_text(report['psnr_db'])} at {report['bits_per_texel']:.2f} bits/texel, "
            f"{size_text(report['bytes'])} → {self.path}"
        )


def quality_text(value: float | None) -> str:
    return "exact" if value is None or value == float("inf") else f"{value:.2f} dB"


def checked_targets(text: str | None) -> tuple[str, ...]:
    """``a,b`` as names of targets. Raises InputError for one that doesn't exist."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if text is not None and not names:
        raise InputError(f"--export needs a target: {describe_targets()}.")
    for name in names:
        exporter(name)
    return tuple(dict.fromkeys(names))


def checked_preset(name: str | None, targets: Sequence[str]) -> ExportPreset | None:
    """The preset of this name. Raises InputError if there is none, or none of the targets is among what it is for."""
    if name is None:
        return None
    if not targets:
        raise InputError("--export-preset needs --export with the targets that it is for.")
    preset = find(name, export_presets_folder())
    concerned = [target for target in targets if target in preset.targets]
    for target in concerned or targets:
        preset.settings(target)
    return preset


def describe_baselines() -> str:
    """The names of the baselines there are, separated by commas."""
    return ", ".join((*BASELINES, *EQUAL_SIZE))


def checked_baselines(text: str | None) -> tuple[str, ...]:
    """``a,b`` as names of baselines. Raises InputError for one that doesn't exist."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if text is not None and not names:
        raise InputError(f"--baseline needs a name: {describe_baselines()}.")
    for name in names:
        if name not in BASELINES and name not in EQUAL_SIZE:
            raise InputError(f"There is no baseline {name!r}; there are {describe_baselines()}.")
    return tuple(dict.fromkeys(names))


def check_output(folder: Path) -> Path:
    """Raises OutputError for what can't become a folder or be written into, without creating it."""
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"The output {folder} is a file; give a folder.", folder)
    check_writable(folder)
    return folder


def compress_one(
    read: Callable[[], TextureSet], name: str, request: Request, control: Control | None = None
) -> Outcome:
    """Read, compress, export. Raises TexloomError, Cancelled."""
    from core.codec.compress import compress

    control = control or Control()
    settings = request.settings
    listeners = [scalars_listener(request.tensorboard / name)] if request.tensorboard else []
    began = time.perf_counter()
    material = read()
    read_seconds = time.perf_counter() - began

    job = compress(material, codec_settings(request), request.output, control, resume=request.resume)
    finished = terminal.follow(name, job, control, listeners)
    result: CompressResult = finished.result
    report = dict(result.report)
    report["settings"] = {**report.get("settings", {})}
    if settings.time_budget is not None:
        report["settings"]["time_budget"] = settings.time_budget
    report["seconds"] = {**report.get("seconds", {}), "read": round(read_seconds, 3)}
    outcome = Outcome(name, result.path, report, stopped=finished.stopped_early)

    for target in request.targets:
        if outcome.stopped or control.stop_requested:
            outcome.stopped = True
            break
        # What is fitted starts from the source, not from a decoded copy of it; everything else shows the result.
        source = material if exporter(target).fits else result.texture
        folder = request.output / target / name
        export_settings = settings_for_export(target, request, report)
        outcome.exports.append(run_export(target, source, folder, export_settings, f"{name}, {target}", control))
        outcome.stopped = control.stop_requested
    if request.baselines and not outcome.stopped:
        measure_baselines(material, request.baselines, outcome, control)
    return outcome


def measure_baselines(material: TextureSet, names: Sequence[str], outcome: Outcome, control: Control) -> None:
    """Put them into the outcome and its report, beside one that the run was matched with. What the user stops is left
    out; what is written already stays."""
    there = list(outcome.report.get("baselines", ()))
    for name in names:
        if any(entry["name"] == name for entry in there):
            continue
        job = _baseline_job(material, name, int(outcome.report["bytes"]), control)
        try:
            outcome.baselines.append(terminal.follow(f"{outcome.name}, {name}", job, control).result)
        except Cancelled:
            outcome.stopped = True
            break
    outcome.report["baselines"] = [*there, *(result.report for result in outcome.baselines)]


def _baseline_job(material: TextureSet, name: str, size_bytes: int, control: Control) -> Iterator[Event]:
    if name in BASELINES:
        from core.codec.baselines import BaselineSettings, baseline

        yield from baseline(material, BaselineSettings(name), control)
    else:
        from core.codec import equal_size

        yield Progress(0.0, "Searching")
        yield Finished(equal_size.measure(name, material, size_bytes, control))


def run_export(target: str, source: Any, folder: Path, settings: Any, title: str, control: Control) -> ExportResult:
    """Export with progress. Plain images don't overwrite files of others."""
    from core.exporters import export

    finished: Finished = terminal.follow(title, export(target, source, folder, settings, control), control)
    return finished.result


def codec_settings(request: Request) -> CompressSettings:
    """What remains of an explicit time budget for the codec when a target is fitted within it."""
    budget = request.settings.time_budget
    if budget is None or not any(exporter(target).fits for target in request.targets):
        return request.settings
    return dataclasses.replace(request.settings, time_budget=max(1.0, budget - fitting_seconds(budget)))


def fitting_seconds(budget: float) -> float:
    return min(FITTING_SECONDS, FITTING_SHARE * budget)


def settings_for_export(target: str, request: Request, report: dict[str, Any]) -> Any:
    """What the preset says of the target. A fitted model gets the rate of the container and, of an explicit budget,
    what the codec has left."""
    preset = request.preset if request.preset is not None and target in request.preset.targets else None
    changes = _for_fitting(request.settings, report) if exporter(target).fits else {}
    return preset.settings(target, changes) if preset is not None else exporter(target).settings(**changes)


def _for_fitting(settings: CompressSettings, report: dict[str, Any]) -> dict[str, Any]:
    given = (settings.target_psnr, settings.max_bytes, settings.match)
    by_rate = all(value is None for value in given) and not settings.target_maps
    bpp = settings.bpp if by_rate else min(max(float(report["bits_per_texel"]), 0.5), 80.0)
    changes: dict[str, Any] = {"bpp": bpp, "device": settings.device}
    if settings.time_budget is not None:
        left = settings.time_budget - float(report["seconds"].get("train", 0.0))
        changes["time_budget"] = max(1.0, left)
    return changes


def scalars_listener(folder: Path) -> Callable[[Event], None]:
    """Writes loss and PSNR as TensorBoard scalars, at the end PSNR and SSIM of every mip level too.

    Raises InputError if the package isn't installed.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise InputError(
            "--tensorboard needs the tensorboard package; install it with: pip install tensorboard"
        ) from error
    writer = SummaryWriter(str(folder))

    def listen(event: Event) -> None:
        match event:
            case Metrics():
                writer.add_scalar("loss", event.loss, event.step)
                writer.add_scalar("psnr_db/all", event.psnr_db, event.step)
                for role, value in event.map_psnr_db.items():
                    writer.add_scalar(f"psnr_db/{role}", value, event.step)
            case Finished():
                # Lower levels cost a decode each: they are measured once, at the end.
                step = int(event.result.report["steps"])
                for level in event.result.report["mips"]:
                    for metric in ("psnr_db", "ssim"):
                        if level[metric] is not None:
                            writer.add_scalar(f"{metric}/lod {level['level']}", level[metric], step)
                writer.close()
            case _:
                pass

    return listen


def combined_report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The report file: of one material the contract's object, of several a list of them."""
    if len(outcomes) == 1:
        return outcomes[0].report
    return {"schema": 1, "materials": [outcome.report for outcome in outcomes]}
