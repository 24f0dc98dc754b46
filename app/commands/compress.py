"""``texloom compress``: texture sets to ``.texloom`` files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.commands import compressing, materials
from app.commands.options import add_settings, report_path, settings_from
from core.codec.settings import CompressSettings
from core.errors import Cancelled
from core.exporters import describe_targets
from core.files import write_json


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "compress",
        help="compress the maps of a material into one .texloom file",
        description="Compress the maps of a material into OUT/<material name>.texloom. An INPUT is a folder, an image "
        "file, or a manifest (.json) that names files and roles.",
    )
    parser.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="folder, image files or a manifest")
    add_options(parser)
    parser.set_defaults(run=run)


def add_options(parser: argparse.ArgumentParser) -> None:
    """What ``compress`` and ``batch`` have in common."""
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="OUT", help="folder for the results")
    add_settings(parser, CompressSettings, exclusive=("bpp", "target_psnr", "max_bytes", "match"))
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted run where there is one")
    parser.add_argument(
        "--export",
        metavar="TARGET[,TARGET…]",
        help=f"also export to OUT/<target>/<material name>/; targets: {describe_targets()}",
    )
    parser.add_argument(
        "--export-preset",
        metavar="NAME",
        help="what the exported files are for: a preset's name, or a .json file of one",
    )
    parser.add_argument(
        "--baseline",
        metavar="NAME[,NAME…]",
        help="also measure what would be shipped otherwise and put it into the report; jpeg and downsampled get the "
        f"size of the file: {compressing.describe_baselines()}",
    )
    parser.add_argument("--report", type=Path, metavar="FILE.json", help="write sizes, qualities and settings as JSON")
    parser.add_argument("--tensorboard", type=Path, metavar="DIR", help="write training curves for TensorBoard")


def request_from(options: argparse.Namespace) -> compressing.Request:
    """Everything that the options alone can have wrong is found here. Raises InputError."""
    settings = settings_from(options, CompressSettings)
    targets = compressing.checked_targets(options.export)
    preset = compressing.checked_preset(options.export_preset, targets)
    baselines = compressing.checked_baselines(options.baseline)
    report_path(options.report)
    output = compressing.check_output(options.output)
    return compressing.Request(settings, output, targets, baselines, options.resume, options.tensorboard, preset)


def run(options: argparse.Namespace) -> int:
    request = request_from(options)
    plans = materials.plans(options.inputs)
    done: list[compressing.Outcome] = []
    stopped = False
    for number, plan in enumerate(plans):
        from core.textures import reading

        try:
            outcome = compressing.compress_one(lambda plan=plan: reading.read(plan), plan.name, request)
        except Cancelled:
            from core.codec import checkpoint

            can_go_on = (request.output / f"{plan.name}{checkpoint.SUFFIX}").exists()
            hint = "; --resume goes on from where it was" if can_go_on else ""
            print(f"{plan.name} was discarded{hint}.", file=sys.stderr)
            stopped = True
        else:
            done.append(outcome)
            print_outcome(outcome)
            stopped = outcome.stopped
        if stopped:
            left = [other.name for other in plans[number + 1 :]]
            if left:
                print(f"Not begun: {', '.join(left)}.", file=sys.stderr)
            break
    if options.report and done:
        write_json(options.report, compressing.combined_report(done))
        print(f"Report → {options.report}")
    return 130 if stopped else 0


def print_outcome(outcome: compressing.Outcome) -> None:
    print(outcome.line())
    for result in outcome.baselines:
        quality = "exact" if result.psnr_db == float("inf") else f"{result.psnr_db:.2f} dB"
        print(f"  {result.title}: {quality} at {result.bits_per_texel:.2f} bits/texel without mips")
    for result in outcome.exports:
        quality = "" if result.psnr_db is None else f" ({result.psnr_db:.2f} dB)"
        print(f"  {result.target}{quality} → {result.folder}")
    if outcome.stopped:
        print(f"Stopped early; the best state so far is kept in {outcome.path}.", file=sys.stderr)
