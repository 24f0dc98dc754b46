"""The files of one export, written together: all of them, or none.

Everything is written beside its place first and moved there at the end, so that a full disk or an error leaves the
files of an earlier export as they were. A file that would hold the same bytes is not touched. What an earlier export of
the same material wrote for the same target, and this one doesn't, is removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from core.errors import InputError, OutputError
from core.files import Owned, OwnedFolder, finite_json, make_folder, put_in_place, reason

LONGEST_NAME = 200
"""Bytes of UTF-8 in a file name; file systems end at 255."""


class Delivery:
    """Used as a context; files are put into it, and :meth:`commit` brings them into ``folder``. A name may have folders
    within it, separated by slashes.

    ``owner`` stands for what is exported and to which target: several may share a folder.
    """

    def __init__(self, folder: Path, owner: str) -> None:
        """Raises OutputError for a folder that can't be made."""
        self.folder = folder
        self._owner = owner
        self._made = [path for path in (folder, *folder.parents) if not path.exists()]
        make_folder(folder)
        self._owned = OwnedFolder(folder)
        self._staging: Path | None = None
        self._claimed: list[str] = []
        self._files: dict[str, Owned] = {}
        self._staged: dict[str, Path] = {}
        self.written: tuple[Path, ...] = ()
        self.unchanged: tuple[Path, ...] = ()
        self.removed: tuple[Path, ...] = ()

    def __enter__(self) -> Delivery:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._staging is not None:
            shutil.rmtree(self._staging, ignore_errors=True)
        if kind is not None:
            for folder in self._made:
                with contextlib.suppress(OSError):
                    folder.rmdir()

    @property
    def files(self) -> tuple[Path, ...]:
        """In the order in which they were claimed: the main ones first."""
        return tuple(self.folder / name for name in self._claimed if name in self._files)

    def claim(self, names: Sequence[str]) -> None:
        """Tell, before the work, what will be put in. Raises OutputError if one of the names is a file that Texloom
        didn't write, and InputError if two of them are the same where case doesn't count."""
        for name in names:
            if name in self._claimed:
                continue
            if name.casefold() in (other.casefold() for other in self._claimed):
                raise InputError(f"Two files of the export would be called {name}; choose other names.")
            self._claimed.append(name)
        self._owned.check(names)

    @contextlib.contextmanager
    def file(self, name: str, key: str = "") -> Iterator[Path]:
        """A path to write the file ``name`` to. ``key`` stands for all that its content follows from: see
        :meth:`reuse`. Raises OutputError naming the file for what the system refuses."""
        self.claim([name])
        final = self.folder / name
        staged = final
        try:
            if self._staging is None:
                self._staging = Path(tempfile.mkdtemp(dir=self.folder, prefix=".texloom-"))
            # A short name of its own: with a prefix, the longest names would be too long.
            staged = self._staging / f"{len(self._files)}{final.suffix}"
            yield staged
            self._files[name] = Owned(self._owner, file_hash(staged), key)
            self._staged[name] = staged
        except OSError as error:
            raise OutputError(f"{final} can't be written: {reason(error)}.", final) from error
        except OutputError as error:
            # Whoever wrote it named the place that only we know.
            raise OutputError(str(error).replace(str(staged), str(final)), final) from error

    def write(self, name: str, data: bytes, key: str = "") -> Path:
        """Put in a file with this content; returns the path that it will have."""
        with self.file(name, key) as path:
            path.write_bytes(data)
        return self.folder / name

    def write_json(self, name: str, values: Mapping[str, Any]) -> Path:
        return self.write(name, finite_json(values))

    def reuse(self, name: str, key: str) -> bool:
        """Keep the file of an earlier export if it came from the same ``key`` and nobody changed it since; else it has
        to be made."""
        known = self._owned.entries.get(name)
        if not key or known is None or known.key != key or not known.sha256:
            return False
        path = self.folder / name
        try:
            if not path.is_file() or file_hash(path) != known.sha256:
                return False
        except OSError:
            return False
        self.claim([name])
        self._files[name] = Owned(self._owner, known.sha256, key)
        return True

    def commit(self, *, complete: bool = True) -> None:
        """Bring the files into the folder. What is left of an earlier export is removed if this one is ``complete``.

        Raises OutputError.
        """
        unchanged, changed = [], []
        for name in (name for name in self._claimed if name in self._files):
            entry, there = self._files[name], self.folder / name
            same = name not in self._staged or (there.is_file() and file_hash(there) == entry.sha256)
            (unchanged if same else changed).append(name)
        left = [
            name
            for name, entry in self._owned.entries.items()
            if complete and entry.owner == self._owner and name not in self._files
        ]
        # The list is written first: were it the last, a file whose writing was cut short would be somebody else's.
        self._owned.entries.update(self._files)
        self._owned.save()
        for name in changed:
            self._bring(name)
        removed = []
        for name in left:
            entry, path = self._owned.entries.pop(name), self.folder / name
            # A file that somebody changed meanwhile is theirs.
            with contextlib.suppress(OSError):
                if entry.sha256 and path.is_file() and file_hash(path) == entry.sha256:
                    path.unlink()
                    removed.append(name)
                    _remove_empty(path.parent, self.folder)
        if left:
            self._owned.save()
        self.written, self.unchanged, self.removed = (
            tuple(self.folder / name for name in names) for names in (changed, unchanged, removed)
        )

    def _bring(self, name: str) -> None:
        final = self.folder / name
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            put_in_place(self._staged[name], final)
        except OSError as error:
            raise OutputError(f"{final} can't be written: {reason(error)}.", final) from error


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove folders that are left empty, below ``top``."""
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def file_hash(path: Path) -> str:
    """SHA-256 of the content, hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_name(text: str, suffix: str = "") -> str:
    """``text`` as a file name that every system takes: no separators or reserved characters, not too long.

    Letters of every script stay.
    """
    plain = text.encode("utf-8", "replace").decode("utf-8")
    name = "".join("_" if c in '/\\:*?"<>|' or ord(c) < 32 or ord(c) == 127 else c for c in plain)
    name = name.strip(" ").rstrip(".") or "_"
    if name.split(".")[0].upper() in _RESERVED or name.startswith("."):
        name = "_" + name
    room = LONGEST_NAME - len(suffix.encode("utf-8"))
    return name.encode("utf-8")[:room].decode("utf-8", "ignore") + suffix


_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}
