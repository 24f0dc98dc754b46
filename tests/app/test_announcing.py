"""What the desktop is told of the queue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from acts import dropped, training
from protocol_job import WAIT_MS
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication, QMainWindow, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from app import announcing
from app.announcing import Announcer
from app.main_window import MainWindow
from widgets.theme import THEME


def in_accent(icon: QIcon) -> int:
    image, accent = icon.pixmap(64, 64).toImage(), QColor(THEME.accent_line).rgb()
    return sum(image.pixel(x, y) == accent for x in range(64) for y in range(64))


def test_the_ring_grows_with_what_is_done(qapp: QApplication) -> None:
    quarter, half, whole = (in_accent(announcing.ring(part)) for part in (0.25, 0.5, 1.0))
    assert in_accent(announcing.ring(0.0)) == 0
    assert half == pytest.approx(2 * quarter, rel=0.1) and whole == pytest.approx(4 * quarter, rel=0.1)


@pytest.fixture
def tray(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop that says it has a tray; the icon itself is Qt's."""
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))


@pytest.mark.usefixtures("tray")
def test_the_tray_tells_while_something_runs_and_is_left_alone_after(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    announcer = Announcer(window)
    announcer.announce(0, None, "Nothing waits", wanted=True)
    assert announcer.tray is None
    announcer.announce(3, 0.4, "2 waiting", wanted=True)
    icon = announcer.tray
    assert icon is not None and icon.isVisible() and icon.toolTip() == "Texloom – 2 waiting"
    announcer.announce(3, 0.4, "2 waiting", wanted=False)
    assert not icon.isVisible(), "nobody wants to be told"
    announcer.announce(1, 0.9, "Nothing waits", wanted=True)
    assert icon.isVisible()
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", staticmethod(lambda: False))
    announcer.announce(0, None, "Nothing waits", wanted=True)
    assert not icon.isVisible()


@pytest.mark.usefixtures("tray")
def test_the_icon_stays_for_its_message(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", staticmethod(lambda: True))
    monkeypatch.setattr(announcing, "MESSAGE_MS", 200)
    window = QMainWindow()
    qtbot.addWidget(window)
    announcer = Announcer(window)

    def ended() -> QSystemTrayIcon:
        announcer.announce(1, 0.9, "Nothing waits", wanted=True)
        for _ in range(2):
            announcer.announce(0, None, "Nothing waits", wanted=True)
        assert announcer.tray is not None and announcer.tray.isVisible(), "some desktops hide both"
        return announcer.tray

    icon = ended()
    qtbot.waitUntil(lambda: not icon.isVisible(), timeout=WAIT_MS)
    ended().messageClicked.emit()
    assert not icon.isVisible()
    ended()
    announcer.close()
    assert not icon.isVisible()


@pytest.mark.usefixtures("tray")
def test_a_run_of_the_window_is_told_until_it_is_closed(
    qtbot: QtBot, window: MainWindow, material_folder: Path, make_window: Callable[..., MainWindow]
) -> None:
    dropped(qtbot, window, material_folder)
    training(qtbot, window)
    announcer = window._announcer
    qtbot.waitUntil(lambda: announcer.tray is not None and announcer.tray.isVisible(), timeout=WAIT_MS)
    window.close()
    assert announcer.tray is not None and not announcer.tray.isVisible()
