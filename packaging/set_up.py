"""Create ``.venv`` and install everything into it; ``make setup`` calls this with the system's Python.

Runs with nothing but the standard library, on Linux, macOS and Windows (``py -3.11 packaging\\set_up.py``), and
does nothing, quickly, when all is there. The steps: is this Python one that we support; which system libraries
are missing (Linux); is there an up-to-date environment, and if not, make one.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "texloom-setup.txt"

OLDEST = (3, 11)
NEWEST = (3, 13)

# What the wheels on the package index load but don't bring along: (shared library, Debian package).
WINDOW_LIBRARIES = (
    ("libGL.so.1", "libgl1"),
    ("libEGL.so.1", "libegl1"),
    ("libEGL_mesa.so.0", "libegl-mesa0"),
    ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libfreetype.so.6", "libfreetype6"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-image.so.0", "libxcb-image0"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-randr.so.0", "libxcb-randr0"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-shm.so.0", "libxcb-shm0"),
    ("libxcb-sync.so.1", "libxcb-sync1"),
    ("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)
# The tests draw the window on a virtual display and compile the exported HLSL: (command, Debian package).
TEST_COMMANDS = (
    ("Xvfb", "xvfb"),
    ("xauth", "xauth"),
    ("glslangValidator", "glslang-tools"),
    ("spirv-cross", "spirv-cross"),
)

# The Mesa driver behind EGL; another vendor's driver does as well.
EGL_VENDORS = ("libEGL_mesa.so.0", "libEGL_nvidia.so.0")


def python_problem(version: tuple[int, int]) -> str:
    """One sentence if this version of Python can't run Texloom, else an empty string."""
    if version < OLDEST:
        trouble = "is too old"
    elif version > NEWEST:
        trouble = "is newer than what the libraries support"
    else:
        return ""
    return (
        f"Python {version[0]}.{version[1]} {trouble}: Texloom needs Python {OLDEST[0]}.{OLDEST[1]} to "
        f"{NEWEST[0]}.{NEWEST[1]}. Install one of these and say which, for example: make setup PYTHON=python3.11"
    )


def loadable(library: str) -> bool:
    """Whether the dynamic linker finds and loads the library (by its so-name)."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(has_library=loadable, has_command=shutil.which, has_pip: bool | None = None) -> list[str]:
    """Debian names of what is really missing on this machine. The two look-ups can be replaced for a test."""
    packages = []
    for library, package in WINDOW_LIBRARIES:
        alternatives = EGL_VENDORS if library in EGL_VENDORS else (library,)
        if not any(has_library(name) for name in alternatives):
            packages.append(package)
    packages += [package for command, package in TEST_COMMANDS if not has_command(command)]
    if has_pip is None:
        has_pip = can_make_environments()
    if not has_pip:
        packages.append(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")
    return packages


def can_make_environments() -> bool:
    """Debian splits ``ensurepip`` off its Python; without it ``python -m venv`` stops half-way."""
    try:
        import ensurepip
        import venv
    except ImportError:
        return False
    return bool(ensurepip and venv)


def install_command(packages: list[str], *, root: bool, apt: bool) -> str:
    """The one line to paste into a terminal, or an empty string where apt doesn't exist."""
    if not apt:
        return ""
    sudo = "" if root else "sudo "
    return f"{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {' '.join(packages)}"


def provide_system_libraries() -> str:
    """Install what is missing when run as root on Debian or Ubuntu; otherwise return what to say about it."""
    if not sys.platform.startswith("linux"):
        return ""
    packages = missing_packages()
    if not packages:
        return ""
    apt = shutil.which("apt-get") is not None
    root = os.geteuid() == 0
    if apt and root:
        print("Installing system libraries: " + " ".join(packages), flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
        # A fresh machine has no package index yet; an unreachable one may still do with what is cached.
        subprocess.run(["apt-get", "update", "-q"], env=environment, stdout=subprocess.DEVNULL, check=False)
        subprocess.run(install, env=environment, stdout=subprocess.DEVNULL, check=False)
        packages = missing_packages()
        if not packages:
            return ""
    command = install_command(packages, root=root, apt=apt)
    if command:
        return f"System libraries are missing. Install them with:\n\n    {command}\n"
    return (
        "System libraries are missing. Install the packages of your distribution that correspond to these of "
        f"Debian:\n\n    {' '.join(packages)}\n"
    )


def environment_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def wanted_stamp() -> str:
    """Changes when an installation is out of date: dependencies, the Python it was made with, or its place."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return f"{digest}\nPython {sys.version_info[0]}.{sys.version_info[1]}\n{ROOT}\n"


def up_to_date() -> bool:
    return environment_python().exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted_stamp()


def install() -> None:
    """Make the environment and install the project with its development tools, through pip's own configuration."""
    print("Setting up .venv; this downloads and unpacks about 1.5 GB and takes a minute or more.", flush=True)
    fresh = ["--clear"] if VENV.exists() and not made_by_this_python() else []
    subprocess.run([sys.executable, "-m", "venv", *fresh, str(VENV)], check=True)
    subprocess.run(
        [str(environment_python()), "-m", "pip", "install", "-q", "--no-input", "-e", ".[dev]"], cwd=ROOT, check=True
    )
    print("Compiling the inner loops of training for this processor.", flush=True)
    # Kept for all later runs; where it fails, training says so and does without.
    for module in ("core.codec.compiled", "core.coordinate.compiled"):
        subprocess.run([str(environment_python()), "-m", module], cwd=ROOT, check=False)
    STAMP.write_text(wanted_stamp(), encoding="utf-8")
    print("Done: .venv is ready.", flush=True)


def made_by_this_python() -> bool:
    """An environment of another Python, or one whose Python has gone, has to be made anew."""
    check = "import sys; print(sys.version_info[0], sys.version_info[1], sys.prefix)"
    try:
        answer = subprocess.run([str(environment_python()), "-c", check], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.strip() == f"{sys.version_info[0]} {sys.version_info[1]} {VENV}"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Set up Texloom's environment in .venv.")
    parser.add_argument("--system-only", action="store_true", help="look after the system libraries and stop there")
    options = parser.parse_args(argv)

    problem = python_problem(sys.version_info[:2])
    if problem:
        print(problem, file=sys.stderr)
        return 1
    to_say = provide_system_libraries()
    if not options.system_only and not up_to_date():
        if not can_make_environments():
            print(to_say or "This Python has no venv module; install it first.", file=sys.stderr)
            return 1
        try:
            install()
        except subprocess.CalledProcessError as error:
            print(f"Setting up failed at: {' '.join(map(str, error.cmd))}", file=sys.stderr)
            print("What went wrong stands above; `make setup` tries again.", file=sys.stderr)
            return 1
    if to_say:
        print(to_say, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
