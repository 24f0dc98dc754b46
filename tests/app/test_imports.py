"""What loading a room costs, and that the walls between the rooms hold."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("app", "core", "widgets", "renderers", "resources")


def loaded_by(statement: str) -> set[str]:
    """The top-level modules in a fresh interpreter after ``statement``."""
    code = f"{statement}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(done.stdout.split())


def test_core_loads_neither_qt_nor_gl() -> None:
    statement = (
        "import core, core.jobs, core.textures.reading, core.textures.samples, core.codec.compress, "
        "core.codec.rate, core.codec.container, core.codec.baselines, core.codec.equal_size, core.exporters"
    )
    assert not loaded_by(statement) & {"PySide6", "moderngl", "pyqtgraph", "app", "widgets", "renderers", "torch"}


def test_the_window_is_made_without_torch() -> None:
    loaded = loaded_by("import app, app.application, app.main_window")
    assert "PySide6" in loaded
    assert "torch" not in loaded


def test_the_window_does_not_wait_for_what_it_needs_later() -> None:
    loaded = loaded_by("import app.cli, app.application, app.main_window")
    assert not loaded & {"pyqtgraph", "scipy"}
    modules = loaded_by("import app.cli; import sys; print(*(m for m in sys.modules if m.startswith('app.commands.')))")
    assert not any(name.startswith("app.commands.") for name in modules), "commands are for the terminal"


def test_renderers_load_neither_qt_nor_torch() -> None:
    assert not loaded_by("import renderers.material_renderer") & {"PySide6", "torch", "app", "widgets"}


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([str(tool), "--no-cache"], capture_output=True, text=True, cwd=folder, check=False)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__", "*.otf"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contracts_hold(copied: Path) -> None:
    done = contracts(copied)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "violation", "contract"),
    [
        ("core/textures/roles.py", "import PySide6", "core works without a window"),
        ("core/textures/roles.py", "import widgets.theme", "core works without a window"),
        ("renderers/camera.py", "import PySide6", "renderers take a context, never a widget"),
        ("widgets/units.py", "import torch", "widgets know nothing of the application"),
        ("widgets/units.py", "import app.paths", "widgets know nothing of the application"),
    ],
)
def test_each_contract_bites(copied: Path, module: str, violation: str, contract: str) -> None:
    file = copied / module
    before = file.read_text(encoding="utf-8")
    # Inside a function: an import that only happens later counts as well.
    file.write_text(f"{before}\n\ndef planted():\n    {violation}\n", encoding="utf-8")
    try:
        done = contracts(copied)
    finally:
        file.write_text(before, encoding="utf-8")
    assert done.returncode != 0
    assert f"{contract} BROKEN" in done.stdout
