"""Two texture sets, map by map, in the metrics of the project's conventions."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands import materials
from core.errors import InputError

if TYPE_CHECKING:
    from core.textures.material import TextureSet
    from core.textures.plan import MaterialPlan


@dataclass(frozen=True)
class Pair:
    """A material and its counterpart, at the same size and with the same roles where both have them."""

    reference: TextureSet
    other: TextureSet


def read_pairs(reference: Path, other: Path) -> list[Pair]:
    """Materials of both sides: one with one, several by name. Raises InputError."""
    from core.textures import reading

    wanted = _usable(reference)
    if other.is_file():
        if len(wanted) > 1:
            raise InputError(f"{reference} holds several materials, but {other} is one.", reference)
        return [_pair(reading.read(wanted[0]), materials.read_set(other), other)]
    found = _usable(other)
    if len(wanted) == 1 and len(found) == 1:
        matched = [(wanted[0], found[0])]
    else:
        by_name = {plan.name.casefold(): plan for plan in found}
        matched = [(plan, by_name[plan.name.casefold()]) for plan in wanted if plan.name.casefold() in by_name]
        if not matched:
            raise InputError(f"{reference} and {other} have no material of the same name.", other)
    return [_pair(reading.read(a), reading.read(like(a, b)), other) for a, b in matched]


def _usable(folder: Path) -> list[MaterialPlan]:
    found = materials.plans([folder])
    return [plan for plan in found if plan.used_files] or found


def like(reference: MaterialPlan, other: MaterialPlan) -> MaterialPlan:
    """The other's plan with the reference's roles for files of the same name up to the ending: the same guess may
    come out differently where some files are missing."""
    by_stem = {file.path.stem.casefold(): file for file in other.files if not file.problem}
    for file in reference.used_files:
        same = by_stem.get(file.path.stem.casefold())
        if same is not None and same.channels >= file.channels and same.roles != file.roles:
            other = other.assign(same.path, file.roles, "as in the reference")
    return other


def _pair(reference: TextureSet, other: TextureSet, path: Path) -> Pair:
    from core.textures.material import NormalConvention
    from core.textures.normals import flip_green
    from core.textures.roles import Role

    if (reference.width, reference.height) != (other.width, other.height):
        raise InputError(
            f"{path} is {other.width} × {other.height}, but the reference is {reference.width} × {reference.height}; "
            "only maps of the same size can be compared.",
            path,
        )
    if not set(reference.by_role) & set(other.by_role):
        raise InputError(f"{path} has none of the reference's maps ({', '.join(reference.by_role)}).", path)
    known = {NormalConvention.OPENGL, NormalConvention.DIRECTX}
    turned = {reference.normal_convention, other.normal_convention} == known
    same_file = _stem(reference, Role.NORMAL) == _stem(other, Role.NORMAL)
    if turned and not same_file and Role.NORMAL in other.by_role:
        normal = other.by_role[Role.NORMAL]
        flipped = dataclasses.replace(normal, pixels=flip_green(normal.pixels))
        maps = tuple(flipped if texture is normal else texture for texture in other.maps)
        notice = f"The normal map of {path} was turned to the reference's convention."
        other = dataclasses.replace(other, maps=maps, notices=(*other.notices, notice))
    return Pair(reference, other)


def _stem(material: TextureSet, role: str) -> str:
    return next((Path(texture.file).stem.casefold() for texture in material.maps if texture.role == role), "")


def figures(pair: Pair) -> dict[str, Any]:
    """All metrics as plain values: the report's ``maps`` and the pooled PSNR over the maps that both have.

    PSNR is None where nothing differs.
    """
    from core.codec import report
    from core.textures.depth import round_to_depth

    maps, reference, other = [], [], []
    for texture in pair.reference.maps:
        counterpart = pair.other.by_role.get(texture.role)
        if counterpart is None:
            continue
        pixels = round_to_depth(counterpart.pixels, texture.bit_depth)
        reference.append(texture.pixels)
        other.append(pixels)
        maps.append({**report.map_report(texture, pixels), "other_file": counterpart.file})
    missing = [str(role) for role in pair.reference.by_role if role not in pair.other.by_role]
    notices = [*pair.other.notices]
    if missing:
        notices.append(f"Missing in the other and not counted: {', '.join(missing)}.")
    return {
        "schema": 1,
        "material": pair.reference.name,
        "width": pair.reference.width,
        "height": pair.reference.height,
        "psnr_db": report.finite(report.pooled_psnr(reference, other)),
        "maps": maps,
        "missing": missing,
        "notices": notices,
    }
