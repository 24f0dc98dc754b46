"""Rate and quality of the codec beside what else could be shipped, on one machine.

    make benchmark                        # docs/benchmarks/codec.{json,md} and two plots
    python -m tests.benchmarks.codec --seconds 10 60 300
    python -m tests.benchmarks.codec --samples --size 256 --seconds 2 --out DIR --work DIR

Materials are those of ``../shared/data/materials`` if that folder is there, otherwise the built-in samples. PSNR is the
contract's: 8- or 16-bit values of mip 0 in file encoding, one mean square error over all channels. Bits count all for
Texloom: header, decoder and all mips; for everything else mip 0 only, which favours it by a third.

Every row is written to the work folder as soon as it is measured, and kept as long as the code behind it is the same:
an interrupted benchmark goes on where it was. ``--fresh`` starts over.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import os
import platform
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.codec.baseline_sets import BASELINES, EQUAL_SIZE
from core.codec.settings import CompressSettings
from core.files import finite, write_bytes
from core.jobs import Control, Finished
from core.textures import reading, samples
from core.textures.material import TextureSet
from tests.benchmarks import page, plot
from tests.benchmarks.rows import Row

RATES = (2.5, 5.0, 10.0)
SHARED = Path(__file__).parents[3] / "shared" / "data" / "materials"
ROOT = Path(__file__).parents[2]
UE5_SECONDS = 10.0
BEHIND = {
    "texloom": ("core/textures/*.py", "core/codec/*.py"),
    "blocks": ("core/blocks/*.py", "core/codec/baseline*.py", "core/codec/block_set.py"),
    "equal size": ("core/codec/equal_size.py", "core/textures/mips.py"),
    "ue5": ("core/codec/importer_*.py", "core/exporters/ue5.py"),
}
"""The code that a row depends on; what other rows depend on is none of Texloom's."""


def main() -> None:
    # As the command line does: busy-waiting threads would take the cores from those that work.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0, 60.0], help="time budgets of compression")
    parser.add_argument("--size", type=int, default=1024, help="size of the built-in samples")
    parser.add_argument("--samples", action="store_true", help="use the built-in samples in any case")
    parser.add_argument("--only", nargs="*", default=[], help="names of materials, or how they begin")
    parser.add_argument("--fresh", action="store_true", help="measure everything again")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    parser.add_argument("--work", type=Path, default=ROOT / "test-output" / "benchmark")
    options = parser.parse_args()
    rows = run(options, list(wanted(options.seconds)))
    if not rows:
        sys.exit(f"No material's name begins with {' or '.join(options.only)}.")
    seconds = sorted(options.seconds)
    result = {"machine": machine(), "rates": RATES, "seconds": seconds, "rows": [asdict(row) for row in rows]}
    for name, text in {
        "codec.json": json.dumps(finite(result), indent=1) + "\n",
        "codec.md": page.page(rows, RATES, seconds, machine()),
        page.MEAN_PLOT: plot.mean_plot(rows, RATES, seconds),
        page.MATERIAL_PLOTS: plot.material_plots(rows, seconds),
    }.items():
        write_bytes(options.out / name, text.encode())


Wanted = tuple[str, float | None, float | None]
"""Codec, bits per texel and seconds of a row; the latter two where the codec takes them."""


def run(options: argparse.Namespace, plan: Iterable[Wanted]) -> list[Row]:
    """The rows of ``plan`` for every material that the options ask for, measured now or before."""
    store = options.work / "rows.json"
    known = {} if options.fresh else {row.key: row for row in stored(store)}
    versions = {name: version(patterns) for name, patterns in BEHIND.items()}
    rows = []
    for material in materials(options):
        for codec, asked, seconds in plan:
            kind = codec if codec in BEHIND else "blocks" if codec in BASELINES else "equal size"
            head = (material.name, f"{material.width}×{material.height}", material.channels, codec, asked, seconds)
            row = known.get((*head[:2], *head[3:], versions[kind]))
            if row is None:
                bits, with_mips, psnr, more = measure(material, codec, asked or 0.0, seconds or 0.0, options.work)
                row = Row(*head, versions[kind], bits, with_mips, None if psnr == float("inf") else psnr, more)
                known[row.key] = row
                text = json.dumps(finite([asdict(one) for one in known.values()]), indent=0)
                write_bytes(store, text.encode())
                print(line(row), flush=True)
            rows.append(row)
    return rows


def wanted(seconds: Sequence[float]) -> Iterator[Wanted]:
    """Every row of a material."""
    for name in BASELINES:
        yield name, None, None
    for rate in RATES:
        for name in EQUAL_SIZE:
            yield name, rate, None
        yield "ue5", rate, None
        for limit in seconds:
            yield "texloom", rate, limit


def stored(path: Path) -> list[Row]:
    if not path.is_file():
        return []
    return [Row(**values) for values in json.loads(path.read_text(encoding="utf-8"))]


def version(patterns: Sequence[str]) -> str:
    """Changes when one of these files does, or the machine."""
    digest = hashlib.sha256(json.dumps(machine(), sort_keys=True).encode())
    others = {path for name, more in BEHIND.items() if name != "texloom" for p in more for path in ROOT.glob(p)}
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if patterns is not BEHIND["texloom"] or path not in others:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def materials(options: argparse.Namespace) -> Iterator[TextureSet]:
    wanted = tuple(options.only) or ""
    if SHARED.is_dir() and not options.samples:
        for plan in reading.plan([SHARED]):
            if plan.name.startswith(wanted):
                yield reading.read(plan)
    else:
        for name in samples.SAMPLE_NAMES:
            material = samples.generate(name, options.size)
            if material.name.startswith(wanted):
                yield material


Measured = tuple[float, float, float | None, dict[str, Any]]
"""Bits per texel, the same with mips, PSNR in dB, and what else is worth knowing."""


def measure(material: TextureSet, codec: str, rate: float, seconds: float, work: Path) -> Measured:
    """One row's figures. ``rate`` in bits per texel and ``seconds`` are used by the codecs that take them."""
    if codec == "texloom":
        return texloom(material, rate, seconds, work / f"{rate:g}-{seconds:g}s")
    if codec == "ue5":
        return importer_model(material, rate, work / "ue5")
    if codec in EQUAL_SIZE:
        from core.codec import equal_size
        from core.codec.rate import byte_budget

        result = equal_size.measure(codec, material, byte_budget(material.width, material.height, rate))
    else:
        from core.codec.baselines import baseline_psnr

        result = baseline_psnr(material, codec)
    return result.bits_per_texel, result.bits_per_texel_with_mips, result.psnr_db, {"seconds": round(result.seconds, 2)}


def texloom(material: TextureSet, rate: float, seconds: float, folder: Path) -> Measured:
    """A run of the codec, and its speed beside the machine's own at that moment."""
    from core.codec.compress import compress

    roof = matrix_rate()
    *_, last = compress(material, CompressSettings(bpp=rate, time_budget=seconds), folder, Control())
    assert isinstance(last, Finished)
    ours = last.result.report
    speed = ours["samples"] / max(ours["seconds"]["train"], 1e-9)
    more = {
        "mips": [level["psnr_db"] for level in ours["mips"][:4]],
        "samples_per_s": speed,
        "share_of_roof": speed * 6 * last.result.texture.layout.multiply_adds / roof,
        "train_s": ours["seconds"]["train"],
    }
    return ours["bits_per_texel"], ours["bits_per_texel"], ours["psnr_db"], more


def importer_model(material: TextureSet, rate: float, folder: Path) -> Measured:
    """The export in the UE5 importer's shape, which has no mip levels."""
    from core.exporters import export
    from core.exporters.settings import Ue5Settings

    settings = Ue5Settings(bpp=rate, time_budget=UE5_SECONDS)
    *_, last = export("ue5", material, folder / material.name, settings, Control())
    assert isinstance(last, Finished)
    size = sum(path.stat().st_size for path in last.result.files if path.suffix in (".dds", ".npz"))
    bits = 8 * size / (material.width * material.height)
    return bits, bits, last.result.psnr_db, {}


def matrix_rate(seconds: float = 1.0) -> float:
    """Floating-point operations per second of plain 4096 × 64 × 64 products on all cores, as the trainer runs them."""
    import torch

    from core.codec.trainer import has_fast_bf16

    dtype = torch.bfloat16 if has_fast_bf16(torch.device("cpu")) else torch.float32
    totals: list[float] = []

    def work() -> None:
        torch.set_num_threads(1)
        a, b = torch.rand(4096, 64).to(dtype), torch.rand(64, 64).to(dtype)
        out = torch.empty(4096, 64, dtype=dtype)
        count, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            for _ in range(20):
                torch.mm(a, b, out=out)
            count += 20
        totals.append(count * 2 * 4096 * 64 * 64 / (time.perf_counter() - began))

    threads = [threading.Thread(target=work) for _ in range(min(4, torch.get_num_threads()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(totals)


@functools.cache
def machine() -> dict[str, Any]:
    import torch

    return {
        "processor": platform.processor() or platform.machine(),
        "cores": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def line(row: Row) -> str:
    name = row.codec if row.seconds is None else f"{row.codec}, {row.seconds:g} s"
    quality = "exact" if row.psnr is None else f"{row.psnr:6.2f} dB"
    speed = f"{row.more['samples_per_s'] / 1e6:.2f} M/s" if "samples_per_s" in row.more else ""
    return f"{row.material:28} {name:16} {row.bits:6.2f} bits {quality} {speed}"


if __name__ == "__main__":
    main()
