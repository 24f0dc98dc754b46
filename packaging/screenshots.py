"""Makes the pictures of the window for the README, from the built-in samples and with the real codec.

    xvfb-run -a -s "-screen 0 2560x1440x24" python packaging/screenshots.py docs/images

Nothing of the user's own is read or written: the run keeps its files in a temporary folder.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

PATIENCE_S = 600.0


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path, help="where the pictures go")
    options.add_argument("--size", default="1600x1000", help="of the window in pixels")
    options.add_argument("--seconds", type=float, default=45.0, help="how long the sample is trained")
    chosen = options.parse_args()
    width, height = (int(part) for part in chosen.size.split("x"))
    with tempfile.TemporaryDirectory() as home:
        os.environ["TEXLOOM_HOME"] = home
        chosen.folder.mkdir(parents=True, exist_ok=True)
        _Photographer(chosen.folder, width, height).tour(chosen.seconds, Path(home))
    return 0


class _Photographer:
    """A window that is led through its states."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        from app import application
        from app.main_window import MainWindow

        self.app = QApplication(sys.argv[:1])
        application.prepare(self.app)
        self.folder = folder
        self.window = MainWindow()
        self.window.resize(width, height)
        self.window.show()
        self.wait(0.5)

    def tour(self, seconds: float, home: Path) -> None:
        from core.textures import samples
        from core.textures.material import NormalConvention

        window, session, document = self.window, self.window.session, self.window.document
        self.take("empty")
        folders = samples.write_samples(home / "materials", size=1024)
        window.start(folders)
        self.until(lambda: len(document.materials) == len(folders))
        self.until(lambda: all(material.width for material in document.materials))
        material = document.materials[0]
        session.materials.choose_convention(material, NormalConvention.UNKNOWN)
        self.until(lambda: len(material.normal_previews) == 2)
        self.take("review")
        session.materials.choose_convention(material, NormalConvention.OPENGL)
        self.until(lambda: material.texture_set is not None and not material.normal_previews)
        self.settled()
        self.take("ready")
        session.change_settings(dataclasses.replace(document.settings, time_budget=seconds))
        run = session.runs.start(material)
        assert run is not None
        self.until(lambda: run.elapsed_s > seconds * 0.7)
        self.take("training")
        self.until(lambda: run.state.has_result)
        self.settled()
        self.take("finished")
        window.viewport.set_options(compare="wipe", shape="plane", tiling=2)
        self.settled()
        self.take("wipe")
        window.viewport.set_options(compare="difference", false_color=True, shape="drape", tiling=1)
        self.settled()
        self.take("difference")
        window.docks["inspect"].raise_()
        window.viewport.set_options(mode="2d", compare="split", false_color=False)
        self.until(lambda: window.inspect.spots.list.count() > 0)
        window.inspect.spots.list.itemClicked.emit(window.inspect.spots.list.item(0))
        self.settled()
        window.inspect.show_pixel(window.viewport.reading_at(QPointF(window.viewport.width() / 4, 200.0)))
        self.take("inspect")
        window.viewport.fit()
        window.viewport.set_options(mode="3d", shape="sphere")
        window.docks["compress"].raise_()
        session.exports.export_one("images", material, run, home)
        self.until(lambda: any("Wrote" in toast.text for toast in window.toasts.toasts))
        self.settled()
        self.take("exported")
        self.rates(seconds)
        self.lab(seconds)
        session.projects.save()
        window.actions_by_id["go_home"].trigger()
        self.take("home")
        window.actions_by_id["go_compress"].trigger()
        window.actions_by_id["key_sheet"].trigger()
        self.take("keys")
        window.close()

    def rates(self, seconds: float) -> None:
        """Runs of several sizes beside what would be shipped today."""
        window, session, document = self.window, self.window.session, self.window.document
        assert document.current is not None
        session.change_settings(dataclasses.replace(document.settings, time_budget=max(4.0, seconds / 2)))
        window.actions_by_id["curve"].trigger()
        for name in ("bc", "bc1", "astc-6x6"):
            session.runs.add_baseline(document.current, name)
        # A view that is drawn by the processor would take its time from the runs.
        window.actions_by_id["go_home"].trigger()
        self.until(lambda: not any(run.state.active for run in document.runs))
        window.actions_by_id["go_compress"].trigger()
        for toast in window.toasts.toasts:
            toast.leave()
        document.set_slot("B", next(run.key for run in document.runs if run.settings.bpp > 5 and run.baseline is None))
        self.settled()
        self.take("rates")

    def lab(self, seconds: float) -> None:
        """The lab while a network learns the sample."""
        window = self.window
        window.actions_by_id["go_lab"].trigger()
        lab = window._lab
        assert lab is not None
        lab.session.open_sample()
        self.until(lambda: lab.source.image is not None)
        lab.start.click()
        self.wait(min(12.0, seconds / 2))
        self.take("lab")
        lab.discard.click()
        self.until(lambda: not lab.session.busy)
        window.actions_by_id["go_compress"].trigger()

    def wait(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.app.processEvents()
            time.sleep(0.005)

    def until(self, true: Callable[[], bool]) -> None:
        end = time.perf_counter() + PATIENCE_S
        while not true():
            if time.perf_counter() > end:
                raise TimeoutError("the window did not get into the state that was to be photographed")
            self.app.processEvents()
            time.sleep(0.005)

    def settled(self) -> None:
        """The view refines its picture after every change."""
        self.wait(0.5)
        self.until(lambda: self.window.viewport.refined and self.window.session.io.running is None)

    def take(self, name: str) -> None:
        self.wait(0.4)
        path = self.folder / f"window-{name}.png"
        self.window.grab().save(str(path))
        print(path)


if __name__ == "__main__":
    sys.exit(main())
