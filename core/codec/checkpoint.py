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

from core.codec.layout import LatentGrid, LatentLayout
from core.codec.settings import CompressSettings
from core.errors import InputError
from core.files import replacing
from core.jobs.settings import from_dict

SUFFIX = ".texloom-run"


@dataclass(frozen=True)
class SavedRun:
    """What a checkpoint holds."""

    fingerprint: str
    layout: LatentLayout
    spent: float
    goal: str
    arrays: Mapping[str, np.ndarray]


def save(path: Path, about: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write atomically. ``about`` has ``fingerprint``, ``layout``, ``spent`` and ``settings``. Raises OutputError."""
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
        goal = goal_of(from_dict(CompressSettings, about["settings"]))
        return SavedRun(about["fingerprint"], LatentLayout(**values), float(about["spent"]), goal, arrays)
    except (OSError, ValueError, KeyError, TypeError, InputError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is damaged and can't be resumed; start without --resume.", path) from error


def goal_of(settings: CompressSettings) -> str:
    """What decides the size, in words."""
    if settings.target_psnr is not None:
        return f"{settings.target_psnr:g} dB"
    if settings.max_bytes is not None:
        return f"{settings.max_bytes} bytes"
    return f"{settings.bpp:g} bits per texel"
