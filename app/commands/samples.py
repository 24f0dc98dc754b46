"""``texloom samples``: the built-in sample materials as image files."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.compressing import check_output


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "samples",
        help="write the built-in sample materials",
        description="Write the built-in sample materials, one folder each.",
    )
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="DIR", help="folder for the materials")
    parser.add_argument("--size", type=int, default=1024, metavar="N", help="texels a side [16 to 8192; default 1024]")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another seed, another wall [default 0]")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from core.textures import samples

    for folder in samples.write_samples(check_output(options.output), options.size, options.seed):
        print(folder)
    return 0
