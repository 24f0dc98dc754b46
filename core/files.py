"""Writing files so that nothing half-written is ever seen under the final name."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import OutputError


def make_folder(folder: Path) -> Path:
    """Create the folder with its parents. Raises OutputError naming it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} can't be created: {reason(error)}.", folder) from error
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
        raise OutputError(f"Nothing can be written into the folder {there}: {reason(error)}.", there) from error


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path in the same folder that becomes ``path`` if the block succeeds and vanishes if it fails. After a
    power cut the old file is there or the new one, and the new one once this has returned.

    Raises OutputError naming ``path`` for what the system refuses.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    make_folder(path.parent)
    try:
        yield part
        put_in_place(part, path)
    except OSError as error:
        raise OutputError(f"{path} can't be written: {reason(error)}.", path) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def put_in_place(part: Path, path: Path) -> None:
    """Give a file that is written its final name. Its content is on the disk before the name changes, and the name
    before this returns. Raises OSError."""
    # For writing, which Windows asks for.
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)
    settle_folder(path.parent)


def settle_folder(folder: Path) -> None:
    """Wait until the names in ``folder`` are on the disk. Where a folder can't be asked for that, as on Windows and on
    some network drives, the system does it in its own time."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def write_bytes(path: Path, data: bytes) -> None:
    """Write atomically. Raises OutputError."""
    with replacing(path) as part:
        part.write_bytes(data)


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Write atomically as UTF-8. Infinities, which JSON doesn't have, become null. Raises OutputError."""
    write_bytes(path, finite_json(values))


def finite_json(values: Mapping[str, Any]) -> bytes:
    """Indented UTF-8 JSON of :func:`finite` values."""
    text = json.dumps(finite(values), indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8")


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


@dataclass(frozen=True)
class Owned:
    """A file that Texloom wrote. ``owner`` stands for the export it belongs to, ``sha256`` is that of its content and
    ``key`` stands for what the content was made from; each is empty where it is not known."""

    owner: str = ""
    sha256: str = ""
    key: str = ""


class OwnedFolder:
    """Writes into a folder that may hold files of the user: only what Texloom wrote there before is written over.

    What it wrote is kept in a small hidden list inside the folder: JSON, or one name a line in older ones.
    """

    LIST = ".texloom-files"

    def __init__(self, folder: Path) -> None:
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{folder} is a file; give a folder to write into.", folder)
        self.folder = folder
        self.entries: dict[str, Owned] = {}
        with contextlib.suppress(OSError):
            self.entries = _listed((folder / self.LIST).read_text(encoding="utf-8", errors="replace"))

    def check(self, names: Sequence[str]) -> None:
        """Raises OutputError if one of the names is a file of somebody else."""
        for name in names:
            if name not in self.entries and os.path.lexists(self.folder / name):
                raise OutputError(
                    f"{self.folder / name} is there already and was not written by Texloom; choose another folder.",
                    self.folder / name,
                )

    def claim(self, names: Sequence[str]) -> None:
        """Make these names ours. Raises OutputError, before anything is written, for a file of somebody else."""
        self.check(names)
        self.entries.update({name: Owned() for name in names})
        self.save()

    def save(self) -> None:
        """Write the list, if it changed. Raises OutputError."""
        files = {name: _plain(entry) for name, entry in sorted(self.entries.items())}
        data = finite_json({"schema": 1, "files": files})
        path = self.folder / self.LIST
        if not path.is_file() or path.read_bytes() != data:
            write_bytes(path, data)


def _plain(entry: Owned) -> dict[str, str]:
    return {name: value for name, value in dataclasses.asdict(entry).items() if value}


def _listed(text: str) -> dict[str, Owned]:
    """The entries of a list; of a damaged one none, so that no file is taken for ours that is not."""
    if not text.startswith("{"):
        return {name: Owned() for name in text.splitlines() if name}
    known = {field.name for field in dataclasses.fields(Owned)}
    try:
        files = json.loads(text)["files"]
        return {
            str(name): Owned(**{key: str(value) for key, value in entry.items() if key in known})
            for name, entry in files.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def reason(error: OSError) -> str:
    """What the system says, as the end of a sentence."""
    return (error.strerror or str(error)).lower()
