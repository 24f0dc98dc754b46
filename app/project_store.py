"""Projects on disk: one JSON file with the materials, the settings and the queue; runs and maps stay where they are."""

from __future__ import annotations

import dataclasses
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.files import write_bytes
from widgets.language import tr

SUFFIX = ".texloom-project"
SCHEMA = 1

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From a schema to the next one; each is one small function."""


@dataclass
class Project:
    """Plain values only. ``unknown`` keeps fields of newer versions."""

    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Runs name it in their records, so that a project finds its runs wherever its file is moved."""
    materials: list[dict[str, Any]] = field(default_factory=list)
    """``name`` and ``source``, as :func:`app.sources.to_json` makes it."""
    current: int = 0
    """The place of the material that is looked at."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What differs from the defaults."""
    slots: dict[str, str] = field(default_factory=dict)
    """Side -> name of the run's folder; the original where a side is missing."""
    queue: list[str] = field(default_factory=list)
    """The folders' names of the runs that were active, in order."""
    exports: list[dict[str, Any]] = field(default_factory=list)
    """Those among the runs of that queue, as :meth:`app.exports.Exports.stored_queue` gives them."""
    watched: list[str] = field(default_factory=list)
    """Folders whose new materials are taken up."""
    open: bool = False
    """Set while a window has it; one that is still set, with no window, was left in a crash."""
    changed: float = field(default_factory=time.time)
    """Seconds since 1970."""
    unknown: dict[str, Any] = field(default_factory=dict)


def read(path: Path) -> Project:
    """Raises InputError, naming the file, for one that is no project or of a newer kind."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        text = tr("{path} can't be read: {reason}.").format(path=path, reason=error.strerror or error)
        raise InputError(text, path) from error
    except ValueError as error:
        raise InputError(tr("{path} is damaged: it is no Texloom project.").format(path=path), path) from error
    if not isinstance(raw, dict) or raw.get("kind") != "texloom-project":
        raise InputError(tr("{path} is no Texloom project.").format(path=path), path)
    schema = raw.pop("schema", 0)
    if not isinstance(schema, int) or schema > SCHEMA:
        text = tr("{path} was written by a newer Texloom; update to open it.")
        raise InputError(text.format(path=path), path)
    for version in range(schema, SCHEMA):
        raw = MIGRATIONS[version](raw) if version in MIGRATIONS else raw
    raw.pop("kind")
    damaged = tr("{path} is damaged: its {field} can't be understood.")
    made = Project()
    for known in dataclasses.fields(Project):
        if known.name == "unknown" or known.name not in raw:
            continue
        value = raw.pop(known.name)
        wanted = (int, float) if known.name == "changed" else type(getattr(made, known.name))
        if not isinstance(value, wanted):
            raise InputError(damaged.format(path=path, field=known.name), path)
        setattr(made, known.name, value)
    if not all(isinstance(entry, Mapping) and isinstance(entry.get("source"), Mapping) for entry in made.materials):
        raise InputError(damaged.format(path=path, field="materials"), path)
    made.unknown = raw
    return made


def write(project: Project, path: Path) -> None:
    """Atomically. Raises OutputError."""
    # Not asdict: it would copy every material. Everything is plain JSON already, so the encoder in C can have it: this
    # happens every few seconds while somebody works.
    values = {field.name: getattr(project, field.name) for field in dataclasses.fields(project)}
    values.update(values.pop("unknown"))
    text = json.dumps({"kind": "texloom-project", "schema": SCHEMA, **values}, ensure_ascii=False, allow_nan=False)
    write_bytes(path, (text + "\n").encode("utf-8"))


def is_untitled(path: Path) -> bool:
    """Whether Texloom chose the file's name itself."""
    return len(path.stem) == 32 and all(letter in "0123456789abcdef" for letter in path.stem)


def title(path: Path) -> str:
    """What a project is called."""
    return tr("Untitled") if is_untitled(path) else path.stem
