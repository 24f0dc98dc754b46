"""Writing files so that nothing half-written is ever seen under the final name."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.errors import OutputError


def make_folder(folder: Path) -> Path:
    """Create the folder with its parents. Raises OutputError naming it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} can't be created: {_why(error)}.", folder) from error
    return folder


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path in the same folder that becomes ``path`` if the block succeeds and vanishes if it fails.

    Raises OutputError naming ``path`` for what the system refuses.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        make_folder(path.parent)
        yield part
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path} can't be written: {_why(error)}.", path) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write atomically. Raises OutputError."""
    with replacing(path) as part:
        part.write_bytes(data)


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Write atomically as UTF-8. Infinities, which JSON doesn't have, become null. Raises OutputError."""
    text = json.dumps(finite(values), indent=2, ensure_ascii=False, allow_nan=False)
    write_bytes(path, (text + "\n").encode("utf-8"))


def finite(value: Any) -> Any:
    """The same plain value with None for every number that isn't finite, and numpy numbers as Python's."""
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        value = value.item()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, Path):
        return str(value)
    return value


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
