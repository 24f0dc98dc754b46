"""Coordinate networks on photographs: what each encoding reaches in the time that a first look takes.

    make benchmark-lab                    # docs/benchmarks/lab.{json,md}
    python -m tests.benchmarks.lab --seconds 15 --encodings triangle one-blob none

Pictures are squares of 512 texels from the middle of ``../shared/data``'s panoramas (as the lab reads light) and albedo
maps if that folder is there, otherwise built-in samples.

Time is what the run takes while nothing else does: a few steps are measured first in processor time, the main thread's
and the mean of the workers' beside it, and the run gets as many steps as fit. So other programs make a benchmark long
but not different. What the clock said is in the table too.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.coordinate.learn import LabInputs, LabResult, learn
from core.coordinate.network import architecture_of
from core.coordinate.pictures import Picture, read_picture
from core.coordinate.settings import ENCODINGS, LabSettings
from core.coordinate.trainer import STEPS_PER_ROUND, CoordinateTrainer
from core.files import write_bytes
from core.jobs import Control, Finished
from core.textures import samples
from core.textures.roles import Role
from tests.benchmarks.codec import ROOT, machine

SHARED = Path(__file__).parents[3] / "shared" / "data"
SIDE = 512
TRIAL_STEPS = 150
NETWORKS = {encoding: LabSettings(encoding=encoding, device="cpu") for encoding in ENCODINGS}
NETWORKS["frequency, 16 values"] = LabSettings(encoding="frequency", values=16, device="cpu")
"""What is measured, by name: each encoding as it is set at first, and waves of eight octaves instead of three."""
GOALS = {"frequency": 24.0, "frequency, 16 values": 24.0, "hash": 30.0}
"""In dB, after 15 s on two cores, for a natural image."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15.0, help="of training")
    parser.add_argument("--encodings", nargs="+", choices=NETWORKS, default=list(GOALS))
    parser.add_argument("--only", nargs="+", default=[""], help="beginnings of pictures' names")
    parser.add_argument("--side", type=int, default=SIDE, help="of the pictures")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for picture in pictures(options.side):
        if not picture.name.startswith(tuple(options.only)):
            continue
        for name in options.encodings:
            rows.append({"encoding": name} | measure(picture, NETWORKS[name], options.seconds))
            print(line(rows[-1]), flush=True)
            result = {"machine": machine(), "seconds": options.seconds, "side": options.side, "rows": rows}
            write_bytes(options.out / "lab.json", (json.dumps(result, indent=1) + "\n").encode())
            write_bytes(options.out / "lab.md", page(result).encode())


def pictures(side: int) -> Iterator[Picture]:
    """The middle of every picture there is, or of the built-in albedo maps."""
    paths = sorted((SHARED / "hdri").glob("*.hdr"))
    for folder in sorted((SHARED / "materials").glob("*")):
        found = [path for path in sorted(folder.glob("*")) if "_color" in path.name.lower() or "_diff_" in path.name]
        paths += found[:1]
    if not paths:
        for name in samples.SAMPLE_NAMES:
            yield Picture(name, samples.generate(name, side).by_role[Role.ALBEDO].pixels)
    for path in paths:
        picture = read_picture(path)
        top, left = (picture.height - side) // 2, (picture.width - side) // 2
        if top < 0 or left < 0:
            continue
        crop = picture.pixels[top : top + side, left : left + side, :3]
        # As a picture on a screen: eight bits.
        pixels = np.round(np.clip(crop, 0.0, 1.0) * 255.0).astype(np.float32) / np.float32(255.0)
        yield Picture(path.stem, pixels)


def measure(picture: Picture, settings: LabSettings, seconds: float) -> dict[str, Any]:
    """One run of as many rounds as fit into ``seconds``."""
    step = step_seconds(picture, settings)
    rounds = max(1, int(seconds / step / STEPS_PER_ROUND))
    result: LabResult | None = None
    began = time.perf_counter()
    settings = dataclasses.replace(settings, rounds=rounds)
    for event in learn(LabInputs(picture, with_frames=False), settings, Control()):
        if isinstance(event, Finished):
            result = event.result
    assert result is not None
    report = result.report
    return {
        "picture": picture.name,
        "psnr_db": report["psnr_db"],
        "parameters": report["parameters"],
        "multiply_adds": report["multiply_adds_per_pixel"],
        "steps": report["steps"],
        "samples_per_s": settings.batch_side**2 / step,
        "wall_s": time.perf_counter() - began,
    }


def step_seconds(picture: Picture, settings: LabSettings) -> float:
    """What a step takes on cores of one's own."""
    trainer = CoordinateTrainer(architecture_of(settings, 3), settings, picture.width, picture.height)
    trainer.set_target(picture.pixels)
    try:
        for _ in range(20):
            trainer.step(0.001)
        own, everyone = time.thread_time(), time.process_time()
        for _ in range(TRIAL_STEPS):
            trainer.step(0.001)
        own, everyone = time.thread_time() - own, time.process_time() - everyone
    finally:
        trainer.close()
    return (own + (everyone - own) / len(trainer.parts)) / TRIAL_STEPS


def line(row: dict[str, Any]) -> str:
    return f"{row['picture']}, {row['encoding']}: {row['psnr_db']:.2f} dB, {row['samples_per_s'] / 1e3:.0f} k samples/s"


def page(result: dict[str, Any]) -> str:
    """Markdown."""
    rows: Sequence[dict[str, Any]] = result["rows"]
    encodings = list(dict.fromkeys(row["encoding"] for row in rows))
    table = {(row["picture"], row["encoding"]): row for row in rows}
    lines = [
        "# Coordinate networks",
        "",
        f"`make benchmark-lab` for {result['machine']['cores']} CPU cores: PSNR in dB after {result['seconds']:g} s of "
        f"training on {result['side']}² texels, with the lab's default settings but for what the name says. Seconds "
        "are those of cores that do nothing else, see the head of `tests/benchmarks/lab.py`.",
        "",
        "| picture | " + " | ".join(encodings) + " |",
        "| --- |" + " ---: |" * len(encodings),
    ]
    for name in dict.fromkeys(row["picture"] for row in rows):
        own = [table.get((name, encoding)) for encoding in encodings]
        lines.append(f"| {name} | " + " | ".join("" if row is None else f"{row['psnr_db']:.2f}" for row in own) + " |")
    lines += ["", "| encoding | parameters | multiply-adds a pixel | samples/s | goal |", "| --- |" + " ---: |" * 4]
    for encoding in encodings:
        own = [row for row in rows if row["encoding"] == encoding]
        speed = sum(row["samples_per_s"] for row in own) / len(own)
        goal = GOALS.get(encoding)
        reached = "–"
        if goal is not None:
            reached = f"{goal:g} dB: {sum(row['psnr_db'] >= goal for row in own)} of {len(own)}"
        facts = f"{own[0]['parameters']:,} | {own[0]['multiply_adds']:,} | {speed / 1e3:.0f} k"
        lines.append(f"| {encoding} | {facts} | {reached} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
