"""Folders and files become texture sets, in two steps: ``plan`` looks at names and headers, ``read`` at pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.textures.material import TextureSet
from core.textures.plan import MaterialPlan


def plan(inputs: Sequence[Path]) -> list[MaterialPlan]:
    """One plan per material found in folders (each with images of its own, searched to any depth) and files.

    Raises InputError (one sentence) if nothing usable is there.
    """
    raise NotImplementedError


def read(material: MaterialPlan) -> TextureSet:
    """Decode the files of a plan. Raises InputError for a file that can't be read or a set that can't be used
    (no map at all, more than 16 channels, one role twice)."""
    raise NotImplementedError
