"""``texloom export``: a container or a folder of maps for one destination."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands import compressing, materials
from app.commands.options import add_settings, settings_from
from core.exporters import TARGETS, ExportSettings, describe_targets, exporter
from core.jobs import Control


def add(commands: argparse._SubParsersAction) -> None:
    targets = "; ".join(f"{target.name}: {target.sentence}" for target in TARGETS.values())
    parser = commands.add_parser(
        "export",
        help="write a material for an engine or another program",
        description=f"Write a .texloom file or a folder of maps for one destination. {targets}",
    )
    parser.add_argument("source", type=Path, metavar="FILE.texloom|DIR")
    parser.add_argument("--target", required=True, metavar="TARGET", help=f"one of {describe_targets()}")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="DIR", help="folder for the files")
    add_settings(parser, ExportSettings)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    exporter(options.target)
    settings = settings_from(options, ExportSettings)
    output = compressing.check_output(options.output)
    source = materials.read_source(options.source)
    control = Control()
    result = compressing.run_export(options.target, source, output, settings, source.name, control)
    if result.psnr_db is not None:
        print(f"{result.psnr_db:.2f} dB")
    for path in result.files:
        print(path)
    return 130 if control.stop_requested else 0
