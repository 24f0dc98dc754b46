"""``texloom compare``: how far a set of maps is from its reference."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.commands import comparing
from app.commands.terminal import table
from core.files import finite


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "compare",
        help="measure the difference between two sets of maps",
        description="Compare the maps of two folders (or of a folder and a .texloom file) role by role: PSNR, SSIM, "
        "FLIP of colour maps, mean angle of normals, seams; values as stored, at the reference's bit depth.",
    )
    parser.add_argument("reference", type=Path, metavar="REFERENCE_DIR")
    parser.add_argument("other", type=Path, metavar="OTHER_DIR")
    parser.add_argument("--json", action="store_true", help="print JSON; null stands for no difference at all")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    results = [comparing.figures(pair) for pair in comparing.read_pairs(options.reference, options.other)]
    if options.json:
        content = results[0] if len(results) == 1 else {"schema": 1, "materials": results}
        print(json.dumps(finite(content), indent=2, ensure_ascii=False))
        return 0
    print("\n\n".join(as_text(result) for result in results))
    return 0


def as_text(result: Mapping[str, Any]) -> str:
    """The figures of one material as a table."""
    rows = [
        [
            entry["role"],
            _db(entry["psnr_db"]),
            f"{entry['ssim']:.4f}",
            "" if entry["flip"] is None else f"{entry['flip']:.4f}",
            "" if entry["normal_angle_deg"] is None else f"{entry['normal_angle_deg']:.2f}°",
            f"{entry['seam_ratio']:.2f} ({entry['seam_ratio_source']:.2f})",
        ]
        for entry in result["maps"]
    ]
    header = ("map", "PSNR dB", "SSIM", "FLIP", "angle", "seam (reference)")
    lines = [f"{result['material']}, {result['width']} × {result['height']}", table(header, rows)]
    lines.append(f"psnr_db {_db(result['psnr_db'])} (all channels of all maps together)")
    return "\n".join([*lines, *result["notices"]])


def _db(value: float | None) -> str:
    return "∞" if value is None else f"{value:.2f}"
