"""The benchmark's page for docs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.benchmarks.rows import Row, bits_for, counted, materials, mean, next_above, of, one

MEAN_PLOT = "rate-quality.svg"
MATERIAL_PLOTS = "rate-quality-materials.svg"
NOTES = (
    "- *ASTC*: astcenc, quality 60, the block size whose rate is the next above. *BC*: ISPCTextureCompressor, BC7 with "
    'its profile "basic". Both are decoded by texture2ddecoder.',
    "- Colour by itself, single channels three to a texture, maps that are the same everywhere left out. A normal map "
    "takes BC5 with Z rebuilt or BC7, whichever comes closer: in most sets Z doesn't follow from X and Y.",
    "- *JPEG*: progressive files of one common quality that fill the asked rate, with or without chroma subsampling, "
    "whichever is better. In a GPU's memory such a set takes 8 bits per channel. JPEG sources favour it.",
    "- *Smaller*: 8 bits per channel, all maps reduced to the size that fills the asked rate (area mean) and enlarged "
    "again (cubic).",
    "- *UE5*: the export in the shape of the UE5 importer, fitted for 10 s.",
)


def page(rows: Sequence[Row], rates: Sequence[float], seconds: Sequence[float], machine: Mapping[str, Any]) -> str:
    """Markdown. ``rows`` hold every material at every rate and time budget."""
    names = materials(rows)
    lines = [
        "# Rate and quality",
        "",
        f"`make benchmark` on {machine['cores']} CPU cores: {counted(names)} of {sizes(rows)} texels. PSNR in dB "
        "over all channels of all maps, mip 0, in the values of the files. Bits per texel: for Texloom everything is "
        "counted (all mips, decoder, header), for everything else mip 0 only.",
        "",
        f"![Mean over the materials]({MEAN_PLOT})",
        "",
        *_means(rows, rates, seconds),
        "",
        "## What is shipped today",
        "",
        f"Block-compressed sets, and the rate at which Texloom ({seconds[-1]:g} s) is as good, taken between the rates "
        "that were measured.",
        "",
        *_sets(rows, rates, seconds[-1]),
        "",
        "## Single materials",
        "",
        f"![One plot per material]({MATERIAL_PLOTS})",
        "",
        *_single(rows, rates, seconds),
        "",
        "## How it was measured",
        "",
        *NOTES,
        *_speed(rows),
    ]
    return "\n".join(lines) + "\n"


def sizes(rows: Sequence[Row]) -> str:
    return ", ".join(dict.fromkeys(row.size for row in rows))


def _db(row: Row) -> str:
    return "exact" if row.psnr is None else f"{row.psnr:.2f}"


def _head(first: str, seconds: Sequence[float], *others: str) -> list[str]:
    titles = [first, *(f"Texloom {limit:g} s" for limit in seconds), *others]
    return ["| " + " | ".join(titles) + " |", "| --- |" + " ---: |" * (len(titles) - 1)]


def _means(rows: Sequence[Row], rates: Sequence[float], seconds: Sequence[float]) -> list[str]:
    lines = _head("mean over materials", seconds, "ASTC", "gain", "JPEG", "smaller", "UE5")
    for rate in rates:
        ours = [mean(of(rows, "texloom", rate, limit))[1] for limit in seconds]
        astc_bits, astc = mean([next_above(rows, name, rate) for name in materials(rows)])
        ue5_bits, ue5 = mean(of(rows, "ue5", rate))
        jpeg, smaller = (mean(of(rows, name, rate))[1] for name in ("jpeg", "downsampled"))
        cells = [f"**{value:.2f}**" if value == ours[-1] else f"{value:.2f}" for value in ours]
        cells += [f"{astc:.2f} at {astc_bits:.2f}", f"{ours[-1] - astc:+.2f}", f"{jpeg:.2f}", f"{smaller:.2f}"]
        cells.append(f"{ue5:.2f} at {ue5_bits:.2f}")
        lines.append(f"| {rate:g} bits per texel | " + " | ".join(cells) + " |")
    return lines


def _sets(rows: Sequence[Row], rates: Sequence[float], seconds: float) -> list[str]:
    shown = {"bc": "BC7 set", "bc1": "BC1 set", "astc-6x6": "ASTC 6×6"}
    lines = [
        "| material | " + " | ".join(f"{title} | bits | Texloom bits" for title in shown.values()) + " |",
        "| --- |" + " ---: |" * (3 * len(shown)),
    ]
    for name in materials(rows):
        ours = [one(rows, name, "texloom", rate, seconds) for rate in rates]
        points = [(row.bits, row.db) for row in ours]
        cells = []
        for codec in shown:
            row = one(rows, name, codec)
            cells += [_db(row), f"{row.bits:.2f}", bits_for(points, row.db)]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _single(rows: Sequence[Row], rates: Sequence[float], seconds: Sequence[float]) -> list[str]:
    lines = _head("material, bits", seconds, "ASTC (bits)", "gain", "JPEG", "smaller", "UE5 (bits)")
    for name in materials(rows):
        for rate in rates:
            ours = [one(rows, name, "texloom", rate, limit) for limit in seconds]
            astc, ue5 = next_above(rows, name, rate), one(rows, name, "ue5", rate)
            cells = [*(_db(row) for row in ours[:-1]), f"**{_db(ours[-1])}**"]
            cells += [f"{_db(astc)} ({astc.bits:.2f})", f"{ours[-1].db - astc.db:+.2f}"]
            cells += [_db(one(rows, name, other, rate)) for other in ("jpeg", "downsampled")]
            lines.append(
                f"| {name}, {ours[-1].bits:.2f} | " + " | ".join([*cells, f"{_db(ue5)} ({ue5.bits:.2f})"]) + " |"
            )
    return lines


def _speed(rows: Sequence[Row]) -> list[str]:
    trained = [row.more for row in rows if row.codec == "texloom" and row.more.get("samples_per_s")]
    if not trained:
        return []
    speed = sum(more["samples_per_s"] for more in trained) / len(trained) / 1e6
    share = 100 * sum(more["share_of_roof"] for more in trained) / len(trained)
    return [f"- Training ran at {speed:.2f} M texels/s, {share:.0f} % of the machine's matrix-product rate."]
