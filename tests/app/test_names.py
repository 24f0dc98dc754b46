"""Names in any script: from the folder to the title of the window, and what the system has no letters for stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from protocol_job import WAIT_MS
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow

NAME = "木目 Wälder 🪵"


@pytest.fixture
def folder(material_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(material_folder, tmp_path / "プロジェクト ü" / NAME))


def test_a_name_in_any_script_goes_through(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    for file in folder.iterdir():
        file.rename(folder / f"木目🪵_{file.name.rpartition('_')[2]}")
    window.start([folder])
    materials = window.document.materials
    qtbot.waitUntil(lambda: bool(materials) and materials[0].texture_set is not None, timeout=WAIT_MS)
    material = materials[0]
    assert NAME in (material.name, folder.name)
    shown = window.material_list.model().index(0, 0)
    assert shown.data(Qt.ItemDataRole.DisplayRole) == material.name
    assert str(folder) in shown.data(Qt.ItemDataRole.ToolTipRole)
    assert material.name in window.windowTitle()
    assert material.plan is not None
    for file in material.plan.files:
        row = window.panel.review.row(file.path)
        assert "木目🪵" in row.combo.accessibleName()
        assert file.path.name in row._name.text()
    assert all("木目🪵" in file.path.name for file in material.plan.used_files)
    run = window.session.runs.start(material)
    assert run is not None
    qtbot.waitUntil(lambda: run.step > 0, timeout=WAIT_MS)
    window.all_runs.click()
    assert window.runs.view.model().index(0, 1).data() == material.name
    window.session.runs.stop_and_keep(run)
    qtbot.waitUntil(lambda: run.state.has_result, timeout=WAIT_MS)
    assert (run.folder / f"{material.name}.texloom").exists()
