"""Plain image files: the source's names, bit depths and channel layout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError
from core.exporters import ExportResult, ExportSettings, as_texture_set
from core.files import OwnedFolder
from core.jobs import Control, Event, Finished, Progress, Started
from core.textures import images
from core.textures.material import NormalConvention, TextureSet
from core.textures.roles import Role

if TYPE_CHECKING:
    from core.exporters import Source


def export(source: Source, folder: Path, settings: ExportSettings, control: Control) -> Iterator[Event]:
    """One file per source file, in ``settings.format``.

    Raises InputError rather than write into the folder that the material was read from, and OutputError rather than
    over files that Texloom didn't write.
    """
    yield Started(f"Writing the images of {source.name}")
    material = as_texture_set(source)
    if material.folder is not None and material.folder.resolve() == folder.resolve():
        raise InputError(f"{folder} is where {material.name} was read from; choose another folder.", folder)
    names = images.written_names(material.files, "." + settings.format)
    OwnedFolder(folder).claim(names)
    files = []
    for number, (file, name) in enumerate(zip(material.files, names, strict=True)):
        if control.check():
            break
        files.append(images.write_file(material, file, folder / name))
        yield Progress((number + 1) / len(names), file.name)
    result = ExportResult("images", folder, tuple(files), normal_note(material))
    yield Finished(result, stopped_early=control.stop_requested)


def normal_note(material: TextureSet) -> tuple[str, ...]:
    """What to say about the normal map's convention, if there is one."""
    if Role.NORMAL not in material.by_role:
        return ()
    directions = {
        NormalConvention.OPENGL: "The normal map is in the OpenGL convention (+Y up), as in the source.",
        NormalConvention.DIRECTX: "The normal map is in the DirectX convention (+Y down), as in the source.",
        NormalConvention.UNKNOWN: "The normal map is as in the source; its convention is not known.",
    }
    return (directions[material.normal_convention],)
