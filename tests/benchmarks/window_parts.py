"""The processes behind the window's benchmark: each measures one thing and prints it as JSON.

python -m tests.benchmarks.window_parts ticks --texels 1024 --seconds 6
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

TICK_MS = 5
PATIENCE_S = 300.0
SAMPLE = "worn_painted_metal"

WATCH = """
import os, sys, time
def watch(app):
    from PySide6.QtCore import QTimer
    turns = []
    timer = QTimer(app, interval=0)
    def look():
        now = time.time()
        window = next((w for w in app.topLevelWidgets() if w.windowHandle() and w.windowHandle().isExposed()), None)
        if window is None or (turns and now - turns[-1] > 0.005):
            turns.clear()
        if window is not None:
            turns.append(now)
        if len(turns) == 4:
            timer.stop()
            print("IDLE", turns[0], time.process_time(), flush=True)
            window.close()
    timer.timeout.connect(look)
    timer.start()
    return timer
"""
"""Says when a window is on the screen and the event loop has had nothing to do for three turns."""
EMPTY = f"""{WATCH}
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv[:1])
window = QMainWindow()
window.resize(1280, 800)
window.show()
timer = watch(app)
app.exec()
"""
REAL = f"""{WATCH}
from PySide6.QtWidgets import QApplication
app = QApplication(sys.argv[:1])
timer = watch(app)
from app.cli import main
main([])
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("ticks", "empty_ticks", "many", "memory"))
    parser.add_argument("--texels", type=int, default=1024)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--count", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="texloom-benchmark-") as home:
        os.environ["TEXLOOM_HOME"] = home
        parts: dict[str, Callable[[argparse.Namespace, Path], dict[str, Any]]] = {
            "ticks": ticks,
            "empty_ticks": empty_ticks,
            "many": many,
            "memory": memory,
        }
        print("RESULT " + json.dumps(parts[options.part](options, Path(home))), flush=True)
        sys.stdout.flush()
        # What the window left open is of no interest any more.
        os._exit(0)


# --- the event loop -----------------------------------------------------------------------------------------


class Ticks:
    """A timer of 5 ms, and how late each of its ticks was served: also those that a busy loop has swallowed."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._times: list[float] = []
        self._timer = QTimer(interval=TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self._times.append(time.perf_counter()))

    def start(self) -> None:
        self._times = [time.perf_counter()]
        self._timer.start()

    def stop(self) -> dict[str, float]:
        self._timer.stop()
        return lateness(self._times)


def lateness(times: Sequence[float], period: float = TICK_MS / 1000.0) -> dict[str, float]:
    """In ms. ``times``: when ticks were served, in seconds. A pause of 100 ms makes 19 ticks late, by 95 to 5 ms."""
    gaps = np.diff(np.asarray(times, np.float64))
    counts = [max(1, int(gap / period + 1e-6)) for gap in gaps]
    each = [gap - period * np.arange(1, count + 1) for gap, count in zip(gaps, counts, strict=True)]
    late = np.concatenate(each or [np.zeros(1)])
    late = np.maximum(late, 0.0) * 1000.0
    p50, p95, p99 = (float(value) for value in np.percentile(late, (50, 95, 99)))
    return {"p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "max_ms": float(late.max()), "ticks": float(len(late))}


def pump(seconds: float) -> None:
    """Run the event loop as an application does: it sleeps while there is nothing to do."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def wait_for(ready: Callable[[], bool]) -> float:
    """Run the event loop until ``ready``, looked at every 10 ms; the seconds it took."""
    began = time.perf_counter()
    while not ready():
        if time.perf_counter() - began > PATIENCE_S:
            raise SystemExit("The window did not get there.")
        pump(0.01)
    return time.perf_counter() - began


def settle() -> None:
    """Work off what has been posted, and what that posts in turn."""
    from PySide6.QtWidgets import QApplication

    for _ in range(5):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


def shown_window(**options: Any) -> Any:
    from PySide6.QtWidgets import QApplication

    from app import application

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    application.prepare(app)
    from app.main_window import MainWindow

    window = MainWindow(**options)
    window.resize(1280, 800)
    window.show()
    window.start([])
    wait_for(lambda: bool(window.windowHandle()) and window.windowHandle().isExposed())
    # As a window is that somebody has looked at for a second or two.
    warming = application.warming_up(window)
    warming.start()
    wait_for(lambda: not warming.is_alive())
    pump(0.5)
    return window


def empty_ticks(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    """An empty window: what the machine itself allows."""
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1280, 800)
    window.show()
    pump(0.5)
    heart = Ticks()
    heart.start()
    pump(options.seconds)
    found = heart.stop()
    window.close()
    app.processEvents()
    return found


def ticks(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    """The codec trains a material in the window, looked at in different ways."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import dataclasses

    window = shown_window()
    document, session = window.document, window.session
    heart = Ticks()
    heart.start()
    session.materials.open_sample(SAMPLE, options.texels)
    wait_for(lambda: document.current is not None and document.current.texture_set is not None)
    pump(1.0)
    found: dict[str, Any] = {"opening": heart.stop()}
    heart.start()
    pump(options.seconds)
    found["open, nothing runs"] = heart.stop()
    settings = dataclasses.replace(document.settings, time_budget=3600.0)
    heart.start()
    run = session.runs.start(document.current, settings)
    wait_for(lambda: len(run.seconds) >= 3)
    found["starting (torch loads)"] = heart.stop()
    steps = {}
    for name, show in {
        "trains, hidden": lambda: window._go("home"),
        "trains, 2D": lambda: (window._go("compress"), window.viewport.set_options(mode="2d", compare="split")),
        "trains, 3D": lambda: window.viewport.set_options(mode="3d", compare="split"),
    }.items():
        show()
        pump(2.0)
        before, began = run.step, time.perf_counter()
        heart.start()
        pump(options.seconds)
        found[name] = heart.stop()
        steps[name] = (run.step - before) / (time.perf_counter() - began)
    found["steps_per_s"] = steps
    return found


# --- many materials -----------------------------------------------------------------------------------------


def quick_job(material: Any, settings: Any, output: Path, control: Any, slot: Any, *, resume: bool = False) -> Any:
    """Keeps the protocol of the codec's job and ends at once."""
    from core.codec.compress import CompressResult
    from core.jobs import Finished, Metrics, Started

    yield Started(material.name, 1000)
    yield Metrics(1, 1.0, 1, 0.1, 30.0, {m.role.value: 30.0 for m in material.maps})
    path = output / f"{material.name}.texloom"
    path.write_bytes(b"nothing")
    nothing: Any = None
    report = {"psnr_db": 30.0, "bits_per_texel": 5.0, "bytes": 7, "steps": 1, "maps": []}
    yield Finished(CompressResult(path, nothing, report))


def write_tree(folder: Path, count: int, texels: int = 32) -> None:
    """``count`` small sets, four maps each, in folders of their own."""
    from core.textures import samples

    one = samples.write_samples(folder / "one", texels)[0]
    made = sorted(one.iterdir())
    for number in range(count):
        name = f"Material{number:04d}"
        target = folder / "tree" / name
        target.mkdir(parents=True)
        for file in made:
            (target / f"{name}_{file.name.rpartition('_')[2]}").write_bytes(file.read_bytes())


def many(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    """A folder tree is opened and queued, and the lists are scrolled."""
    write_tree(home, options.count)
    window = shown_window(compress=quick_job)
    document, session = window.document, window.session
    session.compute.hold(True)
    heart, found = Ticks(), {}
    heart.start()
    began = time.perf_counter()
    session.materials.open([home / "tree"])
    wait_for(lambda: len(document.materials) == options.count)
    found["listed_s"] = time.perf_counter() - began
    wait_for(lambda: all(material.width for material in document.materials))
    found["read_s"] = time.perf_counter() - began
    found["reading"] = heart.stop()
    found["scroll list"] = scroll(window.material_list, options.seconds)
    heart.start()
    began = time.perf_counter()
    session.runs.start_all(document.materials)
    wait_for(lambda: len(session.compute.waiting) == options.count)
    found["start_all_s"] = time.perf_counter() - began
    found["queueing"] = heart.stop()
    window._show_dock("queue")
    pump(0.5)
    found["scroll queue"] = scroll(window.queue.view, options.seconds)
    found["material_changed_ms"] = 1000.0 * cost(lambda: document.material_changed.emit(document.materials[7]))
    found["run_changed_ms"] = 1000.0 * cost(lambda: show_changed(document, window))
    heart.start()
    began = time.perf_counter()
    session.compute.hold(False)
    pump(options.seconds)
    done = sum(run.state.has_result for run in document.runs)
    found["working off"] = heart.stop()
    found["runs_per_s"] = done / (time.perf_counter() - began)
    return found


def show_changed(document: Any, window: Any) -> None:
    """A run changes and is shown anew at once; the window itself gathers such changes."""
    document.run_changed.emit(document.runs[7])
    window._runs_later.stop()
    window._show_changed_runs()


def scroll(view: Any, seconds: float) -> dict[str, float]:
    """Ticks while a list is scrolled from end to end, 60 steps a second."""
    from PySide6.QtCore import QTimer

    bar = view.verticalScrollBar()
    state = {"by": max(1, round(bar.maximum() / 120)), "painted": 0}

    def step() -> None:
        value = bar.value() + state["by"]
        if not bar.minimum() <= value <= bar.maximum():
            state["by"] = -state["by"]
        bar.setValue(value)

    timer = QTimer(interval=16)
    timer.timeout.connect(step)
    heart = Ticks()
    timer.start()
    heart.start()
    pump(seconds)
    timer.stop()
    return heart.stop()


def cost(act: Callable[[], object], repeats: int = 20) -> float:
    """Median seconds of ``act`` with everything that follows from it."""
    taken = []
    settle()
    for _ in range(repeats):
        began = time.perf_counter()
        act()
        settle()
        taken.append(time.perf_counter() - began)
    return float(np.median(taken))


# --- memory -------------------------------------------------------------------------------------------------


def memory(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    """Resident size after each of many runs of the codec on one small material."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import dataclasses

    window = shown_window()
    document, session = window.document, window.session
    session.materials.open_sample(SAMPLE, options.texels)
    wait_for(lambda: document.current is not None and document.current.texture_set is not None)
    settings = dataclasses.replace(document.settings, time_budget=1.0)
    sizes = []
    for _ in range(options.count):
        run = session.runs.start(document.current, settings)
        wait_for(lambda run=run: not run.state.active)
        pump(0.1)
        gc.collect()
        sizes.append(resident())
    warm = min(len(sizes) // 5, 20)
    growth = float(np.polyfit(np.arange(len(sizes) - warm), np.asarray(sizes[warm:]), 1)[0])
    states = sorted({str(run.state) for run in document.runs})
    return {"bytes": sizes, "warm": warm, "growth_per_run": growth, "states": states}


def resident() -> int:
    """Bytes of this process that lie in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
