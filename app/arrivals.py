"""Files that come one after the other into a folder: which open material they belong to, and its plan with them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from app.document import Material
from core.textures.plan import CHOSEN, TAKEN, MaterialPlan, PlannedFile

BY_USER = CHOSEN
"""What plans give as the reason for what the user has decided."""


def home_of(plan: MaterialPlan, materials: Iterable[Material]) -> Material | None:
    """The open material that holds most of the files of ``plan``; None if none of them is open."""
    paths = {file.path for file in plan.files}
    best, most = None, 0
    for material in materials:
        held = 0 if material.plan is None else sum(file.path in paths for file in material.plan.files)
        if held > most:
            best, most = material, held
    return best


def joined(plan: MaterialPlan, home: Material, materials: Iterable[Material]) -> MaterialPlan:
    """The plan of ``home`` with what ``plan`` has beyond it. What the user has decided stays, files that are in other
    materials stay there, and so do files that were moved here."""
    before = home.plan
    assert before is not None
    others = {m_file.path for m in materials if m is not home and m.plan is not None for m_file in m.plan.files}
    known = {file.path: file for file in before.files}
    come = [file for file in plan.files if file.path not in others]
    here = {file.path for file in come}
    moved = [file for file in before.files if file.path not in here]
    result = dataclasses.replace(plan, name=before.name, files=(*come, *moved))
    for path, file in known.items():
        if _decided(file) or path not in here:
            result = result.assign(path, file.roles, reason=file.reason)
    if before.normal_reason == BY_USER:
        result = result.with_normal_convention(before.normal_convention)
    return result


def _decided(file: PlannedFile) -> bool:
    return file.reason.startswith(BY_USER) or file.reason == TAKEN


def readable(plans: Iterable[MaterialPlan]) -> set[Path]:
    return {file.path for plan in plans for file in plan.files if not file.problem}
