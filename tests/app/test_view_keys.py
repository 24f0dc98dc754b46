"""The key sheet and the status bar tell what keys and mouse do in the view under the mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from acts import dropped, training
from protocol_job import WAIT_MS
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QEnterEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app import view_keys
from app.actions import ACTIONS
from app.document import ORIGINAL
from app.main_window import MainWindow
from app.view_keys import HAND, HELD, VIEWS
from widgets.key_sheet import KeySheet


def native(keys: str) -> str:
    return QKeySequence(keys.split("; ")[0]).toString(QKeySequence.SequenceFormat.NativeText)


def come_to(widget: QWidget) -> None:
    """What the window system sends when the mouse comes to a widget."""
    place = QPointF(5, 5)
    QApplication.sendEvent(widget, QEnterEvent(place, place, QPointF(widget.mapToGlobal(place.toPoint()))))


@pytest.mark.parametrize("view", VIEWS)
def test_the_sheet_has_every_key_once_and_those_of_the_view_first(qapp: QApplication, view: str) -> None:
    (title, first), others = view_keys.sheet(view, [("Show or hide runs", "Alt+4")])
    assert title == VIEWS[view].title
    rest = [entry for entries in others.values() for entry in entries]
    for spec in ACTIONS:
        if spec.keys:
            name, key = spec.text.rstrip("…"), native(spec.keys)
            (entry,) = [each for each in [*first, *rest] if each[0] == name and each[1].split(", ")[0] == key]
            assert (entry in first) == (spec.id in VIEWS[view].acts)
    assert sum(hand.what in [what for what, _ in first] for hand in HAND if view in hand.views) == len(
        [hand for hand in HAND if view in hand.views]
    )
    assert {hand.what for hand in HAND} <= {what for what, _ in [*first, *rest]}
    assert ("Show or hide runs", "Alt+4") in rest


def test_every_act_of_a_view_is_one() -> None:
    ids = {spec.id for spec in ACTIONS}
    for view in VIEWS.values():
        assert set(view.acts) <= ids and len(set(view.acts)) == len(view.acts)
    assert all(set(hand.views) <= set(VIEWS) for hand in HAND)
    assert all(hand.held in ("", *HELD) for hand in HAND)
    assert set(view_keys.LIKELY) <= ids


def test_the_sheet_is_of_the_view_under_the_mouse(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    dropped(qtbot, window, material_folder)

    def headings(widget: QWidget) -> list[str]:
        place = widget.mapToGlobal(QPoint(20, 20))
        QCursor.setPos(place)
        qtbot.waitUntil(lambda: QCursor.pos() == place, timeout=WAIT_MS)
        window.actions_by_id["key_sheet"].trigger()
        (sheet,) = [each for each in window.findChildren(KeySheet) if each.isVisible()]
        found = [label.text() for label in sheet.findChildren(QLabel) if label.property("look") == "head"]
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
        return found

    window.viewport.set_mode("3d")
    assert headings(window.viewport)[0] == "View in 3D"
    window.viewport.set_mode("2d")
    assert headings(window.viewport)[0] == "View in 2D"
    assert headings(window.material_list)[0] == "Materials"
    assert headings(window.panel)[0] == "Compress"
    # Over the menus: where the keyboard is.
    window.activateWindow()
    window.material_list.setFocus()
    qtbot.waitUntil(window.material_list.hasFocus, timeout=WAIT_MS)
    assert headings(window.menuBar())[0] == "Materials"


def test_held_keys_are_told_for_the_view_under_the_mouse(
    qtbot: QtBot, window: MainWindow, material_folder: Path
) -> None:
    dropped(qtbot, window, material_folder)
    window.activateWindow()
    window.viewport.setFocus()
    qtbot.waitUntil(window.viewport.hasFocus, timeout=WAIT_MS)
    window.viewport.set_mode("3d")
    come_to(window.viewport)

    def told(*keys: Qt.Key) -> str:
        focus = QApplication.focusWidget()
        assert focus is not None
        for key in keys:
            qtbot.keyPress(focus, key)
        text = window._hint.text()
        for key in keys:
            qtbot.keyRelease(focus, key)
        return text

    keys = Qt.Key
    before = window._hint.text()
    assert "? keys" in before
    assert told(keys.Key_Shift).startswith("Shift+") and "Rotate the light" in told(keys.Key_Shift)
    assert window._hint.text() == before
    assert "Start" in told(keys.Key_Control) and "Redo" not in told(keys.Key_Control)
    assert "Search actions" in told(keys.Key_Control, keys.Key_Shift)
    assert "panel" in told(keys.Key_Alt)
    assert "original" in told(keys.Key_Space) and not window._held
    assert "wipe in steps" not in told(keys.Key_Shift)
    window.document.set_slot("B", ORIGINAL)
    qtbot.waitUntil(lambda: window.viewport.maps("b") is not None, timeout=WAIT_MS)
    window.viewport.toggle_wipe()
    assert "wipe in steps" in told(keys.Key_Shift) and "Move and turn" in told(keys.Key_Control)
    # The mouse comes to another view while the key is held, which the keyboard does not follow.
    qtbot.keyPress(window.viewport, keys.Key_Shift)
    come_to(window.docks["runs"])
    assert "Run into A" in window._hint.text() and "light" not in window._hint.text()
    qtbot.keyRelease(window.viewport, keys.Key_Shift)
    assert "F2" in window._hint.text()
    QApplication.sendEvent(window.docks["runs"], QEvent(QEvent.Type.Leave))
    assert window._hint.text() == before
    # Keys that are held while another window comes to the front are let go there.
    qtbot.keyPress(window.viewport, keys.Key_Alt)
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not window._held, timeout=WAIT_MS)
    assert window._hint.text() == before


def test_a_double_click_with_shift_shows_a_run_in_a(
    qtbot: QtBot, make_window: Callable[..., MainWindow], window: MainWindow, material_folder: Path
) -> None:
    dropped(qtbot, window, material_folder)
    run = training(qtbot, window)
    qtbot.waitUntil(lambda: window.runs._model.rowCount() == 1, timeout=WAIT_MS)
    window._show_dock("runs")
    view = window.runs.view
    place = view.visualRect(view.model().index(0, 1)).center()
    for held, side in ((Qt.KeyboardModifier.ShiftModifier, "A"), (Qt.KeyboardModifier.NoModifier, "B")):
        window.document.set_slot("A", 0)
        window.document.set_slot("B", None)
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, held, place)
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, held, place)
        assert window.document.slots[side] == run.key, side
    window.session.runs.discard(run)
