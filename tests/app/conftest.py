"""A small real material on disk, and the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from protocol_job import endless_job
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from core.textures import samples
from widgets import language, theme


@pytest.fixture(scope="session")
def material_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first built-in sample as a folder of small image files."""
    return samples.write_samples(tmp_path_factory.mktemp("materials"), size=64)[0]


@pytest.fixture
def english(qapp: QApplication) -> None:
    """Words as in the window where there is no translation, with the forms of their plurals."""
    if not qapp.findChildren(QTranslator):
        language.install(qapp, QLocale(QLocale.Language.English))


@pytest.fixture
def make_window(qtbot: QtBot, qapp: QApplication, english: None) -> Iterator[Callable[..., MainWindow]]:
    """Makes windows that are shown, and closes them after the test."""
    theme.install(qapp)
    made: list[MainWindow] = []

    def make(compress: Any = None) -> MainWindow:
        window = MainWindow(compress=compress)
        window.resize(1280, 720)
        window.show()
        qtbot.waitExposed(window)
        made.append(window)
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(make_window: Callable[..., MainWindow]) -> MainWindow:
    return make_window(endless_job)
