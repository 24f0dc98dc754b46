"""The file that an interrupted run leaves behind, so that it can go on: ``NAME.texloom-run``."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.codec.goals import text_of
from core.codec.layout import LatentGrid, LatentLayout
from core.codec.settings import CompressSettings
from core.errors import InputError
from core.files import replacing
from core.jobs.settings import from_dict
from core.textures.roles import Role

SUFFIX = ".texloom-run"


@dataclass(frozen=True)
class SavedRun:
    """What a checkpoint holds. ``limit`` in bytes of the file, None where a quality decides; ``weights`` per map;
    ``spent`` seconds, and the part of the run that was left out (negative: done again) in ``shifted``."""

    fingerprint: str
    layout: LatentLayout
    spent: float
    shifted: float
    goal: str
    limit: int | None
    weights: Mapping[Role, float]
    arrays: Mapping[str, np.ndarray]


def save(path: Path, about: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write atomically. ``about`` has what :class:`SavedRun` has, and ``settings``. Raises OutputError."""
    with replacing(path) as part, part.open("wb") as file:
        np.savez(file, about=np.array(json.dumps(about)), **arrays)  # pyright: ignore[reportArgumentType]


def load(path: Path) -> SavedRun | None:
    """None if there is none. Raises InputError if it is damaged."""
    if not path.exists():
        return None
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(str(arrays.pop("about")))
        values = dict(about["layout"])
        values["hidden"] = tuple(values["hidden"])
        values["grids"] = tuple(LatentGrid(**grid) for grid in values["grids"])
        goal = text_of(from_dict(CompressSettings, about["settings"]))
        limit = None if about["limit"] is None else int(about["limit"])
        weights = {Role(role): float(weight) for role, weight in about["weights"].items()}
        layout = LatentLayout(**values)
        spent, shifted = float(about["spent"]), float(about.get("shifted", 0.0))
        return SavedRun(about["fingerprint"], layout, spent, shifted, goal, limit, weights, arrays)
    except (OSError, ValueError, KeyError, TypeError, InputError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is damaged and can't be resumed; start without --resume.", path) from error
