"""The set-up script: what it finds missing, what it says, and when it has nothing to do."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def set_up() -> ModuleType:
    spec = importlib.util.spec_from_file_location("texloom_set_up", ROOT / "packaging" / "set_up.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_says_nothing_when_all_is_there(set_up: ModuleType) -> None:
    assert set_up.missing_packages(lambda name: True, lambda name: "/usr/bin/" + name, has_pip=True) == []


def test_a_bare_debian_misses_exactly_what_the_wheels_load(set_up: ModuleType) -> None:
    missing = set_up.missing_packages(lambda name: False, lambda name: None, has_pip=False)
    assert {"libgl1", "libegl1", "libxcb-icccm4", "libxcb-keysyms1", "libxkbcommon-x11-0", "xvfb", "xauth"} <= set(
        missing
    )
    assert missing[-1] == f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert len(missing) == len(set(missing))


def test_one_missing_library_names_one_package(set_up: ModuleType) -> None:
    missing = set_up.missing_packages(lambda name: name != "libxcb-icccm.so.4", lambda name: name, has_pip=True)
    assert missing == ["libxcb-icccm4"]


def test_another_vendors_egl_driver_is_enough(set_up: ModuleType) -> None:
    missing = set_up.missing_packages(lambda name: name != "libEGL_mesa.so.0", lambda name: name, has_pip=True)
    assert missing == []


def test_the_linker_is_really_asked(set_up: ModuleType) -> None:
    assert not set_up.loadable("libtexloom-does-not-exist.so.7")
    if sys.platform.startswith("linux"):
        assert set_up.loadable("libc.so.6")


def test_command_to_copy(set_up: ModuleType) -> None:
    as_user = set_up.install_command(["xvfb", "xauth"], root=False, apt=True)
    assert as_user == "sudo apt-get update && sudo apt-get install -y --no-install-recommends xvfb xauth"
    assert "sudo" not in set_up.install_command(["xvfb"], root=True, apt=True)
    assert set_up.install_command(["xvfb"], root=False, apt=False) == ""


@pytest.mark.parametrize(("version", "fine"), [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)])
def test_python_versions(set_up: ModuleType, version: tuple[int, int], fine: bool) -> None:
    problem = set_up.python_problem(version)
    assert (problem == "") is fine
    if not fine:
        assert f"Python {version[0]}.{version[1]}" in problem and "make setup PYTHON=" in problem


def test_installs_again_only_when_something_changed(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = tmp_path / ".venv"
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    project = tmp_path / "pyproject.toml"
    project.write_text("[project]\n")
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    monkeypatch.setattr(set_up, "VENV", environment)
    monkeypatch.setattr(set_up, "STAMP", environment / "stamp.txt")
    assert not set_up.up_to_date()
    python.parent.mkdir(parents=True)
    python.touch()
    set_up.STAMP.write_text(set_up.wanted_stamp(), encoding="utf-8")
    assert set_up.up_to_date()
    project.write_text('[project]\ndependencies = ["one-more"]\n')
    assert not set_up.up_to_date()


def test_make_knows_the_promised_targets() -> None:
    for target in ("setup", "run", "test", "test-slow"):
        plan = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert "packaging/set_up.py" in plan, f"make {target} must set up first"
    assert "ruff" in plan and "pyright" in plan and "lint-imports" in plan and "pytest" in plan


def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    commands = [line for line in script.read_text().splitlines() if line and not line.startswith("#")]
    assert commands[0] == "set -e" and commands[-1] == "make test"
