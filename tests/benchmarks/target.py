"""How close a search for a quality comes: to the demand, and to the size that a run of a given size needs for it.

    make benchmark-target                 # docs/benchmarks/target.{json,md}
    python -m tests.benchmarks.target --preset balanced --rates 2.5 6 --only Ground068

Every material is compressed to each of ``--rates`` first. The PSNR of that file, rounded down to a tenth of a dB, is
what the search is then asked for, with the same preset. It should get there, with a file of about the same size.
Materials are those of the codec's benchmark. A preset is a number of steps, so this can be repeated.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.codec.settings import PRESET_STEPS, CompressSettings
from core.files import finite, write_bytes
from core.jobs import Control, Finished
from core.textures.material import TextureSet
from tests.benchmarks.codec import ROOT, machine, materials


def main() -> None:
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="draft", choices=PRESET_STEPS)
    parser.add_argument("--rates", type=float, nargs="+", default=[2.5, 6.0], help="bits per texel of the first runs")
    parser.add_argument("--only", nargs="*", default=[], help="names of materials, or how they begin")
    parser.add_argument("--samples", action="store_true", help="use the built-in samples in any case")
    parser.add_argument("--size", type=int, default=1024, help="size of the built-in samples")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    options = parser.parse_args()
    rows = []
    for material in materials(options):
        for rate in options.rates:
            rows.append(measure(material, rate, options.preset))
            print(line(rows[-1]), flush=True)
    result = {"machine": machine(), "preset": options.preset, "rows": rows}
    write_bytes(options.out / "target.json", (json.dumps(finite(result), indent=1) + "\n").encode())
    write_bytes(options.out / "target.md", page(options.preset, options.rates, rows).encode())


def measure(material: TextureSet, rate: float, preset: str) -> dict[str, Any]:
    given = compressed(material, CompressSettings(bpp=rate, preset=preset))
    wanted = math.floor(10.0 * min(given["psnr_db"], 70.0)) / 10.0
    found = compressed(material, CompressSettings(target_psnr=wanted, preset=preset))
    return {
        "material": material.name,
        "given_bits": given["bits_per_texel"],
        "wanted_db": wanted,
        "found_db": found["psnr_db"],
        "found_bits": found["bits_per_texel"],
        "size_ratio": found["bits_per_texel"] / given["bits_per_texel"],
        "samples_ratio": found["samples"] / given["samples"],
    }


def compressed(material: TextureSet, settings: CompressSettings) -> dict[str, Any]:
    """The report of a run."""
    from core.codec.compress import compress

    with tempfile.TemporaryDirectory() as folder:
        *_, last = compress(material, settings, Path(folder), Control())
    assert isinstance(last, Finished)
    return dict(last.result.report)


def line(row: dict[str, Any]) -> str:
    return (
        f"{row['material']:28} {row['wanted_db']:.1f} dB wanted, {row['found_db'] - row['wanted_db']:+.2f} dB, "
        f"size {row['found_bits']:.2f} / {row['given_bits']:.2f} bits = {row['size_ratio']:.2f}, "
        f"samples {row['samples_ratio']:.2f}"
    )


def page(preset: str, rates: Sequence[float], rows: Sequence[dict[str, Any]]) -> str:
    """Markdown."""
    missed = [row["wanted_db"] - row["found_db"] for row in rows if row["found_db"] < row["wanted_db"]]
    worst = f", by {max(missed):.2f} dB at most" if missed else ""
    size, samples = (geometric([row[name] for row in rows]) for name in ("size_ratio", "samples_ratio"))
    asked = " ".join(f"{rate:g}" for rate in rates)
    lines = [
        "# Looking for a quality",
        "",
        f"`python -m tests.benchmarks.target --preset {preset} --rates {asked}`: each material is compressed to a "
        "given size, and the search is then asked for the PSNR of that file. "
        f"{len(missed)} of {len(rows)} demands were missed{worst}; "
        f"the files take {size:.2f} times as much as those of the given size and are trained with {samples:.2f} times "
        "as many samples (geometric means).",
        "",
        "| material | given | PSNR asked | more than that | bits/texel | size | samples |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        lines.append(
            f"| {row['material']} | {row['given_bits']:.2f} bits | {row['wanted_db']:.1f} dB "
            f"| {row['found_db'] - row['wanted_db']:+.2f} dB | {row['found_bits']:.2f} | × {row['size_ratio']:.2f} "
            f"| × {row['samples_ratio']:.2f} |"
        )
    return "\n".join(lines) + "\n"


def geometric(values: Sequence[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


if __name__ == "__main__":
    main()
