"""A manifest names the files of materials and their roles, where file names don't say it.

JSON, one material or a list of them under ``materials``; paths are relative to the manifest::

    {
      "name": "Old wall",
      "normal_convention": "directx",
      "maps": {
        "albedo": "wall_01.png",
        "normal": "wall_02.png",
        "occlusion roughness metallic": "wall_packed.png",
        "emissive +opacity": "wall_03.png"
      }
    }

A key is a role, or one role per channel of a packed file with ``-`` for an unused one; ``+role`` is the alpha channel.
``glossiness`` is an inverted roughness. ``name`` and ``normal_convention`` may be left out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.textures import images
from core.textures.material import NormalConvention
from core.textures.plan import MaterialPlan, PlannedFile
from core.textures.roles import Role

SUFFIX = ".json"
LARGEST = 4 * 1024 * 1024
"""bytes; anything longer is no manifest."""
_NOT_IN_NAMES = '/\\\0:*?"<>|'


def is_manifest(path: Path) -> bool:
    return path.suffix.lower() == SUFFIX and not path.is_dir()


def plan(path: Path) -> list[MaterialPlan]:
    """The materials of a manifest. Raises InputError with one sentence naming the manifest and what is wrong."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is too long for a manifest.", path)
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(
            f"The manifest {path} can't be read: {(error.strerror or str(error)).lower()}.", path
        ) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"The manifest {path} is not valid JSON: {error}.", path) from error
    materials = content.get("materials", [content]) if isinstance(content, dict) else content
    if not isinstance(materials, list) or not materials:
        raise _wrong(path, "it names no material")
    plans = [_plan_one(path, material) for material in materials]
    names = [plan.name for plan in plans]
    for name in names:
        if names.count(name) > 1:
            raise _wrong(path, f"two materials are called {name}")
    return plans


def content(plan: MaterialPlan) -> dict[str, Any]:
    """What a manifest of this material says: its used files, by whole paths. :func:`plan` makes the same of it."""
    made: dict[str, Any] = {"name": "".join("_" if c in _NOT_IN_NAMES else c for c in plan.name).lstrip(".")}
    if not made["name"].strip():
        del made["name"]
    if plan.normal_convention is not NormalConvention.UNKNOWN:
        made["normal_convention"] = plan.normal_convention.value
    made["maps"] = {_key(file): str(file.path.absolute()) for file in plan.used_files}
    return made


def _key(file: PlannedFile) -> str:
    def word(role: Role | None) -> str:
        if role is None:
            return "-"
        return "glossiness" if file.glossiness and role is Role.ROUGHNESS else role.value

    alpha = [] if file.alpha_role is None else ["+" + word(file.alpha_role)]
    return " ".join([word(role) for role in file.roles] + alpha)


def _plan_one(path: Path, material: Any) -> MaterialPlan:
    if not isinstance(material, dict) or not isinstance(material.get("maps"), dict) or not material["maps"]:
        raise _wrong(path, 'a material needs "maps", roles with file names')
    name = material.get("name", path.stem)
    if not isinstance(name, str) or not name.strip() or any(c in name for c in _NOT_IN_NAMES) or name.startswith("."):
        raise _wrong(path, f"{name!r} can't be the name of a material")
    try:
        convention = NormalConvention(material.get("normal_convention", "unknown"))
    except ValueError as error:
        choices = ", ".join(NormalConvention)
        raise _wrong(path, f"normal_convention must be one of {choices}") from error
    files = tuple(_plan_file(path, key, value) for key, value in material["maps"].items())
    stated = "normal_convention" in material
    return MaterialPlan(name, path.parent, files, convention, "stated in the manifest" if stated else "")


def _plan_file(path: Path, key: str, value: Any) -> PlannedFile:
    if not isinstance(value, str):
        raise _wrong(path, f"the file name for {key!r} must be a text")
    words = key.lower().replace(",", " ").split()
    glossiness = "glossiness" in words or "+glossiness" in words
    alpha = _role(path, words.pop()[1:]) if words and words[-1].startswith("+") else None
    roles = [None if word == "-" else _role(path, word) for word in words]
    if not any(roles) and alpha is None:
        raise _wrong(path, f"{key!r} names no role")
    file = path.parent / value
    header = images.read_header(file)
    if alpha is not None and not header.has_alpha:
        raise _wrong(path, f"{value} has no alpha channel for {alpha}")
    if len(roles) > 1 and len(roles) > header.channels:
        raise _wrong(path, f"{value} has {header.channels} channels, but {len(roles)} roles are named for it")
    return PlannedFile(
        file,
        tuple(roles),
        "named in the manifest",
        1.0,
        header.width,
        header.height,
        header.channels,
        header.bit_depth,
        alpha_role=alpha,
        glossiness=glossiness,
        has_alpha=header.has_alpha,
    )


def _role(path: Path, word: str) -> Role:
    try:
        return Role.ROUGHNESS if word == "glossiness" else Role(word)
    except ValueError as error:
        raise _wrong(path, f"{word!r} is no role; the roles are {', '.join(Role)}") from error


def _wrong(path: Path, what: str) -> InputError:
    return InputError(f"The manifest {path} can't be used: {what}.", path)
