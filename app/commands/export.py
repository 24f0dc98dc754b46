"""``texloom export``: a container or a folder of maps for one destination."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.commands import compressing, materials
from app.commands.options import Parser, add_settings, given_values
from app.paths import export_presets_folder
from core.exporters import TARGETS, describe_targets, exporter, presets
from core.jobs import Control, describe, from_dict


def add(commands: argparse._SubParsersAction) -> None:
    targets = "; ".join(f"{target.name}: {target.sentence}" for target in TARGETS.values())
    parser: Parser = commands.add_parser(
        "export",
        help="write a material for an engine or another program",
        description="Write a .texloom file or a folder of maps for one destination. Every target has settings of its "
        f"own: texloom export --target TARGET --help shows them. {targets}",
    )
    parser.add_argument("source", type=Path, metavar="FILE.texloom|DIR")
    parser.add_argument("--target", required=True, metavar="TARGET", help=f"one of {describe_targets()}")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="DIR", help="folder for the files")
    parser.add_argument(
        "--export-preset",
        metavar="NAME",
        help="what the files are for: a preset's name, or a .json file of one; other settings change what it says "
        f"(built in: {', '.join(presets.available())})",
    )
    parser.completion = _add_settings_of_target
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    target = exporter(options.target)
    given = given_values(options, target.settings)
    if options.export_preset is None:
        settings = from_dict(target.settings, given)
    else:
        settings = presets.find(options.export_preset, export_presets_folder()).settings(target.name, given)
    output = compressing.check_output(options.output)
    source = materials.read_source(options.source)
    control = Control()
    result = compressing.run_export(target.name, source, output, settings, source.name, control)
    if result.psnr_db is not None:
        print(f"{result.psnr_db:.2f} dB")
    for path in result.files:
        print(path)
    # The list of files is what a script wants; this is for people.
    said = [*result.notes, *(f"Removed {path}, which is no part of the export any more." for path in result.removed)]
    if result.unchanged:
        said.append(f"{len(result.unchanged)} of {len(result.files)} files were up to date.")
    for sentence in said:
        print(sentence, file=sys.stderr)
    return 130 if control.stop_requested else 0


def _add_settings_of_target(parser: Parser, arguments: Sequence[str]) -> None:
    """The options of the target that the arguments name; those of the others tell where they belong."""
    finder = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    finder.add_argument("--target")
    try:
        name = finder.parse_known_args(arguments)[0].target
    except argparse.ArgumentError:
        return
    if name is None:
        return
    own = exporter(name)
    add_settings(parser, own.settings)
    known = {field.option for field in describe(own.settings)}
    for option in sorted({field.option for target in TARGETS.values() for field in describe(target.settings)} - known):
        owners = [target.name for target in TARGETS.values() if option in {f.option for f in describe(target.settings)}]
        parser.add_argument(option, nargs="?", action=_OfAnother, target=name, owners=owners, help=argparse.SUPPRESS)


class _OfAnother(argparse.Action):
    """An option that belongs to other targets."""

    def __init__(self, target: str, owners: Sequence[str], **more: Any) -> None:
        super().__init__(**more)
        self._sentence = f"{more['option_strings'][0]} is no setting of {target} but of {', '.join(owners)}"

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        parser.error(self._sentence)
