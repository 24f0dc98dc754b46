"""What reading found, before any pixel is decoded: which file plays which role, and why.

The window shows a plan for review and changes assignments; :func:`core.textures.reading.read` turns it into
a texture set.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from core.said import said
from core.textures.roles import NormalConvention, Role

CHOSEN = said("chosen by you")
TAKEN = said("another file was chosen for this role")


@dataclass(frozen=True)
class PlannedFile:
    """One file of the folder.

    ``roles``: empty = not used; one role = the whole file is that map; several = a packed file, one role (or
    None for an unused channel) per channel. ``alpha_role``: what the alpha channel is, if it is used.
    ``glossiness``: its roughness is stored as 1 − roughness. ``reason`` is one short phrase for people
    ("name ends in _Roughness", "preview picture, not a map").
    ``confidence`` in [0, 1]. ``problem`` is a sentence when the file can't be read.
    """

    path: Path
    roles: tuple[Role | None, ...]
    reason: str
    confidence: float
    width: int = 0
    height: int = 0
    channels: int = 0
    bit_depth: int = 8
    alpha_role: Role | None = None
    problem: str = ""
    glossiness: bool = False
    has_alpha: bool = False

    @property
    def used(self) -> bool:
        return any(role is not None for role in self.roles)


@dataclass(frozen=True)
class MaterialPlan:
    """All files of one material. ``normal_reason`` says how the normal convention was found."""

    name: str
    folder: Path
    files: tuple[PlannedFile, ...]
    normal_convention: NormalConvention = NormalConvention.UNKNOWN
    normal_reason: str = ""
    notices: tuple[str, ...] = ()

    @property
    def used_files(self) -> tuple[PlannedFile, ...]:
        return tuple(f for f in self.files if f.used)

    def assign(self, path: Path, roles: tuple[Role | None, ...], reason: str = CHOSEN) -> MaterialPlan:
        """The plan with another assignment for one file. A role taken from another file leaves that one unused."""
        taken = {role for role in roles if role is not None}

        def update(file: PlannedFile) -> PlannedFile:
            if file.path == path:
                return dataclasses.replace(file, roles=roles, reason=reason, confidence=1.0)
            if taken.intersection(r for r in file.roles if r is not None):
                left = tuple(None if r in taken else r for r in file.roles)
                if all(role is None for role in left):
                    return dataclasses.replace(file, roles=(), reason=TAKEN)
                return dataclasses.replace(file, roles=left)
            return file

        return dataclasses.replace(self, files=tuple(update(f) for f in self.files))

    def with_normal_convention(self, convention: NormalConvention) -> MaterialPlan:
        return dataclasses.replace(self, normal_convention=convention, normal_reason=CHOSEN)
