"""Which files of a folder belong to one material, and which reading of each name holds.

The idea: the right reading of a name leaves the material's own name, and that name is shared. So every possible
reading votes for its stem, and each file takes the reading whose stem most files agree on. Of "rusty_metal_rough"
and "rusty_metal_diff" only "rough" and "diff" leave the same rest, so "metal" is part of the name.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.textures import names
from core.textures.names import Meaning, Reading
from core.textures.roles import Role

Stem = tuple[str, ...]


@dataclass(frozen=True)
class NamedFile:
    """An image file as the grouping sees it."""

    path: Path
    channels: int
    has_alpha: bool


@dataclass(frozen=True)
class ReadFile:
    """A file with the reading that was chosen; ``reading`` is None for a name that says nothing."""

    file: NamedFile
    reading: Reading | None
    confidence: float

    @property
    def meaning(self) -> Meaning:
        return self.reading.meaning if self.reading else Meaning()


@dataclass
class Group:
    """The files of one material. ``name`` is as it stands in the file names, empty if they are roles only."""

    stem: Stem
    name: str
    files: list[ReadFile]

    @property
    def roles(self) -> set[Role]:
        return {role for file in self.files for role in file.meaning.roles if role is not None}


def group(files: Sequence[NamedFile], context: Sequence[NamedFile] = (), folder_name: str = "") -> list[Group]:
    """Files of one folder by material, sorted by name.

    ``context`` are further files of the same folder that were not asked for: they vote, but are not in the result.
    """
    everybody = [*files, *context]
    keep_udim = len({t.text for f in everybody for t in names.tokenise(_stem(f)) if names.is_udim(t.text)}) > 1
    folder = names.stem_of(names.tokenise(unicodedata.normalize("NFC", folder_name)))
    possible = {f.path: names.readings(_stem(f), f.channels, f.has_alpha, keep_udim=keep_udim) for f in everybody}
    bare = {f.path: names.stem_of(names.tokenise(_stem(f)), keep_udim) for f in everybody}
    support = _support(possible, bare)

    groups: dict[Stem, Group] = {}
    nameless: list[NamedFile] = []
    for file in files:
        reading = _choose(possible[file.path], bare[file.path], support, folder, alone=len(everybody) == 1)
        if reading is None:
            nameless.append(file)
            continue
        found = groups.setdefault(reading.stem, Group(reading.stem, _name(file, reading), []))
        confidence = _confidence(reading, support[reading.stem])
        found.files.append(ReadFile(file, reading, confidence))
    _join_strays(groups)
    _attach_nameless(groups, nameless, bare)
    return [groups[stem] for stem in sorted(groups)]


def _stem(file: NamedFile) -> str:
    return unicodedata.normalize("NFC", file.path.stem)


def _support(possible: dict[Path, list[Reading]], bare: dict[Path, Stem]) -> dict[Stem, float]:
    support: dict[Stem, float] = defaultdict(float)
    for found in possible.values():
        for stem in {reading.stem for reading in found}:
            support[stem] += 1
    for stem in bare.values():
        if stem in support:
            support[stem] += 0.5  # a picture that is called like the material, as previews are
    return support


def _choose(found: list[Reading], bare: Stem, support: dict[Stem, float], folder: Stem, alone: bool) -> Reading | None:
    """The best reading, or None if the name is a material's name only."""

    def votes(stem: Stem) -> float:
        return support[stem] + (0.75 if stem and stem == folder else 0)

    candidates = [r for r in found if _believable(r, votes(r.stem), alone)]
    if not candidates:
        return None
    best = max(candidates, key=lambda r: (votes(r.stem), r.at_end, r.last, r.last - r.first, r.meaning.clarity))
    if support.get(bare, 0) > votes(best.stem) or (bare and bare == folder and votes(best.stem) < 2):
        return None
    return best


def _believable(reading: Reading, votes: float, alone: bool) -> bool:
    clarity = reading.meaning.clarity
    if votes >= 2:
        return clarity > names.LETTER or reading.at_end
    if clarity == names.LETTER:
        return alone and reading.at_end and reading.words.isupper() and len(reading.stem) > 0
    return reading.at_end or clarity >= names.SHORT


def _confidence(reading: Reading, support: float) -> float:
    confidence = {names.CLEAR: 0.98, names.SHORT: 0.93, names.EVERYDAY: 0.85, names.LETTER: 0.7}[
        reading.meaning.clarity
    ]
    if support < 2:
        confidence -= 0.1
    if not reading.at_end:
        confidence -= 0.1
    return round(confidence, 2)


def _name(file: NamedFile, reading: Reading) -> str:
    """The stem as it is spelled in the file name: runs of its tokens with what stood between them."""
    name = _stem(file)
    kept: list[names.Token] = []
    pieces: list[str] = []
    rest = list(reading.stem)
    for token in names.tokenise(name):
        if rest and token.text == rest[0] and not names.is_noise(token.text):
            rest.pop(0)
            kept.append(token)
        elif kept:
            pieces.append(name[kept[0].start : kept[-1].end])
            kept = []
    if kept:
        pieces.append(name[kept[0].start : kept[-1].end])
    return "_".join(pieces)


def _join_strays(groups: dict[Stem, Group]) -> None:
    """A misspelled file is no material of its own: what has no albedo joins the only group that has one, if it
    brings a role that is missing there or is a single file."""
    with_albedo = [g for g in groups.values() if Role.ALBEDO in g.roles]
    if len(with_albedo) != 1:
        return
    home = with_albedo[0]
    for stem, stray in list(groups.items()):
        if stray is home or (len(stray.files) > 1 and stray.roles & home.roles):
            continue
        home.files += [ReadFile(f.file, f.reading, round(f.confidence * 0.7, 2)) for f in stray.files]
        del groups[stem]


def _attach_nameless(groups: dict[Stem, Group], nameless: list[NamedFile], bare: dict[Path, Stem]) -> None:
    """Files whose names say nothing go to the group whose name theirs starts with, else to the first one."""
    for file in nameless:
        stem = bare[file.path]
        if not groups:
            groups[()] = Group((), "", [])
        home = max(groups.values(), key=lambda g: shared_start(g.stem, stem))
        home.files.append(ReadFile(file, None, 0.0))
    only = groups.get(())
    if only and len(only.files) == 1 and only.files[0].reading is None:
        only.name = only.files[0].file.path.stem


def shared_start(a: Stem, b: Stem) -> int:
    """How many tokens two stems have in common at the start."""
    count = 0
    while count < min(len(a), len(b)) and a[count] == b[count]:
        count += 1
    return count
