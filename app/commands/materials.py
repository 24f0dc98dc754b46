"""What the commands take: folders, files, manifests and containers, as texture sets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError

if TYPE_CHECKING:
    from core.codec.neural_texture import NeuralTexture
    from core.textures.material import TextureSet
    from core.textures.plan import MaterialPlan

CONTAINER = ".texloom"


def plans(inputs: Sequence[Path]) -> list[MaterialPlan]:
    """One plan per material that can be used. Raises InputError."""
    from core.textures import manifest, reading

    for path in inputs:
        if not path.exists():
            raise InputError(f"{path} does not exist.", path)
        if path.suffix.lower() == CONTAINER and path.is_file():
            raise InputError(f"{path} is compressed already; give the folder of its source images.", path)
    found = [plan for path in inputs if manifest.is_manifest(path) for plan in manifest.plan(path)]
    others = [path for path in inputs if not manifest.is_manifest(path)]
    if others:
        found += reading.plan(others)
    names = [plan.name.casefold() for plan in found]
    for plan in found:
        if names.count(plan.name.casefold()) > 1:
            raise InputError(
                f"Two materials are called {plan.name}; compress them into different folders.", plan.folder
            )
    return found


def read_source(path: Path) -> TextureSet | NeuralTexture:
    """A container, or a folder with one material. Raises InputError."""
    from core.textures import reading

    if path.is_file() and path.suffix.lower() == CONTAINER:
        from core.codec import container

        return container.read(path)
    found = [plan for plan in plans([path]) if plan.used_files] or plans([path])
    if len(found) > 1:
        names = ", ".join(plan.name for plan in found)
        raise InputError(f"{path} holds several materials ({names}); give the folder or the files of one.", path)
    return reading.read(found[0])


def read_set(path: Path) -> TextureSet:
    """As :func:`read_source`, decoded."""
    from core.exporters import as_texture_set

    return as_texture_set(read_source(path))


def read_container(path: Path) -> NeuralTexture:
    """Raises InputError for what can't be a container, DamagedFileError for a broken one."""
    from core.codec import container

    if not path.exists():
        raise InputError(f"{path} does not exist.", path)
    if path.is_dir():
        raise InputError(f"{path} is a folder; give a {CONTAINER} file.", path)
    return container.read(path)
