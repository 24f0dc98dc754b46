"""Runs on disk: one folder per run with its record, its checkpoint or its finished file.

``<runs>/<material>/<time and id>/run.json`` says what was asked and what came out; the ``.texloom-run`` beside
it makes an interrupted run resumable, and ``curves.json`` has its quality over time. A run may also be a baseline,
whose file is a ``.texloom-blocks``.
"""

from __future__ import annotations

import contextlib
import copy
import json
import logging
import math
import re
import shutil
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import OutputError
from core.files import finite, put_in_place, settle_folder
from widgets.language import tr

log = logging.getLogger(__name__)

RECORD = "run.json"
CURVES = "curves.json"
CONTAINER_SUFFIX = ".texloom"
CHECKPOINT_SUFFIX = ".texloom-run"
BLOCKS_SUFFIX = ".texloom-blocks"
BIN = ".deleted"
CURVE_POINTS = 300


@dataclass
class RunRecord:
    """What outlives the window. ``settings`` holds only what differs from the defaults; sizes in bytes, PSNR in dB."""

    material: str
    source: dict[str, Any]
    settings: dict[str, Any]
    created: float = field(default_factory=time.time)
    """Seconds since 1970."""
    finished: bool = False
    stopped_early: bool = False
    error: str = ""
    psnr_db: float | None = None
    map_psnr_db: dict[str, float] = field(default_factory=dict)
    bits_per_texel: float | None = None
    bytes: int | None = None
    seconds: float | None = None
    steps: int = 0
    history: list[list[float]] = field(default_factory=list)
    """Of records of earlier versions, which had no file of curves: seconds, PSNR over all maps."""
    project: str = ""
    """The id of the project it was made in."""
    number: int = 0
    """Its number in that project; 0 in records of earlier versions."""
    name: str = ""
    """What the user calls it, if anything."""
    baseline: str = ""
    """The name of the block-compressed set, empty for a neural texture."""


def fresh_folder(runs: Path, material: str) -> Path:
    """A name for the folder of one run; :func:`begin` makes it."""
    return runs / safe_name(material) / f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}"


def begin(record: RunRecord, folder: Path) -> None:
    """Make the folder of a run, with its record. Raises OutputError where that can't be."""
    try:
        folder.mkdir(parents=True)
        settle_folder(folder.parent)
    except OSError as error:
        text = tr("The run can't be stored in {folder}: {reason}.")
        raise OutputError(text.format(folder=folder.parent, reason=error.strerror or error), folder) from error
    write(record, folder)


def safe_name(name: str) -> str:
    """A folder name that every system accepts; letters of all languages are kept."""
    cleaned = re.sub(r'[<>:"/\\|?*\x00-\x1f]+', "_", name).strip(" .")
    return cleaned[:80] or "material"


def write(record: RunRecord, folder: Path) -> None:
    """Atomically; a disk that is full is logged, because the run itself goes on."""
    # Not asdict: it would copy all that the run is made from.
    _write(folder / RECORD, {entry.name: getattr(record, entry.name) for entry in fields(record)})


def _write(path: Path, values: dict[str, Any]) -> None:
    part = path.with_name(path.name + ".part")
    try:
        # Without an indent the encoder in C can have it.
        part.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        put_in_place(part, path)
    except OSError as error:
        log.warning("%s could not be written: %s", path, error)


def write_curves(folder: Path, seconds: Sequence[float], curves: Mapping[str, Sequence[float]]) -> None:
    """The quality over time, beside the record and not in it: all records are read at every start, the curves of a run
    when somebody looks at it. Thinned to some hundred points; what was not measured is null. Atomically, as
    :func:`write`; nothing, where nothing was measured."""
    if not seconds:
        return
    step = max(1, len(seconds) // CURVE_POINTS)
    kept = sorted({*range(0, len(seconds), step), len(seconds) - 1})
    rounded = {name: finite([round(values[index], 2) for index in kept]) for name, values in curves.items()}
    _write(folder / CURVES, {"seconds": [round(seconds[index], 2) for index in kept], "psnr_db": rounded})


def read_curves(folder: Path) -> tuple[list[float], dict[str, list[float]]]:
    """Seconds, and PSNR in dB by role name or "total" for each of them, NaN where not measured; empty where there are
    none."""
    try:
        raw = json.loads((folder / CURVES).read_text(encoding="utf-8"))
        seconds = [float(value) for value in raw["seconds"]]
        curves = {
            str(name): [math.nan if value is None else float(value) for value in values]
            for name, values in raw["psnr_db"].items()
        }
        if any(len(values) != len(seconds) for values in curves.values()):
            raise ValueError("its curves are not as long as its times")
    except FileNotFoundError:
        return [], {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning("The curves of the run in %s could not be read: %s", folder, error)
        return [], {}
    return seconds, curves


def read(folder: Path) -> RunRecord | None:
    """None for a folder without a readable record."""
    try:
        raw = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        known = {entry.name for entry in fields(RunRecord)}
        return RunRecord(**{name: value for name, value in raw.items() if name in known})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("The run in %s could not be read: %s", folder, error)
        return None


def stored(runs: Path) -> list[tuple[Path, RunRecord]]:
    """All runs, the oldest first. Records that are as they were the last time are not read again."""
    found = []
    with contextlib.suppress(OSError):
        for record_file in runs.glob(f"[!.]*/*/{RECORD}"):
            with contextlib.suppress(OSError):
                state = record_file.stat()
                record = _as_of(record_file.parent, state.st_mtime_ns, state.st_size)
                if record is not None:
                    found.append((record_file.parent, copy.copy(record)))
    return sorted(found, key=lambda pair: pair[1].created)


@lru_cache(maxsize=8192)
def _as_of(folder: Path, _changed_ns: int, _size: int) -> RunRecord | None:
    """The record of a folder when its file was last changed at this time, with this size."""
    return read(folder)


def container(folder: Path) -> Path | None:
    """The finished neural texture of a run, if it is there."""
    return next(iter(sorted(folder.glob(f"*{CONTAINER_SUFFIX}"))), None)


def blocks(folder: Path) -> Path | None:
    """The finished blocks of a baseline, if they are there."""
    return next(iter(sorted(folder.glob(f"*{BLOCKS_SUFFIX}"))), None)


def checkpoint(folder: Path) -> Path | None:
    """What an interrupted run can go on from."""
    return next(iter(sorted(folder.glob(f"*{CHECKPOINT_SUFFIX}"))), None)


def remove(folder: Path) -> None:
    """Delete a run. Only folders that hold a record of ours are touched."""
    if (folder / RECORD).exists():
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            folder.parent.rmdir()


def to_bin(folder: Path, runs: Path) -> Path | None:
    """Move a run out of the way instead of deleting it; its new place, or None if it had to be deleted."""
    kept = runs / BIN / folder.name
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(kept)
    except OSError:
        remove(folder)
        return None
    with contextlib.suppress(OSError):
        folder.parent.rmdir()
    return kept


def from_bin(kept: Path, folder: Path) -> bool:
    """Move a run back to where it was."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        kept.rename(folder)
    except OSError as error:
        log.warning("The run in %s could not be brought back: %s", kept, error)
        return False
    return True


def empty_bin(runs: Path, older_than_s: float = 86400.0) -> None:
    """Delete for good what was deleted more than a day ago."""
    with contextlib.suppress(OSError):
        for kept in (runs / BIN).iterdir():
            if time.time() - kept.stat().st_ctime > older_than_s:
                remove(kept)
