"""Files that are not where they were: which ones, where they are now, and a source that reads them there."""

from __future__ import annotations

import dataclasses
import os
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.sources import ContainerSource, SampleSource, Source
from core.errors import InputError
from core.textures.plan import MaterialPlan, PlannedFile
from widgets.language import tr

MOST_FOLDERS = 20_000
"""No more are searched: somebody may have chosen a whole disk."""

Moves = Mapping[Path, Path]
"""Where a file was -> where it is."""


class MissingFilesError(InputError):
    """A material can't be read, because files of it are gone. ``missing``: which ones."""

    def __init__(self, missing: Sequence[Path]) -> None:
        super().__init__(sentence(missing), missing[0].parent)
        self.missing = tuple(missing)


@dataclass(frozen=True)
class Located:
    """A source with the files that were found; ``moves`` says which, ``left`` are those that were not."""

    source: Source
    moves: Moves
    left: tuple[Path, ...]


def files_of(source: Source) -> tuple[Path, ...]:
    """All files that belong to it, those that it is read from first."""
    if isinstance(source, MaterialPlan):
        used = source.used_files
        return tuple(file.path for file in (*used, *(file for file in source.files if not file.used)))
    return (source.path,) if isinstance(source, ContainerSource) else ()


def missing(source: Source) -> tuple[Path, ...]:
    """The files that it is read from and that are not there."""
    needed = [file.path for file in source.used_files] if isinstance(source, MaterialPlan) else files_of(source)
    return tuple(path for path in needed if not path.exists())


def check(source: Source) -> None:
    """Raises MissingFilesError if a file that it is read from is gone."""
    if gone := missing(source):
        raise MissingFilesError(gone)


def sentence(gone: Sequence[Path]) -> str:
    """What is told of files that are gone."""
    first, more = gone[0], len(gone) - 1
    text = tr("{file} is not in {folder} any more.")
    if more:
        text = tr("{file} and %n more file(s) are not in {folder} any more.", "", more)
    return text.format(file=first.name, folder=first.parent)


# --- looking for them ------------------------------------------------------------------------------------------


def locate(asked: Source, others: Sequence[Source], folder: Path, taken: Collection[Path]) -> list[Located | None]:
    """Look in ``folder``, at any depth, for what is missing of ``asked``, and with it for what is missing of
    ``others``: where files of ``asked`` are found, those beside them may have moved along.

    ``taken``: files of what is open, which are nobody else's. None for each of the others of which a file is still
    missing.
    """
    wanted = [path for source in (asked, *others) for path in files_of(source) if not path.exists()]
    there = _index({_key(path.name) for path in wanted}, folder)
    found = _search(asked, there, frozenset(taken))
    results: list[Located | None] = [found]
    used = {*taken, *found.moves.values()}
    step = _step(found.moves)
    for source in others:
        along = _along(source, step) if step is not None else None
        if along is None or along.left:
            along = _search(source, there, frozenset(used))
        if along.left or used.intersection(along.moves.values()):
            results.append(None)
            continue
        used.update(along.moves.values())
        results.append(along)
    return results


def _key(name: str) -> str:
    # Disks differ in how they write letters with accents, and in whether case counts.
    return unicodedata.normalize("NFC", name).casefold()


def _index(names: Collection[str], folder: Path) -> dict[Path, dict[str, Path]]:
    """The files of these names by folder."""
    found: dict[Path, dict[str, Path]] = {}
    for number, (place, subfolders, files) in enumerate(os.walk(folder)):
        if number >= MOST_FOLDERS:
            break
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        here = {_key(name): Path(place, name) for name in files if _key(name) in names}
        if here:
            found[Path(place)] = here
    return found


def _search(source: Source, there: Mapping[Path, Mapping[str, Path]], taken: Collection[Path]) -> Located:
    """What lay in one folder is looked for in one folder: the one that has most of it and is called most like it."""
    moves: dict[Path, Path] = {}
    by_folder: dict[Path, list[Path]] = {}
    for path in files_of(source):
        if not path.exists():
            by_folder.setdefault(path.parent, []).append(path)
    for old, paths in by_folder.items():

        def fit(new: Path, old: Path = old, paths: Sequence[Path] = tuple(paths)) -> tuple[int, int, int]:
            count = sum(_key(path.name) in there[new] and there[new][_key(path.name)] not in taken for path in paths)
            return count, _alike(old, new), -len(new.parts)

        best = max(there, key=fit, default=None)
        for path in paths if best is not None else ():
            new = there[best].get(_key(path.name)) if best is not None else None
            if new is not None and new not in taken:
                moves[path] = new
    return _located(source, moves)


def _alike(old: Path, new: Path) -> int:
    """How many names two folders have in common at their ends."""
    count = 0
    for a, b in zip(reversed(old.parts), reversed(new.parts), strict=False):
        if _key(a) != _key(b):
            break
        count += 1
    return count


def _step(moves: Moves) -> tuple[Path, Path] | None:
    """Which folder became which, as far up as the names below it stayed the same."""
    if not moves:
        return None
    old, new = next(iter(moves.items()))
    old, new = old.parent, new.parent
    while _key(old.name) == _key(new.name) and old.parent != old and new.parent != new:
        old, new = old.parent, new.parent
    return old, new


def _along(source: Source, step: tuple[Path, Path]) -> Located:
    moves: dict[Path, Path] = {}
    for path in files_of(source):
        if not path.exists() and path.is_relative_to(step[0]):
            new = step[1] / path.relative_to(step[0])
            if new.exists():
                moves[path] = new
    return _located(source, moves)


def _located(source: Source, moves: Moves) -> Located:
    # What is not used may stay behind.
    return Located(rebound(source, moves, look=True), moves, tuple(p for p in missing(source) if p not in moves))


def rebound(source: Source, moves: Moves, *, look: bool = False) -> Source:
    """``source`` with its files at their new places; ``look``: also at what their headers say there."""
    if isinstance(source, SampleSource) or not moves:
        return source
    if isinstance(source, ContainerSource):
        return ContainerSource(moves.get(source.path, source.path))
    files = tuple(_moved(file, moves[file.path], look) if file.path in moves else file for file in source.files)
    return dataclasses.replace(source, files=files, folder=_folder(source, moves))


def _moved(file: PlannedFile, path: Path, look: bool) -> PlannedFile:
    if not look or not file.width:
        return dataclasses.replace(file, path=path)
    from core.textures import images

    try:
        header = images.read_header(path)
    except InputError as error:
        return dataclasses.replace(file, path=path, problem=error.sentence)
    return dataclasses.replace(
        file,
        path=path,
        width=header.width,
        height=header.height,
        channels=header.channels,
        bit_depth=header.bit_depth,
        has_alpha=header.has_alpha,
        problem="",
    )


def _folder(plan: MaterialPlan, moves: Moves) -> Path:
    """The folder of a plan goes with the first of its files that moved; it may lie above it."""
    for file in plan.files:
        if file.path in moves and file.path.is_relative_to(plan.folder):
            new = moves[file.path]
            depth = len(file.path.relative_to(plan.folder).parts) - 1
            return new.parents[min(depth, len(new.parents) - 1)]
    return plan.folder


def back(moves: Moves) -> dict[Path, Path]:
    return {new: old for old, new in moves.items()}


def nearest_folder(paths: Iterable[Path]) -> set[Path]:
    """The folders, not the root, in which files that are gone, or their folders, would come back."""
    found: set[Path] = set()
    for path in paths:
        folder = path.parent
        while not folder.is_dir() and folder.parent != folder:
            folder = folder.parent
        if folder.parent != folder:
            found.add(folder)
    return found
