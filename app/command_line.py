"""What a run of the window is on the command line, so that a terminal makes the same."""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

from app import paths, run_store
from app.document import Material
from app.sources import ContainerSource, SampleSource
from core.codec.settings import CompressSettings
from core.errors import InputError
from core.files import finite_json, write_bytes
from core.jobs import describe
from core.textures.plan import MaterialPlan
from core.textures.sample_names import sample_folder

SIZES = ("bpp", "target_psnr", "max_bytes", "match")
"""Of these options the command line takes one."""


def command_line(material: Material, settings: CompressSettings, output: Path) -> str:
    """The same run in a terminal, with ``output`` as the folder of the results.

    A material that its folder alone would not give, with corrected roles, moved files or other sets beside it, is
    written down as a manifest. Raises OutputError where that can't be.
    """
    source, first = material.source, []
    if isinstance(source, MaterialPlan):
        given = source.folder.absolute()
        if not _as_the_folder(source):
            given = _write_manifest(source)
    elif isinstance(source, SampleSource):
        made = output / "samples"
        first = ["texloom", "samples", "-o", str(made), "--size", str(source.size), "--seed", str(source.seed)]
        given = made / sample_folder(source.name, source.size, source.size)
    else:
        assert isinstance(source, ContainerSource)
        given = output / "decoded" / source.path.stem
        first = ["texloom", "decode", str(source.path.absolute()), "-o", str(given)]
    words = ["texloom", "compress", str(given), "-o", str(output), *options(settings)]
    return " && ".join(_joined(part) for part in (first, words) if part)


def options(settings: CompressSettings) -> list[str]:
    """What gives these settings back: the demand that decides the size, and what is not as usual."""
    words: list[str] = []
    for field in describe(CompressSettings):
        value = getattr(settings, field.name)
        if field.name in SIZES:
            if field.name == settings.sized_by:
                words += [field.option, _text(value)]
        elif value == field.default or value is None:
            continue
        elif isinstance(value, bool):
            words.append(field.option if value else "--no-" + field.option.removeprefix("--"))
        else:
            words += [field.option, _text(value)]
    return words


def _text(value: Any) -> str:
    """A number as short as it can be without becoming another one."""
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    return str(value)


def _joined(words: list[str]) -> str:
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _as_the_folder(plan: MaterialPlan) -> bool:
    """Whether reading the folder of ``plan`` gives this material and no other."""
    from core.textures import reading

    own = {file.path.name for file in plan.files}
    try:
        for entry in os.scandir(plan.folder):
            if entry.name.startswith((".", "__MACOSX")):
                continue
            # A folder in it may hold more sets, and to look for them all the way down may take long.
            if entry.is_dir() or entry.name not in own:
                return False
        found = reading.plan([plan.folder])
    except (OSError, InputError):
        return False
    return len(found) == 1 and _meant(found[0]) == _meant(plan)


def _meant(plan: MaterialPlan) -> tuple[Any, ...]:
    """What the pixels of a material depend on."""
    files = tuple((file.path, file.roles, file.alpha_role, file.glossiness) for file in plan.used_files)
    return plan.name, plan.normal_convention, files


def _write_manifest(plan: MaterialPlan) -> Path:
    """Among the program's own files: a folder of maps is the user's. What was copied earlier goes on to mean what it
    meant then, so that each content has a file of its own."""
    from core.textures import manifest

    data = finite_json(manifest.content(plan))
    kind = hashlib.sha256(data).hexdigest()[:8]
    path = paths.manifests_folder() / f"{run_store.safe_name(plan.name)}-{kind}{manifest.SUFFIX}"
    if not path.exists():
        write_bytes(path, data)
    return path
