"""Peak memory of compressing, beside what the decoded set alone takes.

    make benchmark-memory                 # docs/benchmarks/memory.{json,md}
    python -m tests.benchmarks.memory --sizes 1024 2048 --seconds 5

A built-in sample at each size is written as PNG files and compressed by the command line in a process of its own, whose
largest resident size the system tells. The goal is at most one and a half times the decoded set plus one GB; the row of
a tiny set says what the libraries take.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.files import write_bytes
from core.textures import samples
from core.textures.images import write_image
from tests.benchmarks.codec import ROOT, machine

SAMPLE = "worn_painted_metal"
_PEAK = """
import re, resource, sys
from pathlib import Path
sys.argv = sys.argv[1:]
from app import cli
code = cli.main(sys.argv[1:])
status = Path("/proc/self/status")
if status.is_file():
    # What getrusage tells begins with the size of the process that started this one.
    peak = 1024 * int(re.search(r"VmHWM:\\s*(\\d+)", status.read_text())[1])
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print("PEAK", peak)
sys.exit(code)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 1024, 2048, 4096])
    parser.add_argument("--seconds", type=float, default=10.0, help="of training")
    parser.add_argument("--bpp", type=float, default=5.0, help="bits per texel")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as name:
            rows.append(measure(size, options.bpp, options.seconds, Path(name)))
        print(line(rows[-1]), flush=True)
    result = {"machine": machine(), "seconds": options.seconds, "bpp": options.bpp, "rows": rows}
    write_bytes(options.out / "memory.json", (json.dumps(result, indent=1) + "\n").encode())
    write_bytes(options.out / "memory.md", page(options.bpp, options.seconds, rows).encode())


def measure(size: int, bpp: float, seconds: float, folder: Path) -> dict[str, Any]:
    """One size: bytes of the decoded set as 32-bit floats and peak bytes of the processes."""
    maps = folder / f"{SAMPLE}_{size}"
    maps.mkdir()
    material = samples.generate(SAMPLE, size)
    decoded = 4 * size * size * material.channels
    for m in material.maps:
        write_image(maps / f"{SAMPLE}_{m.role.value}.png", m.pixels, m.bit_depth)
    channels = material.channels
    del material
    compress = ["compress", str(maps), "-o", str(folder / "out"), "--bpp", str(bpp), "--time-budget", str(seconds)]
    began = time.perf_counter()
    peak = peak_bytes(compress)
    wall = time.perf_counter() - began
    return {
        "size": size,
        "channels": channels,
        "decoded_bytes": decoded,
        "peak_bytes": peak,
        "goal_bytes": 1.5 * decoded + 2**30,
        "wall_s": wall,
    }


def peak_bytes(arguments: Sequence[str]) -> int:
    """The largest resident size of a command line run."""
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, "texloom", *arguments],
        cwd=ROOT,
        env=os.environ | {"OMP_WAIT_POLICY": "passive"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = [text.split()[1] for text in done.stdout.splitlines() if text.startswith("PEAK ")]
    if done.returncode != 0 or not found:
        sys.exit(f"The command failed: {done.stderr.strip()[-400:]}")
    return int(found[0])


def line(row: dict[str, Any]) -> str:
    numbers = (
        f"{row['size']}² × {row['channels']}",
        *(f"{row[key] / 2**30:.2f}" for key in ("decoded_bytes", "peak_bytes", "goal_bytes")),
        f"{row['wall_s']:.0f}",
    )
    return "| " + " | ".join(numbers) + " |"


def page(bpp: float, seconds: float, rows: Sequence[dict[str, Any]]) -> str:
    """The Markdown page for docs."""
    lines = [
        "# Memory of compressing",
        "",
        f"`python -m tests.benchmarks.memory`: {bpp:g} bits per texel, {seconds:g} s of training, on the CPU. GiB.",
        "",
        "| texels × channels | decoded set | peak | goal: 1.5 × set + 1 | wall, s |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(line(row) for row in rows),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
