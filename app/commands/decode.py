"""``texloom decode``: a container back to image files."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands import materials
from core.errors import InputError
from core.files import OwnedFolder


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "decode",
        help="write the maps of a .texloom file as images",
        description="Write the maps under the source's file names, with their bit depth and channel layout.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.texloom")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="DIR", help="folder for the images")
    parser.add_argument("--mip", type=int, default=0, metavar="N", help="mip level; 0 is full resolution [default 0]")
    parser.add_argument("--format", choices=("png", "tiff", "exr"), default="png", help="file format [default png]")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from core.textures import images

    texture = materials.read_container(options.file)
    if not 0 <= options.mip < texture.mip_levels:
        raise InputError(
            f"{options.file} has mip levels 0 to {texture.mip_levels - 1}, not {options.mip}.", options.file
        )
    suffix = "." + options.format
    folder = OwnedFolder(options.output)
    decoded = texture.decoded_set(options.mip)
    folder.claim(images.written_names(decoded.files, suffix))
    for path in images.write_set(decoded, options.output, suffix):
        print(path)
    return 0
