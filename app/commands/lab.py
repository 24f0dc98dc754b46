"""``texloom lab``: a picture as a small network from uv to colour."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands import compressing, terminal
from app.commands.options import add_settings, report_path, settings_from
from core.coordinate import SUFFIX
from core.coordinate.dial import Dial, Transform
from core.coordinate.settings import LabSettings
from core.errors import Cancelled, InputError, OutputError
from core.exporters.networks import TARGETS, check_target, network_files, targets_named, write_network
from core.files import check_writable, write_json
from core.jobs import Control, describe

if TYPE_CHECKING:
    from core.coordinate.learn import LabResult
    from core.coordinate.network import CoordinateNetwork
    from core.coordinate.pictures import Picture

ANIMATIONS = ("png", "gif", "webp")
SAMPLE = "sample"


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "lab",
        help="train a small network that is a picture, and export it as shader text",
        description="Train a network from uv to colour on an image and write OUT/<image name>.texnet and what it shows "
        f"as OUT/<image name>.png. IMAGE is an image file, or “{SAMPLE}” for the built-in one.",
    )
    parser.add_argument("image", metavar="IMAGE", help=f"image file, or {SAMPLE}")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="OUT", help="folder for the results")
    parser.add_argument(
        "--transform",
        choices=[str(transform) for transform in Transform],
        default=str(Transform.IDENTITY),
        help="what the network is to show of the picture [default identity]",
    )
    going_on = parser.add_mutually_exclusive_group()
    going_on.add_argument(
        "--start", type=Path, metavar="FILE", help="train on from this network: .texnet, or a .json or .bin of RTXNS"
    )
    going_on.add_argument(
        "--resume", action="store_true", help="train on from OUT/<image name>.texnet where there is one"
    )
    add_settings(parser, LabSettings)
    parser.add_argument(
        "--export",
        metavar="TARGET[,TARGET…]",
        help=f"also write OUT/<target>/<image name>/; targets: {', '.join(TARGETS)}",
    )
    parser.add_argument("--animation", choices=ANIMATIONS, help="also write the frames of training as a moving picture")
    parser.add_argument("--report", type=Path, metavar="FILE.json", help="write figures and settings as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    settings = settings_from(options, LabSettings)
    targets = targets_named(options.export)
    report_path(options.report)
    output = compressing.check_output(options.output)
    began = time.perf_counter()
    picture = _picture(options.image)
    from core.coordinate.network import architecture_of

    kept = output / f"{picture.name}{SUFFIX}"
    start, notes = _start(options, kept)
    settings, more = _shaped(options, settings, start)
    architecture = architecture_of(settings, picture.pixels.shape[2] if settings.alpha else 3)
    others = [output / f"{picture.name}.png"]
    if options.animation:
        others.append(_animation_path(output, picture.name, options.animation))
    for target in targets:
        others += network_files(target, _export_path(output, picture.name, target), architecture)
    for target in targets:
        check_target(architecture, target)
    for path in (kept, *others):
        _check_place(path)
    _refuse_files_of_others(kept, others, options, picture)
    read_seconds = time.perf_counter() - began

    from core.coordinate.learn import LabInputs, learn

    control = Control()
    inputs = LabInputs(picture, Dial(Transform(options.transform)), start, options.animation is not None)
    for note in (*notes, *more):
        print(note, file=sys.stderr)
    try:
        finished = terminal.follow(picture.name, learn(inputs, settings, control), control)
    except Cancelled:
        print(f"{picture.name} was discarded; nothing was written.", file=sys.stderr)
        return 130
    report, failed = _written(finished.result, picture, output, targets, options.animation)
    report["seconds"] = {"read": round(read_seconds, 3), **report["seconds"]}
    report["notices"] = [*notes, *more, *report["notices"]]
    if options.report:
        write_json(options.report, report)
        print(f"Report → {options.report}")
    if finished.stopped_early:
        print(f"Stopped early; what it had learned is kept in {kept}.", file=sys.stderr)
        return 130
    return 1 if failed else 0


def _picture(image: str) -> Picture:
    from core.coordinate.pictures import read_picture, sample_picture

    if image == SAMPLE and not Path(image).exists():
        return sample_picture()
    return read_picture(Path(image))


def _animation_path(output: Path, name: str, kind: str) -> Path:
    return output / f"{name}-training.{kind}"


def _export_path(output: Path, name: str, target: str) -> Path:
    return output / target / name / f"{name}{TARGETS[target].suffix}"


def _refuse_files_of_others(kept: Path, others: list[Path], options: argparse.Namespace, picture: Picture) -> None:
    """``kept`` is the network that is written, ``others`` what is written beside it. Raises OutputError for one that
    is read by this run, would be written twice or is there without having been made by an earlier run."""
    report = [] if options.report is None else [options.report]
    for path in (kept, *others, *report):
        if picture.path is not None and _same(path, picture.path):
            raise OutputError(f"{path} is the picture itself; choose another folder.", path)
        if options.start is not None and _same(path, options.start):
            raise OutputError(
                f"{path} is the network to start from; choose another folder, or train it on with --resume.", path
            )
    for path in report:
        if any(_same(path, other) for other in (kept, *others)):
            raise OutputError(f"The report {path} would be written over what is exported; choose another name.", path)
    if not kept.exists():
        for path in others:
            if path.exists():
                raise OutputError(
                    f"{path} is there already and is no earlier result, because {kept.name} is missing; choose another "
                    "folder.",
                    path,
                )


def _check_place(path: Path) -> None:
    """Raises OutputError now for a file that could not be written after the training."""
    if path.is_dir():
        raise OutputError(f"{path} can't be written: it is a folder.", path)
    check_writable(path.parent)


def _same(a: Path, b: Path) -> bool:
    """Whether both are one file, whatever it is called."""
    if a.exists() and b.exists():
        return a.samefile(b)
    return a.resolve() == b.resolve()


def _start(options: argparse.Namespace, before: Path) -> tuple[CoordinateNetwork | None, list[str]]:
    from core.coordinate import network_file

    if options.start is not None:
        return network_file.read_any(options.start), []
    if not options.resume:
        return None, []
    if before.exists():
        return network_file.read(before), []
    return None, ["There is no network to train on from; started from the beginning."]


def _shaped(
    options: argparse.Namespace, settings: LabSettings, start: CoordinateNetwork | None
) -> tuple[LabSettings, list[str]]:
    """The settings with the shape of the network that is trained on."""
    if start is None:
        return settings, []
    from core.coordinate.network_file import settings_of

    shaped = settings_of(start, settings)
    lost = [
        field.option
        for field in describe(LabSettings)
        if getattr(options, field.name) is not None and getattr(shaped, field.name) != getattr(settings, field.name)
    ]
    if start.architecture.channels == 3:
        shaped = dataclasses.replace(shaped, alpha=False)
    return shaped, [f"The network's own shape is kept, not {', '.join(lost)}."] if lost else []


def _written(
    result: LabResult, picture: Picture, output: Path, targets: tuple[str, ...], animation: str | None
) -> tuple[dict[str, Any], bool]:
    """Write everything and say so; the report's content, and whether something else than the network is missing."""
    from core.coordinate import network_file
    from core.coordinate.animation import write_animation
    from core.coordinate.pictures import as_in_file
    from core.textures.images import write_image

    began = time.perf_counter()
    report = dict(result.report)
    path = output / f"{picture.name}{SUFFIX}"
    size = network_file.write(result.network, path)
    write_image(output / f"{picture.name}.png", as_in_file(result.shown, picture), picture.bit_depth)
    print(
        f"{picture.name}: {compressing.quality_text(report['psnr_db'])}, {report['parameters']:,} parameters, "
        f"{report['multiply_adds_per_pixel']:,} multiply-adds a pixel → {path}"
    )
    # The network is there already; what can't be written may not take the rest with it.
    failed = False
    for target in targets:
        place = _export_path(output, picture.name, target)
        failed |= not _tried(target, place.parent, partial(write_network, result.network, target, place), report)
    if animation is not None:
        moving = _animation_path(output, picture.name, animation)
        failed |= not _tried("animation", moving, partial(write_animation, moving, result.frames), report)
    report["bytes"] = size
    report["bits_per_texel"] = 8 * size / (picture.width * picture.height)
    report["seconds"] = {**report["seconds"], "write": round(time.perf_counter() - began, 3)}
    return report, failed


def _tried(what: str, place: Path, write: Callable[[], object], report: dict[str, Any]) -> bool:
    """Write, and say where to or why not, in the report too."""
    try:
        write()
    except InputError as error:
        report["notices"] = [*report["notices"], str(error)]
        print(f"  {what}: {error}", file=sys.stderr)
        return False
    print(f"  {what} → {place}")
    return True
