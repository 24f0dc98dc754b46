"""Where Texloom keeps its own files, per user and per system.

``TEXLOOM_HOME`` puts everything into one folder instead: a portable installation, or a test.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

NAME = "texloom"


def _home() -> Path | None:
    home = os.environ.get("TEXLOOM_HOME")
    return Path(home) if home else None


def config_folder() -> Path:
    home = _home()
    return home / "config" if home else Path(platformdirs.user_config_dir(NAME, appauthor=False))


def export_presets_folder() -> Path:
    """The user's own export presets, one JSON file each."""
    return config_folder() / "export_presets"


def data_folder() -> Path:
    home = _home()
    return home / "data" if home else Path(platformdirs.user_data_dir(NAME, appauthor=False))


def runs_folder() -> Path:
    return data_folder() / "runs"


def projects_folder() -> Path:
    """Where projects live that have no place of their own yet, and the small pictures of all."""
    return data_folder() / "projects"


def lab_folder() -> Path:
    """Networks of the lab that were not saved."""
    return data_folder() / "lab"


def manifests_folder() -> Path:
    """What copied command lines name where a folder alone would not say what is meant."""
    return data_folder() / "manifests"


def presets_folder() -> Path:
    """The user's presets."""
    return config_folder() / "presets"


def log_folder() -> Path:
    home = _home()
    return home / "log" if home else Path(platformdirs.user_log_dir(NAME, appauthor=False))
