"""Rate and quality of the codec beside what else could be shipped, in one run on one machine.

    make benchmark                        # docs/benchmarks/codec.{json,md}
    python -m tests.benchmarks.codec --seconds 10 --size 512

Materials are those of ``../shared/data/materials`` if that folder is there, otherwise the built-in samples. PSNR is the
contract's: 8- or 16-bit values of mip 0 in file encoding, one mean square error over all channels. Bits count all:
header, decoder and all mips for Texloom; for ASTC mip 0 only, which favours it by a third.
"""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from core.codec import report
from core.codec.compress import compress
from core.codec.settings import CompressSettings
from core.exporters import ExportSettings, export
from core.jobs import Control, Finished
from core.textures import reading, samples
from core.textures.material import Pixels, TextureSet
from core.textures.roles import ROLE_INFO

RATES = (2.5, 5.0, 10.0)
ASTC_BLOCKS = {2.5: 12, 5.0: 8, 10.0: 6}
"""The block size whose rate is the next above ours for three packed textures: 2.67, 6.0 and 10.67 bits per texel."""
SHARED = Path(__file__).parents[3] / "shared" / "data" / "materials"
ROOT = Path(__file__).parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="time budget of a compression run")
    parser.add_argument("--size", type=int, default=1024, help="size of the built-in samples")
    parser.add_argument("--samples", action="store_true", help="use the built-in samples in any case")
    parser.add_argument("--only", nargs="*", default=[], help="names of materials")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    parser.add_argument("--work", type=Path, default=ROOT / "test-output" / "benchmark")
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for material in materials(options):
        if options.only and material.name not in options.only:
            continue
        for rate in RATES:
            row = measure(material, rate, options.seconds, options.work)
            rows.append(row)
            print(line(row), flush=True)
    result = {"machine": machine(), "seconds": options.seconds, "rows": rows}
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "codec.json").write_text(json.dumps(result, indent=1) + "\n")
    (options.out / "codec.md").write_text(page(result))


def materials(options: argparse.Namespace) -> Iterator[TextureSet]:
    if SHARED.is_dir() and not options.samples:
        for plan in reading.plan([SHARED]):
            yield reading.read(plan)
    else:
        for name in samples.SAMPLE_NAMES:
            yield samples.generate(name, options.size)


def measure(material: TextureSet, rate: float, seconds: float, work: Path) -> dict[str, Any]:
    """One material at one rate: ours, ASTC, the UE5 importer's model, and the machine's own speed at that moment."""
    roof = matrix_rate()
    settings = CompressSettings(bpp=rate, time_budget=seconds)
    *_, last = compress(material, settings, work / f"{rate:g}", Control())
    assert isinstance(last, Finished)
    ours = last.result.report
    speed = ours["samples"] / ours["seconds"]["train"]
    texture = last.result.texture
    astc_bits, astc_psnr = astc(material, ASTC_BLOCKS[rate])
    ue5_bits, ue5_psnr = importer_model(material, rate, work / "ue5")
    return {
        "material": material.name,
        "size": f"{material.width}×{material.height}",
        "channels": material.channels,
        "asked": rate,
        "bits": ours["bits_per_texel"],
        "psnr": ours["psnr_db"],
        "mips": [level["psnr_db"] for level in ours["mips"][:4]],
        "astc_bits": astc_bits,
        "astc_psnr": astc_psnr,
        "ue5_bits": ue5_bits,
        "ue5_psnr": ue5_psnr,
        "samples_per_s": speed,
        "share_of_roof": speed * 6 * texture.layout.multiply_adds / roof,
        "train_s": ours["seconds"]["train"],
    }


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


def astc(material: TextureSet, block: int) -> tuple[float, float]:
    """Bits per texel and PSNR of the maps in as few ASTC textures as hold them, three channels each, quality 60."""
    encoder = importlib.import_module("astc_encoder")
    decoder = importlib.import_module("texture2ddecoder")
    width, height = material.width, material.height
    results: list[tuple[Pixels, Pixels]] = []
    textures = packed(material)
    # The encoder's rate for linear data is the fairer one: the figure is taken in file encoding.
    config = encoder.ASTCConfig(encoder.ASTCProfile.LDR, block, block, quality=60)
    context = encoder.ASTCContext(config)
    size = 0
    for pixels in textures:
        rgba = np.full((height, width, 4), 255, np.uint8)
        rgba[..., : pixels.shape[2]] = np.round(pixels * 255)
        rgba[..., pixels.shape[2] : 3] = 0
        image = encoder.ASTCImage(encoder.ASTCType.U8, width, height, data=rgba.tobytes())
        data = context.compress(image, encoder.ASTCSwizzle.from_str("RGBA"))
        size += len(data)
        bgra = np.frombuffer(decoder.decode_astc(data, width, height, block, block), np.uint8).reshape(height, width, 4)
        decoded = bgra[..., [2, 1, 0]][..., : pixels.shape[2]].astype(np.float32) / np.float32(255)
        results.append((pixels, decoded))
    bits = 8 * size / (width * height)
    return bits, report.pooled_psnr([a for a, _ in results], [b for _, b in results])


def packed(material: TextureSet) -> list[Pixels]:
    """Colour maps by themselves, single channels three by three, as an artist would pack them."""
    whole = [m.pixels for m in material.maps if ROLE_INFO[m.role].channels == 3]
    single = [m.pixels for m in material.maps if ROLE_INFO[m.role].channels == 1]
    return whole + [np.concatenate(single[i : i + 3], axis=2) for i in range(0, len(single), 3)]


def importer_model(material: TextureSet, rate: float, folder: Path) -> tuple[float, float | None]:
    """Bits per texel and PSNR of the export in the UE5 importer's shape."""
    *_, last = export("ue5", material, folder / material.name, ExportSettings(bpp=rate, time_budget=10), Control())
    assert isinstance(last, Finished)
    size = sum(path.stat().st_size for path in last.result.files if path.suffix in (".dds", ".npz"))
    return 8 * size / (material.width * material.height), last.result.psnr_db


def machine() -> dict[str, Any]:
    import torch

    return {
        "processor": platform.processor() or platform.machine(),
        "cores": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def line(row: dict[str, Any]) -> str:
    return (
        f"{row['material']:28} {row['bits']:6.2f} bits {row['psnr']:6.2f} dB | ASTC {row['astc_bits']:5.2f} "
        f"{row['astc_psnr']:6.2f} dB ({row['psnr'] - row['astc_psnr']:+.2f}) | {row['samples_per_s'] / 1e6:.2f} M/s, "
        f"{100 * row['share_of_roof']:.0f} % of the roof"
    )


def page(result: dict[str, Any]) -> str:
    """The Markdown page for docs."""
    machine, rows = result["machine"], result["rows"]
    lines = [
        "# Rate and quality",
        "",
        f"`make benchmark`, {result['seconds']:g} s of training a run on {machine['cores']} CPU cores. PSNR over all "
        "channels of all maps, mip 0, file encoding; bits per texel with all counted (mips, decoder, header). "
        "ASTC: quality 60, three channels a texture, mip 0 only. UE5: the export in the importer's shape.",
        "",
        "| material | bits | **Texloom** | ASTC bits | ASTC | gain | UE5 bits | UE5 |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        ue5 = f"{row['ue5_psnr']:.2f}" if row["ue5_psnr"] else "–"
        lines.append(
            f"| {row['material']} | {row['bits']:.2f} | **{row['psnr']:.2f}** | {row['astc_bits']:.2f} | "
            f"{row['astc_psnr']:.2f} | {row['psnr'] - row['astc_psnr']:+.2f} | {row['ue5_bits']:.2f} | {ue5} |"
        )
    lines += ["", "| mean over materials | Texloom | ASTC | gain |", "| --- | ---: | ---: | ---: |"]
    for rate in RATES:
        own = [row for row in rows if row["asked"] == rate]
        a, b = (float(np.mean([row[key] for row in own])) for key in ("psnr", "astc_psnr"))
        lines.append(f"| {rate:g} bits asked | {a:.2f} | {b:.2f} | {a - b:+.2f} |")
    share = np.mean([row["share_of_roof"] for row in rows])
    speed = np.mean([row["samples_per_s"] for row in rows]) / 1e6
    lines += ["", f"Training ran at {speed:.2f} M texels/s, {100 * share:.0f} % of the machine's matrix-product rate."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
