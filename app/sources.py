"""Where a material came from, in a form that can be written beside a run and read again after a restart."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import said
from core.errors import InputError
from core.textures.plan import MaterialPlan, PlannedFile
from core.textures.roles import NormalConvention, Role
from widgets.language import tr


@dataclass(frozen=True)
class SampleSource:
    """A built-in material."""

    name: str
    size: int = 1024
    seed: int = 0


@dataclass(frozen=True)
class ContainerSource:
    """A ``.texloom`` file that was opened; there is no original to compare with."""

    path: Path


SAID = "said"
"""The key of texts that can be said in other languages, as :func:`core.said.to_json` gives them. They stand beside what
they are in English, which is what earlier versions read."""
_FILE_FIELDS = tuple(field.name for field in dataclasses.fields(PlannedFile))

Source = SampleSource | ContainerSource | MaterialPlan


def sample_title(name: str) -> str:
    """What people call a built-in material."""
    return tr(name.replace("_", " ").capitalize())


def to_json(source: Source) -> dict[str, Any]:
    """Plain values; :func:`from_json` makes the same source of them."""
    if isinstance(source, SampleSource):
        return {"kind": "sample", **dataclasses.asdict(source)}
    if isinstance(source, ContainerSource):
        return {"kind": "container", "path": str(source.path)}
    return {
        "kind": "files",
        "name": source.name,
        "folder": str(source.folder),
        "normal_convention": source.normal_convention.value,
        "normal_reason": source.normal_reason,
        "notices": list(source.notices),
        "files": [_file_to_json(file) for file in source.files],
        SAID: [said.to_json(text) for text in (source.normal_reason, *source.notices)],
    }


def from_json(values: Mapping[str, Any]) -> Source:
    """Raises InputError for values that describe no source."""
    try:
        kind = values["kind"]
        if kind == "sample":
            return SampleSource(str(values["name"]), int(values["size"]), int(values["seed"]))
        if kind == "container":
            return ContainerSource(Path(values["path"]))
        normal_reason, *notices = _as_said(values.get(SAID), [values["normal_reason"], *values["notices"]])
        return MaterialPlan(
            name=str(values["name"]),
            folder=Path(values["folder"]),
            files=tuple(_file_from_json(file) for file in values["files"]),
            normal_convention=NormalConvention(values["normal_convention"]),
            normal_reason=normal_reason,
            notices=tuple(notices),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(tr("The record of this run does not say which files it was made from.")) from error


def _file_to_json(file: PlannedFile) -> dict[str, Any]:
    values = {name: getattr(file, name) for name in _FILE_FIELDS}
    values["path"] = str(file.path)
    values["roles"] = [None if role is None else role.value for role in file.roles]
    values["alpha_role"] = None if file.alpha_role is None else file.alpha_role.value
    values[SAID] = [said.to_json(text) for text in (file.reason, file.problem)]
    return values


def _as_said(stored: Any, texts: Sequence[Any]) -> list[str]:
    """The texts with the patterns that they were made from, where these are known."""
    plain = [str(text) for text in texts]
    try:
        made = [said.from_json(each) for each in stored or ()]
    except (KeyError, TypeError, ValueError, AttributeError, LookupError):
        return plain
    return made if made == plain else plain


def _file_from_json(values: Mapping[str, Any]) -> PlannedFile:
    given = {name: value for name, value in values.items() if name in _FILE_FIELDS}
    given["path"] = Path(given["path"])
    given["roles"] = tuple(None if role is None else Role(role) for role in given["roles"])
    alpha = given.get("alpha_role")
    given["alpha_role"] = None if alpha is None else Role(alpha)
    given["reason"], given["problem"] = _as_said(values.get(SAID), [values["reason"], values.get("problem", "")])
    return PlannedFile(**given)
