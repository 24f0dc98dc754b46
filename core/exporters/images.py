"""Plain image files: the source's names, bit depths and channel layout, or those of one's choice."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import InputError
from core.exporters import Remarks, as_texture_set
from core.exporters.conventions import turned
from core.exporters.file_layout import laid_out
from core.exporters.textures import PACKED, PACKED_LABEL, texture_name
from core.jobs import Control, Event, Progress, Started
from core.textures import images
from core.textures.depth import peak
from core.textures.material import SourceFile, TextureSet

if TYPE_CHECKING:
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import ImagesSettings


def export(
    source: Source, delivery: Delivery, settings: ImagesSettings, control: Control
) -> Generator[Event, None, Remarks]:
    """One file per source file, or per file of ``settings.layout``.

    Raises InputError rather than write into the folder that the material was read from, and for a layout that can't be;
    OutputError rather than over files that Texloom didn't write.
    """
    yield Started(f"Writing the images of {source.name}")
    folder = delivery.folder
    if isinstance(source, TextureSet) and source.folder is not None and source.folder.resolve() == folder.resolve():
        raise InputError(f"{folder} is where {source.name} was read from; choose another folder.", folder)
    files = _files(source, settings)
    names = images.written_names(files, "." + settings.format)
    delivery.claim(names)
    material, notes = turned(as_texture_set(source), settings.normals)
    for number, (file, name) in enumerate(zip(files, names, strict=True)):
        if control.check():
            break
        with delivery.file(name) as path:
            images.write_file(material, file, path)
        yield Progress((number + 1) / len(names), name)
    return Remarks((*notes, *_depth_notes(material, files, names)))


def _files(source: Source, settings: ImagesSettings) -> tuple[SourceFile, ...]:
    """What is to be written: names, depths and channels."""
    files = source.files
    if settings.layout:
        files = laid_out(settings.layout, source.name, {m.role: m.bit_depth for m in source.maps})
    elif settings.names:
        files = tuple(replace(file, name=_name(settings.names, source.name, file)) for file in files)
    if settings.depth != "source":
        files = tuple(replace(file, bit_depth=int(settings.depth)) for file in files)
    if settings.format == "tga":
        # Deeper values than TGA holds are rounded; floats go into another format, see written_names.
        files = tuple(replace(file, bit_depth=8) if file.bit_depth == 16 else file for file in files)
    return files


def _name(template: str, material: str, file: SourceFile) -> str:
    roles = tuple(dict.fromkeys(ref.role for ref in file.layout if ref.role is not None))
    label = "_".join(roles) or "unused"
    return texture_name(template, material, PACKED_LABEL if roles == PACKED else label, ".png")


def _depth_notes(material: TextureSet, files: Sequence[SourceFile], names: Sequence[str]) -> list[str]:
    """What to tell about values that a file can't hold."""
    notes = []
    for file, name in zip(files, names, strict=True):
        maps = [m for m in material.maps if any(ref.role is m.role for ref in file.layout)]
        if name.endswith(".exr") or file.bit_depth == 32:
            continue
        if any(m.bit_depth == 32 and peak(m.pixels) != 1.0 for m in maps):
            notes.append(f"{name} can't hold values beyond 0 to 1; they are cut off.")
        elif any(m.bit_depth > file.bit_depth for m in maps):
            notes.append(f"{name} has {file.bit_depth} bits, fewer than the source.")
    return notes
