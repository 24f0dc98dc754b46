"""What a user does, for tests of the window."""

from __future__ import annotations

from pathlib import Path

from protocol_job import WAIT_MS
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.document import Material, MaterialState, Run
from app.main_window import MainWindow


def drop(window: MainWindow, *paths: Path) -> None:
    """What the desktop sends when files are dropped on the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(60, 60), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(60, 60), Qt.DropAction.CopyAction, data, buttons, keys))


def dropped(qtbot: QtBot, window: MainWindow, folder: Path) -> Material:
    drop(window, folder)
    qtbot.waitUntil(lambda: window.document.current is not None, timeout=WAIT_MS)
    material = window.document.current
    assert material is not None
    qtbot.waitUntil(lambda: material.state is MaterialState.READY, timeout=WAIT_MS)
    return material


def training(qtbot: QtBot, window: MainWindow) -> Run:
    window.panel.start.click()
    run = window.document.runs[-1]
    qtbot.waitUntil(lambda: len(run.seconds) > 5, timeout=WAIT_MS)
    return run
