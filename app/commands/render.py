"""``texloom render``: a picture of a material, without a display."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands import materials
from app.commands.options import degrees, picture_size
from core.errors import InputError, OutputError
from core.textures.roles import Role

PICTURES = (".png", ".tif", ".tiff", ".exr")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "render",
        help="render a material into a picture",
        description="Render a .texloom file or a folder of maps in image-based light; works without a display.",
    )
    parser.add_argument("source", type=Path, metavar="FILE.texloom|DIR")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="IMAGE.png", help="the picture to write")
    parser.add_argument(
        "--shape",
        default="sphere",
        metavar="sphere|plane|cube|cylinder|drape|MESH",
        help="what to render it on; MESH is an OBJ or glTF file [default sphere]",
    )
    parser.add_argument("--hdri", type=Path, metavar="FILE", help="light from an equirectangular HDR picture")
    parser.add_argument("--rotate", type=degrees, default=0.0, metavar="DEG", help="turn the light by so many degrees")
    parser.add_argument("--tiling", type=int, default=1, metavar="N", help="repeat the material N times [1 to 64]")
    parser.add_argument(
        "--relief",
        choices=("off", "parallax", "displacement"),
        default="displacement",
        help="show the height map by parallax or by moving the surface, which a MESH can't [default displacement]",
    )
    parser.add_argument("--channel", choices=[str(role) for role in Role], metavar="ROLE", help="show one map only")
    parser.add_argument(
        "--size", type=picture_size, default=(1024, 1024), metavar="WxH", help="pixels [default 1024x1024]"
    )
    parser.add_argument(
        "--sampler",
        choices=("texture", "neural"),
        default="texture",
        help="decode to textures first, or decode in the shader [default texture]",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from core.exporters import as_texture_set
    from core.textures.material import TextureSet

    if options.output.suffix.lower() not in PICTURES:
        raise InputError(f"{options.output} must end in one of {', '.join(PICTURES)}.", options.output)
    if options.output.is_dir():
        raise OutputError(f"{options.output} is a folder; give the name of a picture.", options.output)
    if not 1 <= options.tiling <= 64:
        raise InputError(f"--tiling must be 1 to 64, not {options.tiling}.")
    if options.hdri is not None and not options.hdri.is_file():
        raise InputError(f"{options.hdri} does not exist.", options.hdri)
    source = materials.read_source(options.source)
    neural = source if options.sampler == "neural" else None
    if isinstance(neural, TextureSet):
        raise InputError(
            f"{options.source} has no latents for --sampler neural to decode; compress it first.",
            options.source,
        )
    if isinstance(source, TextureSet):
        refuse_source(options.output, [source.folder / f.name for f in source.files if source.folder])
    roles = tuple(source.by_role) if isinstance(source, TextureSet) else source.roles
    channel = None if options.channel is None else Role(options.channel)
    if channel is not None and channel not in roles:
        raise InputError(f"{source.name} has no {channel} map; it has {', '.join(roles)}.", options.source)

    import numpy as np

    from core.textures.images import write_image
    from renderers.choices import Relief
    from renderers.offscreen import render_picture

    picture = render_picture(
        {m.role: m.pixels for m in as_texture_set(source).maps} if neural is None else neural,
        normal_convention=source.normal_convention,
        shape=options.shape,
        hdri=options.hdri,
        rotate_deg=options.rotate,
        tiling=options.tiling,
        relief=Relief(options.relief),
        channel=channel,
        size=options.size,
    )
    write_image(options.output, picture.astype(np.float32) / 255.0, 8)
    print(options.output)
    if neural is not None:
        print(f"decoded in the shader: {neural.layout.multiply_adds} multiply-adds a read")
    return 0


def refuse_source(output: Path, sources: list[Path]) -> None:
    """Raises OutputError if the output is one of the files that were read."""
    if output.exists() and any(source.exists() and output.samefile(source) for source in sources):
        raise OutputError(f"{output} is one of the material's own files; choose another name.", output)
