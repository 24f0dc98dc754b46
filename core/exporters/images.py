"""Plain image files: the source's names, bit depths and channel layout."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from core.errors import InputError
from core.exporters import Remarks, as_texture_set
from core.exporters.conventions import AS_SOURCE, turned
from core.jobs import Control, Event, Progress, Started
from core.textures import images

if TYPE_CHECKING:
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import ImagesSettings


def export(
    source: Source, delivery: Delivery, settings: ImagesSettings, control: Control
) -> Generator[Event, None, Remarks]:
    """One file per source file, in ``settings.format``.

    Raises InputError rather than write into the folder that the material was read from, and OutputError rather than
    over files that Texloom didn't write.
    """
    yield Started(f"Writing the images of {source.name}")
    material = as_texture_set(source)
    folder = delivery.folder
    if material.folder is not None and material.folder.resolve() == folder.resolve():
        raise InputError(f"{folder} is where {material.name} was read from; choose another folder.", folder)
    names = images.written_names(material.files, "." + settings.format)
    delivery.claim(names)
    _, notes = turned(material, AS_SOURCE)
    for number, (file, name) in enumerate(zip(material.files, names, strict=True)):
        if control.check():
            break
        with delivery.file(name) as path:
            images.write_file(material, file, path)
        yield Progress((number + 1) / len(names), file.name)
    return Remarks(notes)
