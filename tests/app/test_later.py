"""Work that is asked for often and done once."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.later import Later


def test_it_is_done_once_however_often_it_is_asked_for(qapp: QApplication) -> None:
    done: list[None] = []
    parent = QObject()
    later = Later(lambda: done.append(None), parent)
    for _ in range(100):
        later.ask()
    assert not done, "not at once"
    QApplication.processEvents()
    assert len(done) == 1
    later.ask()
    QApplication.processEvents()
    assert len(done) == 2


def test_a_pause_holds_back_the_second_time_but_loses_nothing(qtbot: QtBot) -> None:
    done: list[None] = []
    parent = QObject()
    later = Later(lambda: done.append(None), parent, pause_s=3600.0)
    later.ask()
    QApplication.processEvents()
    later.ask()
    for _ in range(10):
        QApplication.processEvents()
    assert len(done) == 1
    later.pause_s = 0.0
    later.stop()
    later.ask()
    QApplication.processEvents()
    assert len(done) == 2
