"""Where a coordinate network can go: shading languages, and the files of RTX Neural Shading's samples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError

if TYPE_CHECKING:
    from core.coordinate.network import Architecture, CoordinateNetwork


TABLE_SUFFIX = ".table.bin"
"""Of the hash encoding's table beside shader text."""


@dataclass(frozen=True)
class NetworkTarget:
    """``title`` is for people, ``suffix`` that of the main file, ``language`` a shading language or empty."""

    name: str
    title: str
    suffix: str
    language: str = ""


TARGETS = {
    target.name: target
    for target in (
        NetworkTarget("glsl", "GLSL shader", ".glsl", "glsl"),
        NetworkTarget("hlsl", "HLSL shader", ".hlsl", "hlsl"),
        NetworkTarget("slang", "Slang shader", ".slang", "slang"),
        NetworkTarget("metal", "Metal shader", ".metal", "metal"),
        NetworkTarget("rtx-json", "RTX Neural Shading, JSON", ".json"),
        NetworkTarget("rtx-bin", "RTX Neural Shading, float16", ".ns.bin"),
    )
}


def targets_named(text: str | None) -> tuple[str, ...]:
    """``a,b`` as names of targets. Raises InputError for one that doesn't exist."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if text is not None and not names:
        raise InputError(f"--export needs a target: {', '.join(TARGETS)}.")
    for name in names:
        if name not in TARGETS:
            raise InputError(f"There is no export target {name!r} for a network; there are {', '.join(TARGETS)}.")
    return tuple(dict.fromkeys(names))


def check_target(architecture: Architecture, target: str) -> None:
    """Raises InputError for a network that the target can't hold."""
    if not TARGETS[target].language:
        from core.coordinate import rtx_file

        rtx_file.check(architecture, TARGETS[target].suffix)


def network_files(target: str, path: Path, architecture: Architecture) -> list[Path]:
    """What :func:`write_network` would write, the main file first."""
    if architecture.grid is None or not TARGETS[target].language:
        return [path]
    return [path, path.with_name(path.stem + TABLE_SUFFIX)]


def write_network(network: CoordinateNetwork, target: str, path: Path) -> list[Path]:
    """Write the files of a target, the main one as ``path``, and return them.

    Raises InputError for a network that the target can't hold, OutputError.
    """
    language = TARGETS[target].language
    if language:
        from core.exporters.network_shader import write_shader
        from core.exporters.shader_text import Language

        return write_shader(network, Language(language), path)
    from core.coordinate import rtx_file

    rtx_file.write(network, path)
    return [path]
