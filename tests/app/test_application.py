"""The process as a whole: it shows its window, and leaves without a trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.application import run_window

app = QApplication([])

def look():
    window = next((w for w in app.topLevelWidgets() if w.objectName() == "" and hasattr(w, "document")), None)
    material = window.document.current if window is not None else None
    if material is not None and material.state == "ready":
        print("torch" in sys.modules, flush=True)
        print("up", flush=True)
    else:
        QTimer.singleShot(50, look)

QTimer.singleShot(50, look)
sys.exit(run_window([Path(p) for p in sys.argv[1:]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_the_window_is_up_before_torch_and_ends_on_a_signal(
    qapp: object, own_home: Path, material_folder: Path
) -> None:
    command = [sys.executable, "-c", PROGRAM, str(material_folder)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline().strip() == "False", "torch was loaded before anything was started"
    assert process.stdout.readline().strip() == "up"
    asked = time.perf_counter()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert time.perf_counter() - asked < 5
    assert "Traceback" not in process.stderr.read()
    assert (own_home / "config" / "preferences.json").exists()
    assert (own_home / "log" / "texloom.log").exists()
    process.stdout.close()
    process.stderr.close()
