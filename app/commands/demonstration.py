"""What ``texloom`` does where no window can be opened: the same job in the terminal, with a built-in material."""

from __future__ import annotations

import itertools
from pathlib import Path

from app.commands import compressing
from app.commands.compress import print_outcome
from core.codec.settings import CompressSettings
from core.errors import Cancelled
from core.files import OwnedFolder, make_folder, write_json

SAMPLE = "bricks"
SIZE = 1024
FOLDER = "texloom-out"
REPORT, PICTURE = "report.json", "picture.png"


def run(
    folder: Path | None = None, size: int = SIZE, settings: CompressSettings | None = None, picture: int = 800
) -> int:
    """Compress the sample, export it, render it, and say where everything is. Returns the exit code.

    ``size``: texels a side of the sample; ``picture``: pixels a side of each half of the picture.
    """
    from core.textures import samples

    folder = make_folder(folder or free_folder(Path.cwd()))
    OwnedFolder(folder).claim([PICTURE, REPORT])
    settings = settings or CompressSettings(preset="draft")
    print(
        f"Making the sample material {SAMPLE}, {size} × {size}, and compressing it to {settings.bpp:g} bits per texel."
    )
    material = samples.generate(SAMPLE, size)
    request = compressing.Request(settings, folder, ("ue5", "images"))
    try:
        outcome = compressing.compress_one(lambda: material, material.name, request)
    except Cancelled:
        print("Discarded.")
        return 130
    print_outcome(outcome)
    write_json(folder / REPORT, outcome.report)
    print(f"  report → {folder / REPORT}")
    if outcome.stopped:
        return 130
    _picture(material, outcome.path, folder / PICTURE, picture)
    print(f"  picture (original left, result right) → {folder / PICTURE}")
    return 0


def free_folder(parent: Path) -> Path:
    """``texloom-out``, or the next number if that is somebody else's."""
    for number in itertools.count(1):
        folder = parent / (FOLDER if number == 1 else f"{FOLDER}-{number}")
        if not folder.exists():
            return folder
        if folder.is_dir() and ((folder / OwnedFolder.LIST).is_file() or not any(folder.iterdir())):
            return folder
    raise AssertionError


def _picture(original: object, container_path: Path, output: Path, size: int) -> None:
    import numpy as np

    from core.codec import container
    from core.textures.images import write_image
    from core.textures.material import TextureSet
    from renderers.offscreen import render_picture

    assert isinstance(original, TextureSet)
    halves = [
        render_picture(
            {texture.role: texture.pixels for texture in material.maps},
            normal_convention=material.normal_convention,
            size=(size, size),
        )
        for material in (original, container.read(container_path).decoded_set())
    ]
    write_image(output, np.concatenate(halves, axis=1).astype(np.float32) / 255.0, 8)
