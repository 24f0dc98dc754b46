"""Presets of compression settings: small files named by what they are for."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from app.run_store import safe_name
from core.codec.settings import CompressSettings
from core.errors import InputError
from core.files import write_json
from core.jobs import from_dict, to_dict
from widgets.language import tr

log = logging.getLogger(__name__)

SUFFIX = ".json"
SCHEMA = 1
BUILT_IN = Path(str(files("resources"))) / "presets"


@dataclass(frozen=True)
class Preset:
    """``note``: what it is good for. ``path``: its file; built-in ones can't be changed."""

    name: str
    note: str
    settings: CompressSettings
    path: Path

    @property
    def built_in(self) -> bool:
        return self.path.parent == BUILT_IN

    @property
    def title(self) -> str:
        """The name as people read it: that of a built-in preset in their language."""
        return tr(self.name) if self.built_in else self.name


def read(path: Path) -> Preset:
    """Raises InputError, naming the file."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["kind"] != "texloom-preset":
            raise ValueError("another kind of file")
        if raw["schema"] > SCHEMA:
            text = tr("{path} was written by a newer Texloom; update to use it.")
            raise InputError(text.format(path=path), path)
        settings = from_dict(CompressSettings, raw["settings"])
        return Preset(str(raw["name"]), str(raw.get("note", "")), settings, path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(tr("{path} is no preset of Texloom.").format(path=path), path) from error
    except InputError as error:
        raise InputError(f"{path}: {error}", path) from error


def available(folder: Path) -> list[Preset]:
    """The built-in presets, then those of the user in ``folder``, by name; what can't be read is logged."""
    found = []
    for place in (BUILT_IN, folder):
        presets = []
        for path in sorted(place.glob(f"*{SUFFIX}")) if place.is_dir() else ():
            try:
                presets.append(read(path))
            except InputError as error:
                log.warning("%s", error)
        found += sorted(presets, key=lambda preset: preset.name.casefold())
    return found


def save(name: str, settings: CompressSettings, folder: Path, note: str = "") -> Preset:
    """Write a preset of the user, in the place of one with the same name. Fields of a file that are not known stay.

    Raises InputError for an empty name, OutputError.
    """
    name = name.strip()
    if not name:
        raise InputError(tr("A preset needs a name."))
    path = folder / f"{safe_name(name)}{SUFFIX}"
    values: dict[str, Any] = {}
    if path.exists():
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            values = found if isinstance(found, dict) else {}
        except (OSError, ValueError):
            log.warning("%s was damaged and is written anew", path)
    values |= {"kind": "texloom-preset", "schema": SCHEMA, "name": name, "settings": to_dict(settings)}
    if note or "note" not in values:
        values["note"] = note
    write_json(path, values)
    return Preset(name, str(values["note"]), settings, path)
