"""What a destination wants of its exports: one JSON file a destination, named after it.

::

    {
      "schema": 1,
      "title": "Unity",
      "sentence": "…",
      "targets": { "images": { "files": "…", "normals": "opengl" }, "astc": { … } }
    }

``targets`` has for each export target the settings that differ from its defaults. Names that this version doesn't know,
of targets, settings or anything else, are kept when a preset is changed and saved.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.exporters import TARGETS, exporter
from core.files import reason, write_json
from core.jobs import describe, from_dict, to_dict

SCHEMA = 1
SUFFIX = ".json"
LARGEST = 1 << 20
"""bytes; anything longer is no preset."""


@dataclass(frozen=True)
class ExportPreset:
    """``name`` is the file's, without its ending; ``content`` is all that the file says. ``path`` is None for a
    built-in one."""

    name: str
    content: Mapping[str, Any] = field(default_factory=dict)
    path: Path | None = None

    @property
    def title(self) -> str:
        return str(self.content.get("title") or self.name)

    @property
    def sentence(self) -> str:
        """For people; empty if the preset has none."""
        return str(self.content.get("sentence") or "")

    @property
    def targets(self) -> tuple[str, ...]:
        """The targets of this version that it says something about."""
        return tuple(name for name in TARGETS if name in self.content.get("targets", {}))

    def settings(self, target: str, changes: Mapping[str, Any] | None = None) -> Any:
        """The target's settings object, with ``changes`` by name on top. Raises InputError if the preset says nothing
        about the target, or something that can't be."""
        kind = exporter(target).settings
        if target not in self.targets:
            known = ", ".join(self.targets) or "no target of this version"
            raise InputError(f"The preset {self.name} says nothing about {target}; it is for {known}.", self.path)
        values = self.content["targets"][target]
        try:
            return from_dict(kind, {**values, **(changes or {})})
        except InputError as error:
            raise InputError(f"The preset {self.name} can't be used for {target}: {error}", self.path) from error

    def with_settings(self, target: str, settings: Any) -> ExportPreset:
        """The preset with these settings for a target; what this version doesn't know stays."""
        content = copy.deepcopy(dict(self.content))
        values = content.setdefault("targets", {}).setdefault(target, {})
        for known in describe(type(settings)):
            values.pop(known.name, None)
        values.update(to_dict(settings))
        return ExportPreset(self.name, content, self.path)


def load(path: Path) -> ExportPreset:
    """Raises InputError for what is no preset, or one of a newer schema."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is too long for an export preset.", path)
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"The export preset {path} can't be read: {reason(error)}.", path) from error
    except UnicodeDecodeError as error:
        raise InputError(f"The export preset {path} is not UTF-8 text.", path) from error
    return _parsed(path.stem, text, path)


def save(preset: ExportPreset, folder: Path) -> ExportPreset:
    """Write ``folder/<name>.json`` and return the preset as it lies there. Raises OutputError."""
    path = folder / f"{preset.name}{SUFFIX}"
    content = {"schema": SCHEMA, **{key: value for key, value in preset.content.items() if key != "schema"}}
    write_json(path, content)
    return ExportPreset(preset.name, content, path)


def available(folder: Path | None = None) -> dict[str, ExportPreset]:
    """The built-in presets and the user's in ``folder``, by name; a user's own comes before a built-in one.

    Files in the user's folder that can't be read are left out.
    """
    presets = {}
    for file in resources.files("resources").joinpath("export_presets").iterdir():
        if file.name.endswith(SUFFIX):
            name = file.name.removesuffix(SUFFIX)
            presets[name] = _parsed(name, file.read_text(encoding="utf-8"), None)
    presets = dict(sorted(presets.items()))
    for path in sorted(folder.glob(f"*{SUFFIX}")) if folder is not None and folder.is_dir() else ():
        try:
            presets[path.stem] = load(path)
        except InputError:
            continue
    return presets


def find(name: str, folder: Path | None = None) -> ExportPreset:
    """By its name, or a path to a file of one. Raises InputError naming the presets there are."""
    if name.endswith(SUFFIX):
        return load(Path(name))
    if folder is not None and (folder / f"{name}{SUFFIX}").is_file():
        return load(folder / f"{name}{SUFFIX}")
    presets = available(folder)
    if name not in presets:
        raise InputError(f"There is no export preset {name!r}; there are {', '.join(presets)}.")
    return presets[name]


def _parsed(name: str, text: str, path: Path | None) -> ExportPreset:
    place = path or name
    try:
        content = json.loads(text)
    except ValueError as error:
        raise InputError(f"The export preset {place} is not valid JSON: {error}.", path) from error
    targets = content.get("targets") if isinstance(content, dict) else None
    if not isinstance(targets, dict) or not all(isinstance(values, dict) for values in targets.values()):
        raise InputError(f'The export preset {place} needs "targets", names with settings.', path)
    schema = content.get("schema")
    if not isinstance(schema, int) or schema > SCHEMA:
        raise InputError(f"The export preset {place} needs a newer version of Texloom (schema {schema}).", path)
    return ExportPreset(name, content, path)
