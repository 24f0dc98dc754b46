"""What the window remembers between two starts, as one JSON file."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.files import put_in_place

log = logging.getLogger(__name__)

SCHEMA = 1
RECENT_LIMIT = 12
PROJECTS_LIMIT = 40


@dataclass
class Preferences:
    """Plain values only, which several windows may change. ``unknown`` keeps fields of newer versions, so that going
    back and forth loses nothing."""

    geometry: str = ""
    """``QMainWindow.saveGeometry`` as base64."""
    docks: str = ""
    """``QMainWindow.saveState`` as base64."""
    recent: list[str] = field(default_factory=list)
    projects: list[str] = field(default_factory=list)
    """The files of the projects that were open last, the newest first."""
    options: dict[str, Any] = field(default_factory=dict)
    """What the user chose of :class:`app.options.Options`, without the defaults."""
    settings: dict[str, Any] = field(default_factory=dict)
    """The compression settings that differ from their defaults."""
    lab_settings: dict[str, Any] = field(default_factory=dict)
    """Those of the lab, likewise."""
    view: dict[str, Any] = field(default_factory=dict)
    export_folders: dict[str, str] = field(default_factory=dict)
    """Where each export target was last written to."""
    export_settings: dict[str, Any] = field(default_factory=dict)
    """What each export target was asked last, without the defaults."""
    last_export: str = ""
    """The export target that was used last."""
    corrections: dict[str, str] = field(default_factory=dict)
    """File-name ending, lower case -> role that the user once chose for it ("" for: not used)."""
    unknown: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What the file and this window agreed on last: what differs from it was changed here. Not stored."""

    def remember_project(self, path: Path) -> None:
        text = str(path)
        self.projects = [text, *(known for known in self.projects if known != text)][:PROJECTS_LIMIT]

    def forget_project(self, path: Path) -> None:
        self.projects = [known for known in self.projects if known != str(path)]

    def remember_recent(self, path: Path) -> None:
        text = str(path)
        self.recent = [text, *(known for known in self.recent if known != text)][:RECENT_LIMIT]


def load(path: Path) -> Preferences:
    """The file's content; defaults for what is missing or of the wrong kind. An unreadable file is set aside."""
    made = Preferences()
    try:
        made = _read(path)
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        log.warning("The preferences could not be read (%s); the defaults are used.", error)
        with contextlib.suppress(OSError):
            path.replace(path.with_suffix(".damaged.json"))
    made.seen = _values(made)
    return made


def _read(path: Path) -> Preferences:
    """Raises OSError and ValueError."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict):
        raise ValueError("not a JSON object")
    made = Preferences()
    raw.pop("schema", None)
    for known in dataclasses.fields(Preferences):
        if known.name in ("unknown", "seen") or known.name not in raw:
            continue
        value = raw.pop(known.name)
        if isinstance(value, type(getattr(made, known.name))):
            setattr(made, known.name, value)
    made.recent = [entry for entry in made.recent if isinstance(entry, str)]
    made.projects = [entry for entry in made.projects if isinstance(entry, str)]
    made.unknown = raw
    return made


def _values(preferences: Preferences) -> dict[str, Any]:
    """A copy of what is stored."""
    values = dataclasses.asdict(dataclasses.replace(preferences, seen={}))
    del values["seen"]
    return values


def save(preferences: Preferences, path: Path) -> None:
    """Write atomically, with what another window has written meanwhile; a place that can't be written to is logged,
    never an error in the user's way."""
    values = _values(preferences)
    try:
        theirs = _values(_read(path))
    except (OSError, ValueError):
        theirs = values
    for name, ours in values.items():
        values[name] = _merged(name, preferences.seen.get(name, type(ours)()), ours, theirs[name])
    # The lists of what there is are shown here too; what this window works with stays its own.
    preferences.recent[:], preferences.projects[:] = values["recent"], values["projects"]
    preferences.corrections.clear()
    preferences.corrections.update(values["corrections"])
    preferences.seen = _values(preferences)
    values.update(values.pop("unknown"))
    values["schema"] = SCHEMA
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(values, indent=1, ensure_ascii=False), encoding="utf-8")
        put_in_place(part, path)
    except OSError as error:
        log.warning("The preferences could not be saved: %s", error)


def _merged(name: str, seen: Any, ours: Any, theirs: Any) -> Any:
    """What both have changed of what was seen last."""
    if isinstance(ours, list):
        limit = RECENT_LIMIT if name == "recent" else PROJECTS_LIMIT
        gone = {entry for entry in seen if entry not in ours or entry not in theirs}
        new = [entry for entry in theirs if entry not in seen]
        order = dict.fromkeys([*ours[:1], *new, *ours, *theirs])
        return [entry for entry in order if entry in ours[:1] or entry not in gone][:limit]
    if ours == seen:
        return theirs
    # Settings belong together: half of the one and half of the other would be nobody's.
    if not isinstance(ours, dict) or name == "settings":
        return ours
    changed = {key: value for key, value in ours.items() if key not in seen or seen[key] != value}
    return {key: value for key, value in theirs.items() if key in ours or key not in seen} | changed
