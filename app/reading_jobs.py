"""The short jobs behind opening: everything that touches files or many pixels, run in the I/O thread.

What they work with is loaded by them: a window that has nothing open yet does without.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from app import moved
from app.sources import ContainerSource, SampleSource, Source
from core.errors import InputError
from core.textures import names as names_of_files
from core.textures.plan import MaterialPlan
from core.textures.roles import NormalConvention, Role
from widgets.language import tr
from widgets.role_review import review_state

if TYPE_CHECKING:
    from core.codec.neural_texture import NeuralTexture
    from core.textures.material import TextureSet

log = logging.getLogger(__name__)

THUMBNAIL_PX = 96


@dataclass(frozen=True)
class Opened:
    """A material that was read, with its small pictures."""

    texture_set: TextureSet
    thumbnail: QImage
    pictures: dict[Path, QImage] = field(default_factory=dict)
    normal_previews: dict[NormalConvention, QImage] = field(default_factory=dict)
    neural: NeuralTexture | None = None


@dataclass(frozen=True)
class Found:
    """The materials among what was opened. ``errors``: one for each of the other inputs."""

    plans: tuple[MaterialPlan, ...]
    inputs: tuple[Path, ...]
    errors: tuple[InputError, ...] = ()


def look(inputs: Sequence[Path]) -> Found:
    """Plan what can be used; what can't doesn't take the rest with it."""
    from core.textures import reading

    try:
        return Found(tuple(reading.plan(inputs)), tuple(inputs))
    except InputError:
        if len(inputs) == 1:
            raise
    good: list[Path] = []
    errors: list[InputError] = []
    for path in inputs:
        try:
            reading.plan([path])
        except InputError as error:
            errors.append(error)
        else:
            good.append(path)
    # Together again: files of one material belong to one plan.
    return Found(tuple(reading.plan(good)) if good else (), tuple(good), tuple(errors))


def read_source(source: Source) -> TextureSet:
    """The pixels of a source. Raises InputError; of these MissingFilesError where files of it are gone."""
    moved.check(source)
    if isinstance(source, SampleSource):
        from core.textures import samples

        return samples.generate(source.name, source.size, seed=source.seed)
    if isinstance(source, ContainerSource):
        return _read_container(source).decoded_set()
    from core.textures import reading

    return reading.read(source)


def _read_container(source: ContainerSource) -> NeuralTexture:
    from core.codec import container

    return container.read(source.path)


def open_source(source: Source) -> Opened:
    """Read a source and draw its small pictures."""
    import numpy as np

    from widgets.lit_preview import lit_plane, lit_sphere, map_image

    moved.check(source)
    neural = _read_container(source) if isinstance(source, ContainerSource) else None
    texture_set = read_source(source) if neural is None else neural.decoded_set()
    maps = {role: texture_map.pixels for role, texture_map in texture_set.by_role.items()}
    convention = texture_set.normal_convention
    pictures: dict[Path, QImage] = {}
    previews: dict[NormalConvention, QImage] = {}
    if isinstance(source, MaterialPlan):
        for file in source.used_files:
            layers = [maps[role] for role in file.roles if role is not None and role in maps]
            if layers:
                pixels = layers[0] if len(layers) == 1 else np.concatenate([layer[..., :1] for layer in layers], 2)
                pictures[file.path] = map_image(pixels)
        pictures |= _puzzling(source)
        normal = texture_set.by_role.get(Role.NORMAL)
        if normal is not None and source.normal_convention is NormalConvention.UNKNOWN:
            albedo = texture_set.by_role.get(Role.ALBEDO)
            for guess in (NormalConvention.OPENGL, NormalConvention.DIRECTX):
                previews[guess] = lit_plane(normal.pixels, guess, None if albedo is None else albedo.pixels, 224)
    return Opened(texture_set, lit_sphere(maps, convention, THUMBNAIL_PX), pictures, previews, neural)


def _puzzling(plan: MaterialPlan) -> dict[Path, QImage]:
    """Small pictures of the files whose names say nothing: what they are can be seen."""
    from core.textures import images
    from widgets.lit_preview import map_image

    pictures: dict[Path, QImage] = {}
    for file in plan.files:
        if file.width and not file.used and review_state(file) == "warn":
            try:
                pictures[file.path] = map_image(images.read_image(file.path)[0][..., :3])
            except InputError as error:
                log.info("%s", error)
    return pictures


def name_ending(file: Path, plan: MaterialPlan) -> str:
    """What a file's name says beyond the material's own name, how the names of its set begin, and the resolution, lower
    case: ``diff``, ``nor_gl``. Corrections are remembered for it."""
    own, tokens = set(_tokens(plan.name)), _tokens(file.stem)
    start = _common_start(tokens, [_tokens(other.path.stem) for other in plan.files if other.width or other.problem])
    rest = [token for token in tokens[start:] if token not in own and not re.fullmatch(r"\d+k?|jpg|png", token)]
    return "_".join(rest)


def _common_start(tokens: Sequence[str], names: Sequence[Sequence[str]]) -> int:
    """With how many words the files of a set begin that say nothing of a map: those that all have which begin like
    this one, if these are most. One word is left of each."""
    alike = [name for name in names if name and name[0] == tokens[0]] if tokens else []
    if len(alike) < 2 or 2 * len(alike) <= len(names):
        return 0
    count = 0
    while count < min(len(name) for name in alike) - 1 and all(name[count] == tokens[count] for name in alike):
        if len(alike) == 2 and count and names_of_files.readings(tokens[count], channels=3, has_alpha=False):
            break  # of two normal maps both are called one
        count += 1
    return count


def with_corrections(plan: MaterialPlan, corrections: dict[str, str]) -> MaterialPlan:
    """``plan`` with what the user once chose for files of the same ending, where no other file has that role."""
    for file in plan.files if corrections else ():
        ending = name_ending(file.path, plan)
        if not ending or ending not in corrections or file.problem:
            continue
        text = corrections[ending]
        try:
            roles = tuple(Role(part) if part else None for part in text.split("+")) if text else ()
        except ValueError:
            continue
        taken = {role for other in plan.files if other.path != file.path for role in other.roles if role is not None}
        if roles != file.roles and not taken.intersection(role for role in roles if role is not None):
            reason = tr("you chose this for “{ending}” before").format(ending=ending)
            plan = plan.assign(file.path, roles, reason=reason)
    return plan


def _tokens(text: str) -> list[str]:
    return [token for token in re.split(r"[\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).lower()) if token]
