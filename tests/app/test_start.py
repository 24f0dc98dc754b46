"""The window is up before its panels are: they are made when they are wanted, or unseen, with all that was kept."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from acts import dropped
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app import paths, preferences
from app.main_window import PREFERENCES_FILE, MainWindow
from widgets.command_palette import CommandPalette

ROOT = Path(__file__).resolve().parents[2]
_FIRST = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from app.main_window import MainWindow
window = MainWindow()
window.show()
app.processEvents()
print(*sorted({name.split(".")[0] for name in sys.modules}))
window.close()
print(window.preferences.docks)
"""


def test_what_is_seen_first_needs_neither_pixels_nor_a_renderer() -> None:
    done = subprocess.run([sys.executable, "-c", _FIRST], capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = set(done.stdout.splitlines()[0].split())
    assert "PySide6" in loaded
    assert not loaded & {"numpy", "moderngl", "OpenImageIO", "pyqtgraph", "torch"}


def test_panels_are_made_unseen(qtbot: QtBot, window: MainWindow) -> None:
    logging.getLogger("app").warning("before there was a panel for it")
    window.make_ready()
    assert window.workspaces.current == "home" and window.centre.currentWidget() is window.home
    assert not any(dock.isVisible() for dock in window.docks.values())
    qtbot.waitUntil(lambda: "before there was a panel for it" in window.log_view.text)
    window.actions_by_id["go_compress"].trigger()
    shown = {name for name, dock in window.docks.items() if dock.isVisible()}
    assert {"materials", "compress", "training", "runs"} <= shown and "log" not in shown


def test_panels_made_unseen_leave_the_window_its_size(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_id["go_lab"].trigger()
    lab = window.centre.currentWidget()
    assert lab is not None
    size = window.size()
    window.make_ready()
    panels = sum(window.docks[name].minimumSizeHint().width() for name in ("materials", "compress"))
    assert lab.minimumSizeHint().width() + panels > size.width(), "else there is room for them beside the page"
    qtbot.wait(100)
    assert window.size() == size
    window.resize(200, 200)
    assert window.width() >= lab.minimumSizeHint().width(), "the window still keeps its page whole"


def test_no_panel_stands_beside_another_page(window: MainWindow) -> None:
    act = window.actions_by_id
    act["go_compress"].trigger()
    act["hide_panels"].trigger()
    window.docks["queue"].toggleViewAction().trigger()
    assert [name for name, dock in window.docks.items() if dock.isVisible()] == ["queue"]
    act["go_home"].trigger()
    assert not any(dock.isVisible() for dock in window.docks.values())
    by_hand = [act["hide_panels"], act["reset_layout"], *(dock.toggleViewAction() for dock in window.docks.values())]
    assert not any(action.isEnabled() for action in by_hand)
    act["go_compress"].trigger()
    assert all(action.isEnabled() for action in by_hand)
    act["hide_panels"].trigger()
    assert window.docks["materials"].isVisible() and window.docks["training"].isVisible()


def test_the_first_material_is_shown_by_panels_made_for_it(
    qtbot: QtBot, window: MainWindow, material_folder: Path
) -> None:
    material = dropped(qtbot, window, material_folder)
    assert window.workspaces.current == "compress"
    qtbot.waitUntil(lambda: set(window.viewport.roles) == set(material.roles), timeout=30_000)
    assert window.material_list.model().rowCount() == 1


def test_the_search_knows_the_panels_from_the_start(window: MainWindow) -> None:
    window.actions_by_id["palette"].trigger()
    palette = window.findChild(CommandPalette)
    assert palette is not None
    window_menu = next(menu for menu in window.menuBar().findChildren(QMenu) if menu.title() == "Window")
    assert {dock.windowTitle() for dock in window.docks.values()} <= {action.text() for action in window_menu.actions()}
    palette.close()


def test_a_layout_survives_a_start_without_panels(make_window: Callable[..., MainWindow]) -> None:
    first = make_window()
    first.actions_by_id["go_compress"].trigger()
    first.docks["queue"].hide()
    first.close()
    kept = first.preferences.docks
    assert kept
    second = make_window()
    second.close()
    assert preferences.load(paths.config_folder() / PREFERENCES_FILE).docks == kept
    third = make_window()
    third.actions_by_id["go_compress"].trigger()
    assert not third.docks["queue"].isVisible() and third.docks["runs"].isVisible()
