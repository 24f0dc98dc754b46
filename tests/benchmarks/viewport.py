"""Speed of the viewport: frames per second in motion, and how long a picture takes to be there and to be finished.

    make benchmark-viewport               # docs/benchmarks/viewport.{json,md}
    xvfb-run -a python -m tests.benchmarks.viewport --size 512 --seconds 4

A real window with built-in samples, the mouse's movements played by calling what it calls. Beside each figure stands
what the same machine could do at the same moment: an empty picture of that size, and a ball without a texture.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from core.files import write_bytes
from core.textures import samples
from core.textures.roles import Role
from renderers.drawer import Drawer, Drawn
from renderers.material_renderer import FINE, FINE_SOFTWARE, QUICK_SOFTWARE
from tests.benchmarks.codec import ROOT, machine
from widgets.viewport import MaterialViewport
from widgets.viewport_canvas import GlCanvas

SAMPLE = "worn_painted_metal"
PATIENCE_S = 60.0
RELIEF = {"displacement": 0.05}
CASES: dict[str, tuple[dict[str, Any], bool]] = {
    "ball, displaced, both sides": ({"shape": "sphere", **RELIEF}, False),
    "ball, displaced, one side": ({"shape": "sphere", "compare": "a", **RELIEF}, False),
    "ball, parallax, both sides": ({"shape": "sphere", **RELIEF}, True),
    "plane, 3 × 3, both sides": ({"shape": "plane", "tiling": 3, **RELIEF}, False),
    "flat picture, both sides": ({"mode": "2d"}, False),
}
"""Options of the view, and whether its relief is parallax."""
BUDGET = """\
## An integrated GPU at 1440p

60 frames per second at 2560 × 1440 leave 16.7 ms for 3.7 million pixels. **This is a design budget and was not
measured: this machine has no GPU.** From the shaders, for one quick sample ({quick} reflections) of a pixel that shows
the material: 4 reads of maps, 2 of light and table and {quick} of reflections, all trilinear or 4 × anisotropic; the
loop over reflections takes about 90 operations a turn, everything else about 400. That is {reads} reads and about
{operations} operations. An integrated GPU of 2023 (about 1.5 TFLOPS, 40 billion bilinear reads a second, half of that
trilinear) would take {read_ms:.1f} ms for the reads and {flop_ms:.1f} ms for the arithmetic if all pixels were covered;
about half are. Where that is not enough, the view lowers its resolution until a quick frame takes {frame:.0f} ms.
Parallax adds up to 48 reads of the height map, at grazing views only.
"""


REFLECTIONS = (
    "Why 8 at rest: 192 × 192 pixels of the displaced ball in the studio, against 256 samples of 8, in seconds of "
    "processor time. Fewer directions save little, and more samples don't make up for them.",
    "",
    "| samples × directions | s | PSNR, dB |",
    "| --- | ---: | ---: |",
    "| 12 × 0 | 0.87 | 33.2 |",
    "| 12 × 2 | 0.96 | 39.0 |",
    "| 12 × 4 | 1.08 | 41.9 |",
    "| 12 × 8 | 1.26 | 45.9 |",
    "| 18 × 4 | 1.55 | 43.9 |",
    "| 24 × 2 | 1.69 | 40.2 |",
)
"""Measured once, when the number was chosen."""


class Heart(QObject):
    """Beats as often as the event loop lets it; the longest pause is what a click would wait."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._beat)
        self.restart()
        self._timer.start()

    def restart(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self._last = now

    def stop(self) -> None:
        self._timer.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=512, help="of the view in pixels")
    parser.add_argument("--texels", type=int, default=1024, help="of the sample")
    parser.add_argument("--seconds", type=float, default=3.0, help="of motion for each figure")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    options = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    material = samples.generate(SAMPLE, options.texels)
    a = {m.role: m.pixels for m in material.maps}
    b = {role: np.clip(np.round(pixels * 31.0) / 31.0, 0.0, 1.0).astype(np.float32) for role, pixels in a.items()}
    view = MaterialViewport()
    if view.opengl_problem:
        parser.exit(1, f"There is nothing to measure: {view.opengl_problem}.\n")
    view.resize(options.size, options.size)
    view.show()
    rows = []
    for name, (changes, parallax) in CASES.items():
        rows.append({"case": name, **measure(app, view, a, b, changes, options.seconds, parallax=parallax)})
        print(line(rows[-1]), flush=True)
    canvas = view._canvas
    assert isinstance(canvas, GlCanvas)
    renderer = canvas._surface.call(lambda drawer: str(drawer._ctx.info["GL_RENDERER"]))
    limits = limits_of(app, view, options.seconds)
    view.close()
    result = {
        "machine": machine() | {"renderer": renderer, "load_before": load},
        "size": options.size,
        "texels": options.texels,
        "rows": rows,
        "limits": limits,
    }
    write_bytes(options.out / "viewport.json", (json.dumps(result, indent=1) + "\n").encode())
    write_bytes(options.out / "viewport.md", page(result).encode())


def pump(app: Any, until: Callable[[], bool]) -> float:
    """Run the event loop; the seconds it took."""
    began = time.perf_counter()
    while not until() and time.perf_counter() - began < PATIENCE_S:
        time.sleep(0.0005)  # whoever draws in a thread wants the interpreter, too
        app.processEvents()
    return time.perf_counter() - began


def measure(
    app: Any,
    view: MaterialViewport,
    a: dict[Role, Any],
    b: dict[Role, Any],
    changes: dict[str, Any],
    seconds: float,
    *,
    parallax: bool,
) -> dict[str, Any]:
    """One case: frames per second in motion, seconds to the first and to the finished picture, longest pauses."""
    canvas = view._canvas
    assert isinstance(canvas, GlCanvas)
    view.set_materials(None, None)
    view.set_options(mode="3d", compare="split", tiling=1)
    view.set_options(**changes)
    view.fit()
    if parallax:
        _by_parallax(view)
    app.processEvents()
    frames: list[None] = []
    stop_counting = count_frames(canvas, frames)
    heart = Heart()
    try:
        view.set_materials(a, b)
        first = pump(app, lambda: bool(frames))
        load_pause = heart.longest
        heart.restart()
        pump(app, lambda: view.refined)
        # In motion; what the first frames teach the view about this machine is not counted.
        _move(app, view, frames, 1.0)
        heart.restart()
        fps = _move(app, view, frames, seconds)
        move_pause = heart.longest
        shown = 1.0 if view._picture.flat else canvas._surface.call(_share) or 1.0
        heart.restart()
        view._rest.stop()
        view._came_to_rest()
        refined = pump(app, lambda: view.refined)
        rest_pause = heart.longest
    finally:
        heart.stop()
        stop_counting()
        view.__dict__.pop("_refresh", None)
    return {
        "fps": fps,
        "share": shown,
        "first_s": first,
        "refined_s": refined,
        "pause_load_s": load_pause,
        "pause_move_s": move_pause,
        "pause_rest_s": rest_pause,
    }


def _share(drawer: Drawer) -> float:
    """Of the resolution, in motion."""
    return 1.0 if drawer.view3d is None else drawer.view3d._share


def _by_parallax(view: MaterialViewport) -> None:
    """Scenes of this view show their relief by parallax from now on, until its options change."""
    from renderers.choices import Relief

    whole = view._refresh

    def refresh() -> None:
        whole()
        view._picture.scene = replace(view._picture.scene, relief=Relief.PARALLAX)

    view._refresh = refresh  # type: ignore[method-assign]
    refresh()


def _move(app: Any, view: MaterialViewport, frames: list[None], seconds: float) -> float:
    """Orbit or pan without a pause; frames per second."""
    frames.clear()
    began = time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        seen = len(frames)
        if view._picture.flat:
            step = 1.0 if int(spent) % 2 else -1.0
            view._view = (view._view or view._picture.view).panned(step, step)
        else:
            view._camera = view._camera.orbit(2.0, 0.0)
        view._moved()
        pump(app, lambda seen=seen: len(frames) > seen)
    return len(frames) / (time.perf_counter() - began)


def count_frames(canvas: GlCanvas, frames: list[None]) -> Callable[[], object]:
    """Counts new pictures from now on, until what it answers is called."""

    def count(drawn: Drawn) -> None:
        if drawn.visible:
            frames.append(None)

    canvas._surface.drawn.connect(count)
    return lambda: canvas._surface.drawn.disconnect(count)


def limits_of(app: Any, view: MaterialViewport, seconds: float) -> dict[str, float]:
    """Frames per second of an empty view, of two clears with a copy, and of a ball without a texture."""
    canvas = view._canvas
    assert isinstance(canvas, GlCanvas)
    view.set_options(mode="3d", compare="a", shape="sphere", displacement=0.0, tiling=1)
    found = {}
    grey = {Role.ALBEDO: np.full((1, 1, 3), 0.5, np.float32)}
    for name, maps in (("ball without a texture", grey), ("empty view", None)):
        view.set_materials(maps, None)
        frames: list[None] = []
        stop_counting = count_frames(canvas, frames)
        _move(app, view, frames, 1.0)
        found[name] = _move(app, view, frames, seconds)
        stop_counting()
    found["clear and copy, no window"] = (
        canvas._surface.call(lambda drawer: _clears(drawer._ctx, canvas.pixel_size(), seconds)) or 0.0
    )
    return found


def _clears(ctx: moderngl.Context, size: tuple[int, int], seconds: float) -> float:
    """A second."""
    targets = [ctx.simple_framebuffer(size, components=4) for _ in range(2)]
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        targets[0].clear(0.2, 0.3, 0.4)
        ctx.copy_framebuffer(targets[1], targets[0])
        ctx.finish()
        count += 1
    return count / (time.perf_counter() - began)


def line(row: dict[str, Any]) -> str:
    numbers = (
        f"{row['fps']:.1f}",
        f"{row['share'] * 100:.0f} %",
        f"{row['first_s']:.2f}",
        f"{row['refined_s']:.1f}",
        *(f"{1000 * row[key]:.0f}" for key in ("pause_load_s", "pause_move_s", "pause_rest_s")),
    )
    return f"| {row['case']} | " + " | ".join(numbers) + " |"


def budget() -> str:
    pixels, quick = 2560 * 1440, 16
    reads, operations = 6 + quick, 400 + 90 * quick
    return BUDGET.format(
        quick=quick,
        reads=reads,
        operations=operations,
        read_ms=1000.0 * pixels * reads / 20e9,
        flop_ms=1000.0 * pixels * operations / 1.5e12,
        frame=10,
    )


def page(result: dict[str, Any]) -> str:
    """The Markdown page for docs."""
    rows: Sequence[dict[str, Any]] = result["rows"]
    on, size = result["machine"], result["size"]
    load = "" if on["load_before"] is None else f"; {on['load_before']:.1f} processes were at work before it began"
    lines = [
        "# Speed of the viewport",
        "",
        f"`python -m tests.benchmarks.viewport`: the view has {size} × {size} pixels and shows `{SAMPLE}` of "
        f"{result['texels']}² texels, original beside result. {on['renderer']}, {on['cores']} CPU cores{load}.",
        "",
        "*Resolution*: what the view chose along each side while it moves. *First* and *finished*: seconds from "
        "new maps to a picture, and from rest to the last sample. *Pauses*: the longest that the event loop waited "
        "while maps came, while the view moved and while the picture was refined. "
        "The first row also builds the programs and the light of the view.",
        "",
        "| | frames/s in motion | resolution | first, s | finished, s | pause: maps, ms | motion, ms | rest, ms |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(line(row) for row in rows),
        "",
        f"Slowest in motion: {min(row['fps'] for row in rows):.1f} frames per second, median "
        f"{statistics.median(row['fps'] for row in rows):.1f}. The goal on a software rasteriser is 10.",
        "",
        "What the machine itself can do at this size, in the same run:",
        "",
        "| | frames/s |",
        "| --- | ---: |",
        *(f"| {name} | {fps:.0f} |" for name, fps in result["limits"].items()),
        "",
        f"Reflections are summed over {QUICK_SOFTWARE.reflections} directions in motion (0: one prefiltered read) and "
        f"{FINE_SOFTWARE.reflections} in each sample at rest on a software rasteriser, {FINE.reflections} on a GPU.",
        "",
        *REFLECTIONS,
        "",
        budget(),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
