"""Where new runs are trained is chosen at the top right of the window."""

from __future__ import annotations

import dataclasses

from protocol_job import WAIT_MS
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from core import devices


def test_the_device_of_runs_and_that_of_the_lab(qtbot: QtBot, window: MainWindow) -> None:
    window.start([])
    qtbot.waitUntil(lambda: len(window.device.actions_by_value) == 1 + len(devices.look()), timeout=WAIT_MS)
    window.device.actions_by_value["cpu"].trigger()
    assert window.document.settings.device == "cpu"
    window.actions_by_id["undo"].trigger()
    assert window.document.settings.device == "auto"
    assert window.device.actions_by_value["auto"].isChecked()
    # The same setting as among the others.
    window.session.change_settings(dataclasses.replace(window.document.settings, device="cpu"))
    assert window.device.actions_by_value["cpu"].isChecked()
    window._go("lab")
    assert window._lab is not None and window.device.actions_by_value["auto"].isChecked()
    window.device.actions_by_value["cpu"].trigger()
    assert window._lab.session.settings.device == "cpu"


def test_menus_keep_their_words_before_the_device_does(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 720)
    assert window.device.text()
    window._set_options(dataclasses.replace(window.options, text_size=200))
    qtbot.waitUntil(lambda: not window.device.text(), timeout=WAIT_MS)
    bar = window.menuBar()
    last = bar.actionGeometry(bar.actions()[-1])
    assert last.isValid() and last.right() < window._corner.x()
    window._set_options(dataclasses.replace(window.options, text_size=100))
    qtbot.waitUntil(lambda: bool(window.device.text()), timeout=WAIT_MS)
