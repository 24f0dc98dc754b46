"""Starting the window: look, log, error hook, and the way out."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QMainWindow

from app import logs, paths
from widgets import language, theme
from widgets.icons import application_icon

if TYPE_CHECKING:
    from app.main_window import MainWindow

log = logging.getLogger(__name__)

SIGNAL_POLL_MS = 250
WARM_AFTER_MS = 50
"""So soon after the window is there, what the first material needs is loaded."""
WARM_LIMIT_S = 5.0
SWITCH_S = 0.001
"""How long a thread may keep the interpreter while the window waits for it; usual are 5 ms."""


def run_window(inputs: list[Path]) -> int:
    """Open the window with ``inputs`` (none: the built-in sample) and return the exit code when it is closed."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("Texloom")
    app.setDesktopFileName("texloom")
    logs.to_file(paths.log_folder())
    prepare(app)

    from app.main_window import MainWindow

    window = MainWindow()
    restore = logs.catch_everything(window.tell_failure)
    _close_on_signals(app, window)
    window.show()
    # Everything that reads files waits until the first frame is on the screen.
    QTimer.singleShot(0, window, lambda: window.start(list(inputs)))
    warming = warming_up(window)
    QTimer.singleShot(WARM_AFTER_MS, window, warming.start)
    code = app.exec()
    restore()
    if warming.is_alive():
        # It loads modules with Qt classes, which the end of the interpreter must not meet half made.
        warming.join(WARM_LIMIT_S)
    if window.ended_cleanly:
        # While the application is still there; at the end of the interpreter the order would be left to chance.
        shiboken6.delete(window)
    else:
        # A thread that does not answer must not keep the process: checkpoints are written atomically.
        log.warning("A job did not end in time; the process ends without it.")
        logging.shutdown()
        os._exit(code)
    return code


def prepare(app: QApplication) -> None:
    """Language and look of the application, before the first widget."""
    language.install(app)
    theme.install(app)
    app.setWindowIcon(application_icon())
    sys.setswitchinterval(SWITCH_S)


def warming_up(window: MainWindow) -> threading.Thread:
    """A thread that makes ``window`` ready for the first material."""
    loaded = _Loaded(window)
    loaded.told.connect(window.make_ready)
    return threading.Thread(target=_warm, args=(loaded,), name="warm", daemon=True)


class _Loaded(QObject):
    """Tells the window, from the other thread, that what its panels are made with has been loaded."""

    told = Signal()


def _warm(loaded: _Loaded) -> None:
    """Do, in a thread of its own, what the first material would otherwise make the window wait for."""
    importlib.import_module("app.compress_workspace")
    loaded.told.emit()
    from renderers import environment
    from renderers.choices import DEFAULT_ENVIRONMENT

    environment.warm(DEFAULT_ENVIRONMENT)
    importlib.import_module("widgets.psnr_plot")


def _close_on_signals(app: QApplication, window: QMainWindow) -> None:
    """Ctrl-C and a friendly kill close the window as its button does."""
    asked: list[int] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        # The handler may run in the middle of anything, even of painting: it only makes a note.
        signal.signal(name, lambda number, _: asked.append(number))
    # Python sees signals only between two of its own instructions; Qt's loop gives it none when idle.
    timer = QTimer(app)
    timer.timeout.connect(lambda: window.close() if asked else None)
    timer.start(SIGNAL_POLL_MS)
