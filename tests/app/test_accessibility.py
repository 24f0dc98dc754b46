"""The window without a mouse and with large text: everything has a name, is reached, and nothing is cut off."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cut_off import cut, cut_in_all
from protocol_job import WAIT_MS
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.dock_layout import BOTTOM
from app.export_dialog import ExportDialog
from app.lab_workspace import LabWorkspace
from app.main_window import MainWindow
from core.codec import container
from core.codec.layout import LatentGrid
from core.exporters import TARGETS
from tests.core.codec.materials import random_texture
from widgets import theme
from widgets.command_palette import CommandPalette
from widgets.key_sheet import KeySheet
from widgets.settings_dialog import SettingsDialog
from widgets.view_bar import ViewBar


@pytest.fixture
def open_window(window: MainWindow, qtbot: QtBot, material_folder: Path) -> MainWindow:
    window.start([material_folder])
    qtbot.waitUntil(lambda: any(m.texture_set is not None for m in window.document.materials), timeout=WAIT_MS)
    return window


@pytest.fixture
def scaled(qapp: QApplication) -> Iterator[Callable[[int], None]]:
    yield lambda percent: theme.set_scale(qapp, percent)
    theme.set_scale(qapp, 100)


def states(window: MainWindow) -> Iterator[str]:
    """Leads the window through what it can show."""
    yield "compress"
    for mode in ("size", "target", "quality"):
        window.panel.rate._on_mode(mode)
        yield mode
    window.panel._expert.set_open(True)
    yield "settings"
    window.docks["inspect"].raise_()
    window.viewport.set_options(mode="2d", compare="difference")
    yield "inspect"
    for name in ("log", "queue", "rates"):
        window.docks[name].show()
        window.docks[name].raise_()
        yield name
    for page in ("home", "lab"):
        window.actions_by_id[f"go_{page}"].trigger()
        yield page
    window.actions_by_id["go_compress"].trigger()


def closed_states(window: MainWindow) -> Iterator[str]:
    """What stands before the window for a while, and is closed again."""
    window.toasts.show("a message that says a little more than the others do", "warn", [("Undo", lambda: None)])
    yield "message"
    window.toasts.toasts[0].leave()
    for name, kind in (("key_sheet", KeySheet), ("palette", CommandPalette), ("preferences", SettingsDialog)):
        window.actions_by_id[name].trigger()
        yield name
        for made in window.findChildren(kind):
            made.close()
    for target in TARGETS:
        window._export(target)
        yield target
        for dialog in window.findChildren(ExportDialog):
            dialog.close()


def stops(window: QWidget) -> list[QWidget]:
    """Where Tab should lead."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisibleTo(window)
        and not widget.visibleRegion().isNull()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not isinstance(widget, QTabBar)  # named by its tabs, and the panels have keys of their own
    ]


def operated(window: QWidget) -> list[QWidget]:
    """What one presses, drags, chooses from or types into."""
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.isVisible()
        # The sign in a search line, the line of a number and the arrows of a row of tabs are parts of something told.
        and not isinstance(widget, QScrollBar)
        and not isinstance(widget.parent(), (QLineEdit, QAbstractSpinBox, QComboBox, QTabBar))
    ]


def name_of(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text


def test_everything_that_takes_the_keyboard_has_a_name(open_window: MainWindow, qtbot: QtBot) -> None:
    for state in states(open_window):
        QApplication.processEvents()
        nameless = [
            f"{type(widget).__name__} in {type(widget.parent()).__name__}"
            for widget in stops(open_window)
            if not name_of(widget)
        ]
        assert not nameless, state
        silent = [
            f"{type(widget).__name__} {name_of(widget)!r} in {type(widget.parent()).__name__}"
            for widget in operated(open_window)
            if not widget.toolTip()
        ]
        assert not silent, state


def test_tab_reaches_everything_and_is_never_caught(open_window: MainWindow, qtbot: QtBot) -> None:
    for state in states(open_window):
        QApplication.processEvents()
        wanted = stops(open_window)
        wanted[0].setFocus(Qt.FocusReason.TabFocusReason)
        visited: list[QWidget] = []
        for _ in range(2 * len(wanted) + 10):
            # Not the application's: without a window manager the window may not be the active one.
            focus = open_window.focusWidget()
            assert focus is not None
            if focus in visited and focus is visited[0]:
                break
            visited.append(focus)
            open_window.focusNextChild()
        missed = [f"{type(w).__name__} {name_of(w)}" for w in wanted if w not in visited and w.isVisible()]
        assert not missed, state
        behind = [dock for dock in open_window.docks.values() if dock.visibleRegion().isEmpty()]
        lost = [name_of(w) for w in visited[1:] for dock in behind if dock.isAncestorOf(w)]
        assert behind and not lost, state


def test_a_page_of_options_is_used_by_keys(open_window: MainWindow, qtbot: QtBot) -> None:
    bar: ViewBar = open_window.view_bar
    light = bar._light
    light.menu().popup(light.mapToGlobal(QPoint(0, light.height())))
    qtbot.waitUntil(lambda: light.menu().focusWidget() is not None, timeout=WAIT_MS)
    assert light.menu().focusWidget() is light._environment
    before = open_window.viewport.options.environment
    light._environment.setFocus()
    qtbot.keyClick(light.menu().focusWidget(), Qt.Key.Key_Tab)
    rotation = light.menu().focusWidget()
    assert rotation.accessibleName() == "Rotation"
    qtbot.keyClick(rotation, Qt.Key.Key_Right)
    assert open_window.viewport.options.rotation == 1.0
    assert open_window.viewport.options.environment == before
    qtbot.keyClick(rotation, Qt.Key.Key_Escape)
    assert not light.menu().isVisible()


@pytest.mark.parametrize(("percent", "low"), [(100, False), (150, False), (200, False), (150, True), (200, True)])
def test_nothing_is_cut_off(
    open_window: MainWindow, qtbot: QtBot, scaled: Callable[[int], None], percent: int, low: bool
) -> None:
    """``low``: in the layout that such a window begins with."""
    scaled(percent)
    open_window.resize(1280, 720)
    if low:
        open_window.layout_of_docks.follow_scale()
    for state in states(open_window):
        for _ in range(5):
            QApplication.processEvents()
        assert open_window.size().width() <= 1280, state
        assert open_window.size().height() <= 720, state
        flaws = cut_in_all()
        if not low:
            # Only who arranges the panels so has no room for the third line of the bar over the view.
            flaws = [flaw for flaw in flaws if "beyond ViewBar" not in flaw]
        assert flaws == [], state
        view = open_window.viewport
        assert view.width() >= 320 and view.height() >= 120, state


@pytest.mark.parametrize("percent", [100, 200])
def test_nothing_before_the_window_is_cut_off(
    window: MainWindow, qtbot: QtBot, scaled: Callable[[int], None], tmp_path: Path, percent: int
) -> None:
    path = tmp_path / "Random.texloom"
    container.write(random_texture(16, 16, (LatentGrid(4, 5, 4),)), path)
    window.start([path])
    qtbot.waitUntil(lambda: any(m.texture_set is not None for m in window.document.materials), timeout=WAIT_MS)
    scaled(percent)
    window.resize(1280, 720)
    for state in closed_states(window):
        for _ in range(5):
            QApplication.processEvents()
        assert cut_in_all() == [], state
        least = [each.minimumSizeHint() for each in QApplication.topLevelWidgets() if each.isVisible()]
        assert all(size.width() <= 1280 and size.height() <= 720 for size in least), (state, least)


@pytest.mark.parametrize("elsewhere", ["home", "lab"])
def test_the_layout_follows_a_size_that_was_chosen_on_another_page(
    open_window: MainWindow, qtbot: QtBot, scaled: Callable[[int], None], elsewhere: str
) -> None:
    window = open_window
    window.resize(1280, 720)
    window.actions_by_id[f"go_{elsewhere}"].trigger()
    window._set_options(dataclasses.replace(window.options, text_size=200))
    window.actions_by_id["go_compress"].trigger()
    qtbot.waitUntil(lambda: window.viewport.height() >= 0.4 * window.height(), timeout=WAIT_MS)


def test_the_view_has_its_share_also_with_large_text(
    open_window: MainWindow, qtbot: QtBot, scaled: Callable[[int], None]
) -> None:
    window = open_window
    window.resize(1280, 720)
    below = [name for name, dock in window.docks.items() if window.dockWidgetArea(dock) == BOTTOM]
    assert below
    window._set_options(dataclasses.replace(window.options, text_size=200))
    qtbot.waitUntil(lambda: window.viewport.height() >= 0.4 * window.height(), timeout=WAIT_MS)
    assert all(dock.isVisible() or name == "log" for name, dock in window.docks.items()), "none is lost"
    window.docks["runs"].raise_()
    shown = window.runs.view
    qtbot.waitUntil(lambda: shown.viewport().width() > 400, timeout=WAIT_MS)
    assert not any(shown.isColumnHidden(column) for column in (0, 6)), "number and state"
    window._set_options(dataclasses.replace(window.options, text_size=100))
    assert [name for name, dock in window.docks.items() if window.dockWidgetArea(dock) == BOTTOM] == below
    window.docks["queue"].setFloating(True)
    window._set_options(dataclasses.replace(window.options, text_size=200))
    assert window.docks["queue"].isFloating(), "an arrangement of one's own stays"


def test_the_lab_with_large_text(window: MainWindow, qtbot: QtBot, scaled: Callable[[int], None]) -> None:
    scaled(200)
    window.resize(1280, 720)
    window.actions_by_id["go_lab"].trigger()
    lab = window.findChild(LabWorkspace)
    assert lab is not None
    lab.session.open_sample()
    qtbot.waitUntil(lambda: lab.session.wanted is not None, timeout=WAIT_MS)
    for gain in (1, 80):
        lab.set_gain(gain)
        QApplication.processEvents()
        assert cut(lab) == []
    window.toasts.show("a message " * 5, "warn", [("Do", lambda: None)])
    qtbot.wait(50)
    (toast,) = window.toasts.toasts
    for made in (lab.start, lab.pause, lab.stop, lab.load):
        assert not toast.geometry().intersects(QRect(made.mapTo(window, QPoint()), made.size()))


def test_the_pictures_of_a_normal_map_say_what_they_are(qtbot: QtBot, window: MainWindow) -> None:
    choices = window.panel.review.normal._choices.values()
    assert len(choices) == 2 and all(made.toolTip() for made in choices)
