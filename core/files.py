"""Writing files so that nothing half-written is ever seen under the final name."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
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


def check_writable(folder: Path) -> None:
    """Raise OutputError now, rather than after hours of work, if nothing can be written into ``folder``.

    Leaves nothing behind: where the folder doesn't exist yet, the nearest one above it that does is tried.
    """
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise OutputError(f"The folder {folder} can't be created: {there} is a file.", folder)
    try:
        with tempfile.TemporaryFile(dir=there, prefix=".texloom-"):
            pass
    except OSError as error:
        raise OutputError(f"Nothing can be written into the folder {there}: {_why(error)}.", there) from error


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path in the same folder that becomes ``path`` if the block succeeds and vanishes if it fails.

    Raises OutputError naming ``path`` for what the system refuses.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    make_folder(path.parent)
    try:
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


class OwnedFolder:
    """Writes into a folder that may hold files of the user: only what Texloom wrote there before is written over.

    The names are kept in a small hidden list inside the folder.
    """

    LIST = ".texloom-files"

    def __init__(self, folder: Path) -> None:
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{folder} is a file; give a folder to write into.", folder)
        self.folder = folder
        self._own = set()
        if (folder / self.LIST).is_file():
            self._own = set((folder / self.LIST).read_text(encoding="utf-8", errors="replace").splitlines())

    def claim(self, names: Sequence[str]) -> None:
        """Raises OutputError, before anything is written, if one of the names is a file of somebody else."""
        for name in names:
            if name not in self._own and (self.folder / name).exists():
                raise OutputError(
                    f"{self.folder / name} is there already and was not written by Texloom; choose another folder.",
                    self.folder / name,
                )
        self._own.update(names)
        write_bytes(self.folder / self.LIST, ("\n".join(sorted(self._own)) + "\n").encode("utf-8"))


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
