"""``texloom info``: what a container holds."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands import materials
from core.files import finite
from widgets.units import size_text

if TYPE_CHECKING:
    from core.codec.neural_texture import NeuralTexture


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "info", help="say what a .texloom file holds", description="Say what a .texloom file holds."
    )
    parser.add_argument("file", type=Path, metavar="FILE.texloom")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from core.codec import container

    texture = materials.read_container(options.file)
    with container.Reader(options.file) as reader:
        values = describe(texture, options.file.stat().st_size, reader.latent_bytes)
    if options.json:
        print(json.dumps(finite(values), indent=2, ensure_ascii=False))
        return 0
    print(f"{values['material']}: {values['width']} × {values['height']}, {values['mip_levels']} mip levels")
    print(
        f"{size_text(values['bytes'])}, {values['bits_per_texel']:.2f} bits per texel "
        f"({values['vram_bits_per_texel']:.2f} in GPU memory)"
    )
    first = [grid for grid in values["latents"]["grids"] if grid["mips"][0] == 0]
    shapes = [f"{g['size'][0]} × {g['size'][1]} × {g['features']} of {g['bits']} bits" for g in first]
    print(f"latents {' + '.join(shapes) or 'none'}; ", end="")
    print(f"decoder {'-'.join(map(str, values['decoder']))}")
    stored, packed = values["latents"]["bytes"], values["latents"]["packed_bytes"]
    if stored < packed:
        print(
            f"entropy coding: latents take {size_text(stored)} on disk instead of {size_text(packed)}, "
            f"{1 - stored / packed:.1%} less"
        )
    print(f"normal convention: {values['normal_convention']}")
    for file in values["files"]:
        roles = ", ".join(dict.fromkeys(role for role in file["roles"] if role)) or "constant"
        channels = len(file["roles"])
        print(f"  {file['name']}: {roles}, {channels} channel{'s'[: channels != 1]}, {file['bit_depth']} bit")
    return 0


def describe(texture: NeuralTexture, size: int, latent_bytes: int) -> dict[str, Any]:
    """Plain values; the names are those of the report. ``latent_bytes``: what the latents take in the file."""
    layout = texture.layout
    texels = texture.width * texture.height
    return {
        "schema": 1,
        "material": texture.name,
        "width": texture.width,
        "height": texture.height,
        "mip_levels": texture.mip_levels,
        "bytes": size,
        "bits_per_texel": 8 * size / texels,
        "vram_bits_per_texel": 8 * texture.vram_bytes / texels,
        "latents": {
            "bytes": latent_bytes,
            "packed_bytes": layout.latent_bytes,
            "grids": [
                {
                    "mips": [group.first, group.last],
                    "size": [grid.width, grid.height],
                    "features": grid.features,
                    "bits": grid.bits,
                }
                for group in layout.groups
                for grid in group.grids
            ],
        },
        "decoder": [layout.inputs, *layout.hidden, layout.channels],
        "roles": [str(role) for role in texture.roles],
        "normal_convention": str(texture.normal_convention),
        "files": [
            {
                "name": file.name,
                "bit_depth": file.bit_depth,
                "roles": [None if channel.role is None else str(channel.role) for channel in file.layout],
            }
            for file in texture.files
        ],
    }
