"""How quick the window stays: start-up, the event loop while the codec trains, hundreds of materials, memory of runs.

    make benchmark-window                 # docs/benchmarks/window.{json,md}
    xvfb-run -a python -m tests.benchmarks.window --only startup --repeats 3

Every part runs in a process of its own (``window_parts``), with a home folder that is thrown away. Beside each figure
stands what an empty PySide6 window does on the same machine at the same time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.files import write_bytes
from tests.benchmarks import window_parts
from tests.benchmarks.codec import ROOT, machine

PARTS = ("startup", "ticks", "many", "memory")
START_FACTOR, START_EXTRA_S = 1.5, 0.7
TICK_GOAL_MS = 50.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--repeats", type=int, default=7, help="of a start")
    parser.add_argument("--texels", type=int, default=1024, help="of the material that is trained")
    parser.add_argument("--seconds", type=float, default=8.0, help="for each figure of the event loop")
    parser.add_argument("--counts", type=int, nargs="+", default=[500, 2000], help="materials in the folder tree")
    parser.add_argument("--runs", type=int, default=100, help="whose memory is looked at")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    options = parser.parse_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    result: dict[str, Any] = {"machine": machine() | {"load_before": load}}
    kept = options.out / "window.json"
    if kept.exists() and set(options.only) != set(PARTS):
        result = json.loads(kept.read_text(encoding="utf-8")) | result
    if "startup" in options.only:
        result["startup"] = startup(options.repeats)
    if "ticks" in options.only:
        result["ticks"] = {
            "texels": options.texels,
            "empty window, nothing runs": part("empty_ticks", seconds=options.seconds),
            "empty window, the codec trains beside it": beside_training(options.texels, options.seconds),
            **part("ticks", texels=options.texels, seconds=options.seconds),
        }
    if "many" in options.only:
        result["many"] = {str(n): part("many", count=n, seconds=options.seconds) for n in options.counts}
    if "memory" in options.only:
        result["memory"] = part("memory", texels=64, count=options.runs)
    write_bytes(kept, (json.dumps(result, indent=1) + "\n").encode())
    text = page(result)
    write_bytes(options.out / "window.md", text.encode())
    print(text)


def startup(repeats: int) -> dict[str, Any]:
    """Seconds from the start of the process until its window is painted and idle; wall and processor time."""
    found: dict[str, list[tuple[float, float]]] = {"empty": [], "real": []}
    with tempfile.TemporaryDirectory(prefix="texloom-benchmark-") as folder:
        for number in range(repeats + 1):
            # In turn, so that whatever else the machine does concerns both.
            for name, code in (("empty", window_parts.EMPTY), ("real", window_parts.REAL)):
                times = started(code, Path(folder))
                # The first start compiles the modules and reads them from the disk.
                if number:
                    found[name].append(times)
    return {
        name: {
            "wall_s": statistics.median(wall for wall, _ in times),
            "cpu_s": statistics.median(cpu for _, cpu in times),
            "fastest_wall_s": min(wall for wall, _ in times),
            "all": times,
        }
        for name, times in found.items()
    }


def started(code: str, home: Path) -> tuple[float, float]:
    environment = os.environ | {"TEXLOOM_HOME": str(home / "home"), "PYTHONPYCACHEPREFIX": str(home / "compiled")}
    # As an installed program has it: compiled once.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    idle = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("IDLE ")]
    if done.returncode != 0 or not idle:
        sys.exit(f"The window did not start: {done.stderr.strip()[-600:]}")
    return float(idle[0][0]) - began, float(idle[0][1])


def part(name: str, **options: object) -> dict[str, Any]:
    """What a part of ``window_parts`` found."""
    words = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.window_parts", name, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode != 0 or not found:
        sys.exit(f"The part “{name}” failed: {done.stderr.strip()[-600:]}")
    return json.loads(found[0].removeprefix("RESULT "))


def beside_training(texels: int, seconds: float) -> dict[str, Any]:
    """The ticks of an empty window while the command line trains: what the machine itself allows."""
    from core.textures import images, samples

    with tempfile.TemporaryDirectory(prefix="texloom-benchmark-") as folder:
        images.write_set(samples.generate(window_parts.SAMPLE, texels), Path(folder) / "maps")
        trains = subprocess.Popen(
            [sys.executable, "main.py", "compress", f"{folder}/maps", "-o", f"{folder}/out", "--time-budget", "3600"],
            cwd=ROOT,
            env=os.environ | {"OMP_WAIT_POLICY": "passive"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert trains.stderr is not None
            # Its first line of progress with a quality: it trains.
            for line in trains.stderr:
                if "dB" in line:
                    break
            return part("empty_ticks", seconds=seconds)
        finally:
            trains.kill()
            trains.communicate()


def goal_s(empty_s: float) -> float:
    return START_FACTOR * empty_s + START_EXTRA_S


def page(result: dict[str, Any]) -> str:
    """The Markdown page for docs."""
    on = result["machine"]
    load = "" if on["load_before"] is None else f"; {on['load_before']:.1f} processes were at work before it began"
    lines = [
        "# Quickness of the window",
        "",
        f"`python -m tests.benchmarks.window`: {on['cores']} CPU cores, a software rasteriser{load}.",
    ]
    if "startup" in result:
        lines += ["", *_startup(result["startup"])]
    if "ticks" in result:
        lines += ["", *_ticks(result["ticks"])]
    if "many" in result:
        lines += ["", *_many(result["many"])]
    if "memory" in result:
        lines += ["", *_memory(result["memory"])]
    return "\n".join(lines) + "\n"


def _startup(found: dict[str, Any]) -> list[str]:
    lines = [
        "## Start-up",
        "",
        "From the start of the process until the window is painted and the event loop idle, medians. The goal is "
        f"{START_FACTOR:g} × the empty window + {START_EXTRA_S:g} s.",
        "",
        "| | wall, s | fastest, s | processor time, s |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, title in (("empty", "empty PySide6 window"), ("real", "Texloom")):
        row = found[name]
        lines.append(f"| {title} | {row['wall_s']:.2f} | {row['fastest_wall_s']:.2f} | {row['cpu_s']:.2f} |")
    goals = [goal_s(found["empty"][key]) for key in ("wall_s", "fastest_wall_s", "cpu_s")]
    lines.append("| goal | " + " | ".join(f"{goal:.2f}" for goal in goals) + " |")
    return lines


def _tick_rows(rows: dict[str, Any]) -> list[str]:
    keys = ("p50_ms", "p95_ms", "p99_ms", "max_ms")
    return [f"| {name} | " + " | ".join(f"{row[key]:.0f}" for key in keys) + " |" for name, row in rows.items()]


def _ticks(found: dict[str, Any]) -> list[str]:
    rows = {name: row for name, row in found.items() if isinstance(row, dict) and "p99_ms" in row}
    steps = ", ".join(f"{name.removeprefix('trains, ')} {value:.1f}" for name, value in found["steps_per_s"].items())
    return [
        "## The event loop",
        "",
        f"How late a timer of {window_parts.TICK_MS} ms is served, in ms, swallowed ticks included; "
        f"a set of {found['texels']}² texels. The goal while it trains is a 99th percentile of {TICK_GOAL_MS:.0f} ms.",
        "",
        "| | p50 | p95 | p99 | longest |",
        "| --- | ---: | ---: | ---: | ---: |",
        *_tick_rows(rows),
        "",
        f"Training steps per second meanwhile: {steps}.",
    ]


def _many(found: dict[str, Any]) -> list[str]:
    figures = {
        "listed after, s": ("listed_s", 1),
        "all read after, s": ("read_s", 1),
        "all queued in, s": ("start_all_s", 2),
        "a change of one material, ms": ("material_changed_ms", 1),
        "a change of one run, ms": ("run_changed_ms", 1),
        "runs that do nothing, per second": ("runs_per_s", 1),
    }
    ticks = ("reading", "scroll list", "queueing", "scroll queue", "working off")
    counts = list(found)
    lines = [
        "## Many materials",
        "",
        "A folder tree of small sets of 32² texels is opened and queued; ticks as above: p99 (longest).",
        "",
        "| materials | " + " | ".join(counts) + " |",
        "| --- |" + " ---: |" * len(counts),
    ]
    for title, (key, digits) in figures.items():
        lines.append(f"| {title} | " + " | ".join(f"{found[count][key]:.{digits}f}" for count in counts) + " |")
    for name in (name for name in ticks if all(name in found[count] for count in counts)):
        cells = [f"{found[count][name]['p99_ms']:.0f} ({found[count][name]['max_ms']:.0f})" for count in counts]
        lines.append(f"| {name}, ms | " + " | ".join(cells) + " |")
    return lines


def _memory(found: dict[str, Any]) -> list[str]:
    sizes: Sequence[int] = found["bytes"]
    warm = sizes[found["warm"] :]
    return [
        "## Memory of runs",
        "",
        f"{len(sizes)} runs of the codec, one after the other, of one set of 64² texels; the first {found['warm']} are "
        f"not counted. Resident: {warm[0] / 2**20:.0f} MiB, at the end {warm[-1] / 2**20:.0f} MiB, "
        f"{found['growth_per_run'] / 2**10:.0f} KiB more with each run.",
    ]


if __name__ == "__main__":
    main()
