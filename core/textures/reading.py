"""Folders and files become texture sets, in two steps: ``plan`` looks at names and headers, ``read`` at pixels."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.errors import InputError
from core.said import Said, listed, said
from core.textures import grouping, images, mips, names, normals
from core.textures.grouping import Group, NamedFile, ReadFile
from core.textures.images import ImageHeader
from core.textures.material import ChannelRef, NormalConvention, Pixels, SourceFile, TextureMap, TextureSet
from core.textures.names import IMAGE_SUFFIXES, Meaning
from core.textures.plan import MaterialPlan, PlannedFile
from core.textures.roles import MAX_CHANNELS, ROLE_INFO, Role

_GENERIC_FOLDERS = frozenset(
    {"textures", "texture", "tex", "maps", "map", "images", "image", "source", "sources", "src", "material", "export"}
)
OTHER_FILES = {
    ".mtlx": "MaterialX description, not a map",
    ".usdc": "USD scene, not a map",
    ".usda": "USD scene, not a map",
    ".usd": "USD scene, not a map",
    ".usdz": "USD scene, not a map",
    ".gltf": "glTF scene, not a map",
    ".glb": "glTF scene, not a map",
    ".bin": "mesh data, not a map",
    ".blend": "Blender scene, not a map",
    ".sbsar": "Substance archive, not a map",
    ".tres": "Godot material, not a map",
    ".texloom": "neural texture, not a map",
}
_LOSSY = frozenset({".jpg", ".jpeg", ".webp"})
_MEASURED_ROWS = 1024
_SAME = 3 / 255
"""Mean difference up to which two channels are the same map: what saving as JPEG does to it."""
CHANNEL_NAMES = ("red", "green", "blue", "alpha")


# --- plan ------------------------------------------------------------------------------------------------------


def plan(inputs: Sequence[Path]) -> list[MaterialPlan]:
    """One plan per material found in folders (each with images of its own, searched to any depth) and files.

    Dropped files are taken as they are: nothing else of their folder is added. Files that can't be read stay in
    the plan with their ``problem``. Raises InputError (one sentence) if nothing usable is there.
    """
    if not inputs:
        raise InputError(said("There is nothing to read; give a folder or image files."))
    plans: list[MaterialPlan] = []
    for folder, files, whole in _collect(inputs):
        plans += _plan_folder(folder, files, whole)
    readable = [f for p in plans for f in p.files if f.width]
    if not readable:
        broken = [f for p in plans for f in p.files if f.problem]
        raise InputError(broken[0].problem, broken[0].path)
    return _with_different_names(plans)


def _collect(inputs: Sequence[Path]) -> list[tuple[Path, list[Path], bool]]:
    """(folder, its files, whether the whole folder was asked for). Raises InputError."""
    found: list[tuple[Path, list[Path], bool]] = []
    single: dict[Path, list[Path]] = defaultdict(list)
    seen: set[Path] = set()
    for given in inputs:
        if given.is_dir():
            with_images = [(f, files) for f, files in _walk(given) if any(_is_image(x) for x in files)]
            if not with_images:
                raise InputError(
                    said(
                        "There is no image in the folder {folder}; choose one with PNG, JPEG, TIFF or EXR maps.",
                        folder=str(given),
                    ),
                    given,
                )
            for folder, files in with_images:
                if folder.resolve() not in seen:
                    seen.add(folder.resolve())
                    found.append((folder, files, True))
        elif given.exists():
            if not _is_image(given):
                raise InputError(
                    said(
                        "{file} is not an image; choose PNG, JPEG, TIFF, EXR, TGA or a folder of them.", file=given.name
                    ),
                    given,
                )
            if given not in single[given.parent]:
                single[given.parent].append(given)
        else:
            raise InputError(said("{file} does not exist.", file=str(given)), given)
    for folder, files in single.items():
        if folder.resolve() not in seen:
            found.append((folder, sorted(files), False))
    return found


def _walk(root: Path) -> Iterable[tuple[Path, list[Path]]]:
    for folder, subfolders, files in os.walk(root):
        subfolders[:] = sorted(s for s in subfolders if not s.startswith((".", "__MACOSX")))
        yield Path(folder), [Path(folder, f) for f in sorted(files) if not _is_clutter(f)]


def _is_clutter(name: str) -> bool:
    return name.startswith(".") or name.lower() in ("thumbs.db", "desktop.ini")


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES


@dataclass(frozen=True)
class _Looked:
    """A file with what its header says, or why it has none."""

    path: Path
    header: ImageHeader | None
    problem: str = ""


def _look(path: Path) -> _Looked:
    try:
        return _Looked(path, images.read_header(path))
    except InputError as error:
        return _Looked(path, None, error.sentence)


def _named(looked: _Looked) -> NamedFile:
    if looked.header is None:
        return NamedFile(looked.path, 4, True)  # what can't be read still has a name, and with it a role
    return NamedFile(looked.path, looked.header.channels, looked.header.has_alpha)


def _plan_folder(folder: Path, files: list[Path], whole: bool) -> list[MaterialPlan]:
    looked = {path: _look(path) for path in files if _is_image(path)}
    context: list[NamedFile] = []
    if not whole:
        beside = [f for f in sorted(folder.iterdir()) if not _is_clutter(f.name)]
        context = [NamedFile(path, 4, True) for path in beside if _is_image(path) and path not in looked]
    groups = grouping.group([_named(x) for x in looked.values()], context, folder.name)
    plans = [_plan_group(group, folder, looked) for group in groups]
    plans = [
        replace(p, name=_material_name(g, folder, whole and len(groups) == 1))
        for p, g in zip(plans, groups, strict=True)
    ]
    others = [path for path in files if not _is_image(path)]
    return _with_other_files(plans, groups, others)


def _material_name(group: Group, folder: Path, by_folder: bool) -> str:
    folder_name = folder.resolve().name
    tokens = names.tokenise(folder_name)
    generic = folder_name.lower() in _GENERIC_FOLDERS or all(names.is_noise(t.text) for t in tokens)
    if by_folder and not generic:
        return folder_name
    if group.name:
        return group.name
    return folder.resolve().parent.name or "material" if generic else folder_name


def _with_different_names(plans: list[MaterialPlan]) -> list[MaterialPlan]:
    """Names become file names, so two materials never share one."""
    result: list[MaterialPlan] = []
    taken: set[str] = set()
    for material in plans:
        name = material.name
        if name.lower() in taken:
            name = f"{material.folder.resolve().parent.name}_{material.name}".strip("_")
        number, base = 1, name
        while name.lower() in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name.lower())
        result.append(replace(material, name=name))
    return result


def _with_other_files(plans: list[MaterialPlan], groups: list[Group], others: list[Path]) -> list[MaterialPlan]:
    """What is no image is shown too: nothing in the folder goes missing without a word."""
    extra: list[list[PlannedFile]] = [[] for _ in plans]
    for path in others:
        stem = names.stem_of(names.tokenise(path.stem))
        shared = [grouping.shared_start(group.stem, stem) for group in groups]
        home = shared.index(max(shared))
        reason = OTHER_FILES.get(path.suffix.lower(), "not an image")
        extra[home].append(PlannedFile(path, (), reason, 1.0))
    return [replace(p, files=(*p.files, *more)) for p, more in zip(plans, extra, strict=True)]


def _plan_group(group: Group, folder: Path, looked: dict[Path, _Looked]) -> MaterialPlan:
    notices: list[str] = []
    planned = [_first_plan(file, looked[file.file.path], group) for file in group.files]
    planned = _one_file_per_role(planned, group.files, notices)
    planned = _guess_albedo(planned, group)
    planned.sort(key=_order)
    convention, reason = _normal_convention(planned, group.files, folder)
    for file in planned:
        if file.problem and not file.used:
            notices.append(said("Not used: {problem}", problem=file.problem))
    return MaterialPlan("", folder, tuple(planned), convention, reason, tuple(notices))


def _order(file: PlannedFile) -> tuple[int, str]:
    order = list(Role)
    first = next((order.index(role) for role in file.roles if role is not None), len(order))
    return first, file.path.name.lower()


def _first_plan(file: ReadFile, looked: _Looked, group: Group) -> PlannedFile:
    """What the name alone says, checked against the channels."""
    header, meaning = looked.header, file.meaning
    result = PlannedFile(
        path=looked.path,
        roles=meaning.roles,
        reason=_reason(file),
        confidence=file.confidence,
        width=header.width if header else 0,
        height=header.height if header else 0,
        channels=header.channels if header else 0,
        bit_depth=header.bit_depth if header else 8,
        alpha_role=meaning.alpha_role,
        problem=looked.problem,
        glossiness=meaning.glossiness,
        has_alpha=bool(header and header.has_alpha),
    )
    if header is None:
        return result
    layered = _layers(header)
    if layered:
        return replace(result, roles=layered, reason=said("the channel names say so"), confidence=0.9, alpha_role=None)
    if file.reading is None:
        named_like_it = group.stem and names.stem_of(names.tokenise(looked.path.stem)) == group.stem
        reason = said("preview picture, not a map") if named_like_it else said("the name says nothing about a map")
        return replace(result, reason=reason, confidence=0.8 if named_like_it else 0.4)
    if meaning.unused:
        return replace(result, confidence=file.confidence)
    if meaning.roles == (Role.NORMAL,) and header.channels - header.has_alpha < 2:
        return replace(result, roles=(), reason=said("a normal map needs at least two channels"), confidence=0.8)
    if header.channels > 4:
        return replace(
            result, roles=(), reason=said("more than four channels, and their names say nothing"), confidence=0.8
        )
    if len(meaning.roles) > 1:
        roles = meaning.roles[: header.channels]
        return replace(result, roles=roles, alpha_role=meaning.alpha_role if header.channels > 3 else None)
    if meaning.roles == (Role.ALBEDO,) and header.has_alpha and meaning.alpha_role is None:
        return replace(result, alpha_role=Role.OPACITY)
    return result


def _layers(header: ImageHeader) -> tuple[Role | None, ...]:
    """Roles of a layered file ("roughness.Y"), one per channel; empty if its channels have no such names."""
    roles: list[Role | None] = []
    for name in header.channel_names:
        layer = name.rpartition(".")[0]
        found = [r for r in names.readings(layer, channels=3, has_alpha=False) if not r.stem] if layer else []
        meaning = found[-1].meaning if found else Meaning()
        roles.append(meaning.roles[0] if len(meaning.roles) == 1 and not meaning.glossiness else None)
    return tuple(roles) if any(roles) else ()


def _reason(file: ReadFile) -> str:
    if file.reading is None:
        return ""
    meaning, words = file.meaning, file.reading.words
    if meaning.unused:
        return meaning.unused
    if len(meaning.roles) > 1 or meaning.alpha_role:
        channels = [*zip(CHANNEL_NAMES, meaning.roles, strict=False)] if len(meaning.roles) > 1 else []
        if meaning.alpha_role:
            channels.append(("alpha", meaning.alpha_role))
        parts = [
            said("{channel} {role}", channel=said(channel), role=_role_label(role, meaning))
            for channel, role in channels
            if role is not None
        ]
        return said("the name says “{words}”: {channels}", words=words, channels=listed(parts))
    if meaning.glossiness:
        return said("the name says “{words}”: roughness turned round", words=words)
    return said("the name says “{words}”", words=words)


def _role_label(role: Role, meaning: Meaning) -> Said:
    return said("glossiness") if role is Role.ROUGHNESS and meaning.glossiness else _called(role)


def _one_file_per_role(planned: list[PlannedFile], read_files: list[ReadFile], notices: list[str]) -> list[PlannedFile]:
    """Of several files for one role the best is kept, the others are shown with the reason."""
    meaning = {file.file.path: file.meaning for file in read_files}

    def quality(file: PlannedFile) -> tuple:
        says = meaning[file.path]
        conventions = (NormalConvention.OPENGL, NormalConvention.DIRECTX, NormalConvention.UNKNOWN)
        return (
            len([r for r in file.roles if r is not None]),  # a map of its own before a packed one
            bool(file.problem),
            conventions.index(says.convention),
            says.rank,
            -file.bit_depth,
            -file.width * file.height,
            file.path.suffix.lower() in _LOSSY,
            -file.confidence,
            file.path.name.lower(),
        )

    owner: dict[Role, PlannedFile] = {}
    result: dict[Path, PlannedFile] = {}
    for file in sorted(planned, key=quality):
        wanted = {role for role in file.roles if role is not None}
        lost = wanted & owner.keys()
        if lost:
            best = owner[next(iter(sorted(lost)))]
            if wanted - lost:
                kept = tuple(None if role in lost else role for role in file.roles)
                labels = listed(sorted(map(_called, lost)))
                reason = said("{reason}; {roles} from {file}", reason=file.reason, roles=labels, file=best.path.name)
                file = replace(file, roles=kept, reason=reason)
            else:
                reason = _why_not(file, best, meaning)
                if reason.startswith("not used, because"):
                    notices.append(said("{file} is {reason}.", file=file.path.name, reason=reason))
                file = replace(file, roles=(), alpha_role=None, reason=reason)
        owner.update(dict.fromkeys((role for role in file.roles if role is not None), file))
        result[file.path] = file
    for path, file in result.items():  # alpha channels last: a map of its own always goes before one
        if file.alpha_role in owner:
            result[path] = replace(file, alpha_role=None)
        elif file.alpha_role is not None:
            owner[file.alpha_role] = file
    return [result[file.path] for file in planned]


def _why_not(file: PlannedFile, best: PlannedFile, meaning: dict[Path, Meaning]) -> str:
    ours, theirs = meaning[file.path].convention, meaning[best.path].convention
    if Role.NORMAL in file.roles and ours != theirs:
        return said("the same normals as {file} in the other convention, not used", file=best.path.name)
    if len(file.roles) > 1:
        return said("not used: {file} and others hold its maps one by one", file=best.path.name)
    return _taken(best.path, next(role for role in file.roles if role is not None))


def _taken(path: Path, role: Role) -> str:
    return said("not used, because {file} is the {role} already", file=path.name, role=_called(role))


def _called(role: Role) -> Said:
    """A role in the middle of a sentence."""
    return said(ROLE_INFO[role].label.lower())


def _guess_albedo(planned: list[PlannedFile], group: Group) -> list[PlannedFile]:
    """A picture that is called like the material itself is its colour if nothing else is ("bob.png")."""
    if any(Role.ALBEDO in file.roles for file in planned):
        return planned
    candidates = [
        file
        for file, read_file in zip(planned, group.files, strict=True)
        if not file.used and not file.problem and read_file.reading is None and 3 <= file.channels <= 4
    ]
    if len(candidates) != 1 or len(candidates) < sum(read_file.reading is None for read_file in group.files):
        return planned
    chosen = candidates[0]
    has_alpha = chosen.channels == 4 and not any(Role.OPACITY in file.roles for file in planned)
    guess = replace(
        chosen,
        roles=(Role.ALBEDO,),
        alpha_role=Role.OPACITY if has_alpha else None,
        reason=said("no other file is the colour, and the name says nothing else"),
        confidence=0.5,
    )
    return [guess if file is chosen else file for file in planned]


def _normal_convention(
    planned: list[PlannedFile], read_files: list[ReadFile], folder: Path
) -> tuple[NormalConvention, str]:
    chosen = next((f for f in planned if Role.NORMAL in f.roles and not f.problem), None)
    if chosen is None:
        return NormalConvention.UNKNOWN, ""
    reading = next((r.reading for r in read_files if r.file.path == chosen.path), None)
    if reading and reading.meaning.convention is not NormalConvention.UNKNOWN:
        return reading.meaning.convention, said("the name says “{words}”", words=reading.words)
    if any(f.suffix.lower() in (".gltf", ".glb") for f in folder.iterdir()):
        return NormalConvention.OPENGL, said("textures of a glTF scene, which are OpenGL by definition")
    height = next((f for f in planned if Role.DISPLACEMENT in f.roles and not f.problem), None)
    if height is None or len(chosen.roles) > 1 or len(height.roles) > 1:
        return NormalConvention.UNKNOWN, said("the name does not say it, and there is no height map to measure it with")
    try:
        convention, confidence = measure(chosen.path, height.path)
    except InputError:
        return NormalConvention.UNKNOWN, said("the height map to measure it with can't be read")
    if convention is NormalConvention.UNKNOWN:
        return convention, said(
            "the name does not say it, and {file} does not match the normals", file=height.path.name
        )
    return convention, said("measured against {file}, {share:.0%} sure", file=height.path.name, share=confidence)


def measure(normal: Path, height: Path) -> tuple[NormalConvention, float]:
    """Convention of a normal map file by a height map file, with a confidence; looks at the upper part only."""
    normal_pixels = images.read_rows(normal, _MEASURED_ROWS)
    height_pixels = images.read_rows(height, _MEASURED_ROWS)
    if normal_pixels.shape[:2] != height_pixels.shape[:2]:
        normal_pixels, _ = images.read_image(normal)
        height_pixels, _ = images.read_image(height)
        rows, columns = (min(a, b) for a, b in zip(normal_pixels.shape[:2], height_pixels.shape[:2], strict=True))
        normal_pixels = mips.resize(normal_pixels[:, :, :2], columns, rows)
        height_pixels = mips.resize(height_pixels[:, :, :1], columns, rows)
    step = max(1, normal_pixels.shape[1] // 2048)
    middle = normal_pixels.shape[1] // step  # a crop measures as well as the whole
    return normals.measure_convention(normal_pixels[:, :middle], height_pixels[:, :middle])


def move(path: Path, source: MaterialPlan, target: MaterialPlan) -> tuple[MaterialPlan | None, MaterialPlan]:
    """Both plans after the file ``path`` went from one to the other, for a name that told the wrong material.

    It stays the map it was taken for, or becomes the one that its name says, where ``target`` has none of that role
    yet. The first plan is None if it has no image left; what else was in it comes along.
    """
    file = next(file for file in source.files if file.path == path)
    left = [other for other in source.files if other.path != path]
    along = [] if any(_is_image(other.path) for other in left) else left
    arrived, convention = _arrived(file, source, target)
    files = sorted((*target.files, arrived, *along), key=_order)
    grown = replace(target, files=tuple(files))
    if Role.NORMAL in arrived.roles:
        grown = replace(grown, normal_convention=convention[0], normal_reason=convention[1])
    if along or not left:
        return None, grown
    notices = tuple(notice for notice in source.notices if path.name not in notice)
    return replace(source, files=tuple(left), notices=notices), grown


def _arrived(
    file: PlannedFile, source: MaterialPlan, target: MaterialPlan
) -> tuple[PlannedFile, tuple[NormalConvention, str]]:
    """A file of ``source`` as one of ``target``, and the normal convention that comes with it."""
    convention = (source.normal_convention, source.normal_reason)
    if not file.used:
        # It had no role there because another file has it, or was not used by its name: what does the name say?
        found = names.readings(file.path.stem, file.channels, file.has_alpha)
        telling = [reading for reading in found if reading.at_end and reading.meaning.roles]
        if telling:
            best = max(telling, key=lambda reading: (reading.meaning.clarity, reading.last - reading.first))
            meaning = best.meaning
            roles = meaning.roles if len(meaning.roles) == 1 else meaning.roles[: file.channels]
            file = replace(file, roles=roles, alpha_role=meaning.alpha_role, glossiness=meaning.glossiness)
            convention = (meaning.convention, said("the name says “{words}”", words=best.words))
            if meaning.convention is NormalConvention.UNKNOWN:
                convention = (meaning.convention, said("the name does not say it"))
    owner = {role: other for other in target.used_files for role in other.roles if role is not None}
    roles = tuple(None if role in owner else role for role in file.roles)
    alpha_role = None if file.alpha_role in owner else file.alpha_role
    reason, confidence = said("moved here by you"), 1.0
    if file.roles and not any(roles):
        role = next(role for role in file.roles if role is not None)
        reason = _taken(owner[role].path, role)
        roles, alpha_role = (), None
    elif not file.roles:
        reason, confidence = file.reason, file.confidence
    return replace(file, roles=roles, alpha_role=alpha_role, reason=reason, confidence=confidence), convention


# --- read ------------------------------------------------------------------------------------------------------


def read(material: MaterialPlan) -> TextureSet:
    """Decode the files of a plan. Raises InputError for a file that can't be read or a set that can't be used
    (no map at all, more than 16 channels, one role twice)."""
    used = material.used_files
    for file in used:
        if file.problem:
            raise InputError(file.problem, file.path)
    if not used:
        raise InputError(
            f"No map was recognised in {material.name}{_only_reason(material)}; name the files by what they are "
            "(Color, Normal, Roughness …) or assign them by hand.",
            material.folder,
        )
    _check_roles(material)
    notices = list(material.notices)
    maps: list[TextureMap] = []
    sources: list[SourceFile] = []
    unused: list[dict[int, Pixels]] = []
    owned = {role for file in used for role in file.roles if role is not None}
    with ThreadPoolExecutor(max_workers=min(4, len(used))) as pool:
        for file, (pixels, _) in zip(used, pool.map(images.read_image, (file.path for file in used)), strict=True):
            if file.alpha_role in owned:  # a map of its own goes before an alpha channel
                file = replace(file, alpha_role=None)
            maps_of_file, layout = _split(file, _finite(file, pixels, notices), notices)
            owned |= {texture.role for texture in maps_of_file}
            maps += maps_of_file
            sources.append(SourceFile(file.path.name, file.bit_depth, layout))
            # Only these channels of the file are looked at again; the rest of it may go.
            left = [index for index, channel in enumerate(layout) if channel.role is None]
            unused.append({index: pixels[:, :, index].copy() for index in left if np.ptp(pixels[:, :, index])})
    maps.sort(key=lambda m: list(Role).index(m.role))
    sources = [_recover(s, channels, maps, notices) for s, channels in zip(sources, unused, strict=True)]
    width, height = _common_size(maps)
    maps = [_at_size(m, width, height, notices) for m in maps]
    for texture in maps:
        texture.pixels.setflags(write=False)
    result = TextureSet(
        name=material.name,
        width=width,
        height=height,
        maps=tuple(maps),
        files=tuple(sources),
        normal_convention=material.normal_convention,
        folder=material.folder,
        notices=tuple(notices),
    )
    if result.channels > MAX_CHANNELS:
        raise InputError(
            said(
                "{material} has {channels} channels; a material can have {most} at most, so leave some maps out.",
                material=material.name,
                channels=result.channels,
                most=MAX_CHANNELS,
            ),
            material.folder,
        )
    return result


def _only_reason(material: MaterialPlan) -> str:
    """Of a single file, why it is not used."""
    if len(material.files) != 1:
        return ""
    (file,) = material.files
    return f" ({file.path.name}: {file.reason})"


def _check_roles(material: MaterialPlan) -> None:
    """Raises InputError if two files have one role, or one file the same name as another."""
    owner: dict[Role, PlannedFile] = {}
    for file in material.used_files:
        for role in {role for role in file.roles if role is not None}:
            if role in owner:
                raise InputError(
                    said(
                        "{first} and {second} are both the {role}; use one of them.",
                        first=owner[role].path.name,
                        second=file.path.name,
                        role=_called(role),
                    ),
                    file.path,
                )
            owner[role] = file
    repeated = [name for name, count in Counter(f.path.name for f in material.used_files).items() if count > 1]
    if repeated:
        raise InputError(said("Two files are called {file}; use one of them.", file=repeated[0]), material.folder)


def _finite(file: PlannedFile, pixels: Pixels, notices: list[str]) -> Pixels:
    if file.bit_depth < 32 or np.isfinite(pixels).all():
        return pixels
    finite = pixels[np.isfinite(pixels)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    notices.append(
        f"{file.path.name} holds values that are not numbers or not finite; they were set to 0 and, where infinite, to "
        f"the file's extremes, {low:.4g} and {high:.4g}."
    )
    return np.nan_to_num(pixels, copy=False, nan=0.0, posinf=high, neginf=low)


def _split(file: PlannedFile, pixels: Pixels, notices: list[str]) -> tuple[list[TextureMap], tuple[ChannelRef, ...]]:
    """The maps in a file and where each of its channels went."""
    channels = pixels.shape[2]
    roles = list(file.roles)
    whole = len(roles) == 1
    alpha = channels - 1 if channels in (2, 4) and (channels == 4 or file.alpha_role or file.has_alpha) else None
    if whole and roles[0] is not None:
        own = [c for c in range(channels) if c != alpha]
        plan_of = {roles[0]: own}
    else:
        plan_of = defaultdict(list)
        for channel, role in enumerate(roles[:channels]):
            if role is not None:
                plan_of[role].append(channel)
        if alpha is not None and len(roles) > alpha and roles[alpha] is not None:
            alpha = None  # an explicit role for the fourth channel
    layout = [ChannelRef(None, value=_constant(pixels[:, :, c])) for c in range(channels)]
    maps: list[TextureMap] = []
    for role, sources in plan_of.items():
        inverted = file.glossiness and role is Role.ROUGHNESS
        values, refs = _map_values(role, pixels, sources, file, notices)
        maps.append(TextureMap(role, 1 - values if inverted else values, file.path.name, file.bit_depth))
        for channel, index in refs.items():
            layout[channel] = ChannelRef(role, index, inverted=inverted)
    if alpha is not None:
        role = file.alpha_role
        values = pixels[:, :, alpha : alpha + 1]
        varies = float(values.min()) != float(values.max())
        if role is not None and role not in plan_of and (varies or float(values.max()) != 1.0):
            inverted = file.glossiness and role is Role.ROUGHNESS
            own_values = np.ascontiguousarray(1 - values if inverted else values)
            maps.append(TextureMap(role, own_values, file.path.name, file.bit_depth))
            layout[alpha] = ChannelRef(role, 0, inverted=inverted)
    return maps, tuple(layout)


def _recover(source: SourceFile, unused: dict[int, Pixels], maps: list[TextureMap], notices: list[str]) -> SourceFile:
    """Channels of a file that have no role of their own: often another map of the set holds the same values (an
    ARM file beside its parts, an opacity repeated as alpha), and then the file can be written again in full."""
    layout = list(source.layout)
    for index, values in unused.items():
        layout[index] = _same_values(values, maps) or layout[index]
        if layout[index].role is None:
            notices.append(f"The {_channel_name(index, len(layout))} channel of {source.name} is not used.")
    return replace(source, layout=tuple(layout))


def _channel_name(index: int, channels: int) -> str:
    if channels == 2:
        return ("first", "second")[index]
    return CHANNEL_NAMES[index] if index < 4 else f"{index + 1}th"


def _same_values(values: np.ndarray, maps: list[TextureMap]) -> ChannelRef | None:
    for texture in maps:
        if texture.channels == 1 and texture.pixels.shape[:2] == values.shape:
            if float(np.abs(texture.pixels[:, :, 0] - values).mean()) < _SAME:
                return ChannelRef(texture.role)
            if float(np.abs(1 - texture.pixels[:, :, 0] - values).mean()) < _SAME:
                return ChannelRef(texture.role, inverted=True)
    return None


def _constant(values: np.ndarray) -> float:
    """What stands for a channel that is not used: its value where it has only one, else 1."""
    low, high = float(values.min()), float(values.max())
    return low if low == high else 1.0


def _map_values(
    role: Role, pixels: Pixels, sources: list[int], file: PlannedFile, notices: list[str]
) -> tuple[Pixels, dict[int, int]]:
    """The values of one map from some channels of a file, and which channel of the map each of them is."""
    wanted = ROLE_INFO[role].channels
    values = pixels if sources == list(range(pixels.shape[2])) else pixels[:, :, sources]
    if wanted == 3:
        if len(sources) >= 3:
            return np.ascontiguousarray(values[:, :, :3]), {c: i for i, c in enumerate(sources[:3])}
        if role is Role.NORMAL and len(sources) == 2:
            notices.append(f"{file.path.name} has no blue channel; it was rebuilt from red and green.")
            return normals.rebuild_z(values), {c: i for i, c in enumerate(sources)}
        return np.repeat(values[:, :, :1], 3, axis=2), {sources[0]: 0}
    if len(sources) == 1:
        return np.ascontiguousarray(values), {sources[0]: 0}
    spread = float((values.max(axis=2) - values.min(axis=2)).max())
    if spread == 0:
        return np.ascontiguousarray(values[:, :, :1]), dict.fromkeys(sources, 0)
    if spread > 0.05:
        notices.append(f"{file.path.name} is coloured, but {ROLE_INFO[role].label.lower()} is grey: its mean is used.")
    return values.mean(axis=2, keepdims=True, dtype=np.float32), dict.fromkeys(sources, 0)


def _common_size(maps: list[TextureMap]) -> tuple[int, int]:
    """Width and height of the largest map."""
    largest = max(maps, key=lambda m: m.pixels.shape[0] * m.pixels.shape[1])
    return largest.pixels.shape[1], largest.pixels.shape[0]


def _at_size(texture: TextureMap, width: int, height: int, notices: list[str]) -> TextureMap:
    old_height, old_width = texture.pixels.shape[:2]
    if (old_width, old_height) == (width, height):
        return texture
    notices.append(
        f"{texture.file} ({ROLE_INFO[texture.role].label.lower()}) is {old_width} × {old_height}; "
        f"it was resampled to {width} × {height} like the largest map."
    )
    pixels = mips.resize(texture.pixels, width, height)
    if texture.role is Role.NORMAL:
        pixels = normals.encode(normals.decode(pixels))
    return replace(texture, pixels=np.ascontiguousarray(pixels))
