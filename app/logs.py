"""The log: a file that holds everything, and a bridge to the window that holds the sentences."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import platform
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler, qVersion

from widgets.language import tr

FILE = "texloom.log"
PACKAGES = ("texloom", "torch", "numpy", "PySide6-Essentials", "pyqtgraph", "moderngl", "OpenImageIO")

log = logging.getLogger(__name__)


class LogBridge(QObject):
    """Passes log records from any thread to the GUI thread."""

    entry = Signal(str, str, str)
    """Time, level, sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.handler = _BridgeHandler(self)
        logging.getLogger().addHandler(self.handler)

    def close(self) -> None:
        logging.getLogger().removeHandler(self.handler)


class _BridgeHandler(logging.Handler):
    def __init__(self, bridge: LogBridge) -> None:
        super().__init__(logging.INFO)
        self._bridge = bridge

    def emit(self, record: logging.LogRecord) -> None:
        # The object may be gone already while a last thread still logs.
        with contextlib.suppress(RuntimeError):
            moment = time.strftime("%H:%M:%S", time.localtime(record.created))
            self._bridge.entry.emit(moment, record.levelname, record.getMessage())


def to_file(folder: Path) -> logging.Handler | None:
    """Start writing to ``folder``; None (and a line on stderr) where that is not possible."""
    formatter = logging.Formatter("%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / FILE, maxBytes=2_000_000, backupCount=3, encoding="utf-8"
        )
    except OSError as error:
        print(f"texloom: no log file in {folder}: {error.strerror or error}", file=sys.stderr)
        return None
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    return handler


def catch_everything(tell: Callable[[str], None]) -> Callable[[], None]:
    """Errors that nobody handles, in any thread, go to the log and to ``tell`` as one sentence; Qt's own messages
    go to the log. Returns the function that puts everything back."""
    before_hook, before_thread_hook = sys.excepthook, threading.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("Unhandled error", exc_info=(kind, error, trace))
        text = tr("Something went wrong inside Texloom ({error}). Your files are untouched; the log has the details.")
        tell(text.format(error=kind.__name__))

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            hook(args.exc_type, args.exc_value, args.exc_traceback)

    def qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        level = {
            QtMsgType.QtDebugMsg: logging.DEBUG,
            QtMsgType.QtInfoMsg: logging.DEBUG,
            QtMsgType.QtWarningMsg: logging.DEBUG,
        }.get(kind, logging.ERROR)
        logging.getLogger("qt").log(level, "%s", text)

    sys.excepthook, threading.excepthook = hook, thread_hook
    before_message = qInstallMessageHandler(qt_message)

    def restore() -> None:
        sys.excepthook, threading.excepthook = before_hook, before_thread_hook
        qInstallMessageHandler(before_message)

    return restore


def report(extra: str = "", lines: str = "") -> str:
    """Versions, system and the last lines of the log, as text for a bug report."""
    from importlib import metadata  # takes its time to load

    versions = []
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions.append(f"{name} {metadata.version(name)}")
    parts = [
        "Texloom report",
        f"system: {platform.platform()}, {platform.machine()}, Python {platform.python_version()}, Qt {qVersion()}",
        "packages: " + ", ".join(versions),
    ]
    if extra:
        parts.append(extra)
    if lines:
        parts.append("log:\n" + lines)
    return "\n".join(parts)
