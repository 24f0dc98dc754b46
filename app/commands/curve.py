"""``texloom curve``: a material at several sizes, and what each is good for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.commands import compressing, materials, terminal
from app.commands.options import add_settings, report_path, settings_from
from core.codec.settings import CurveSettings
from core.errors import InputError
from core.files import write_json
from core.jobs import Control


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "curve",
        help="compress a material at several sizes and show quality over size",
        description="Compress a material into OUT/<bits per texel>/<material name>.texloom for several sizes, and "
        "write their qualities to OUT/<material name>-curve.json.",
    )
    parser.add_argument("input", type=Path, metavar="INPUT", help="folder, image file or a manifest of one material")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="OUT", help="folder for the results")
    add_settings(parser, CurveSettings)
    parser.add_argument("--report", type=Path, metavar="FILE.json", help="write the reports of all sizes as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    settings = settings_from(options, CurveSettings)
    report_path(options.report)
    output = compressing.check_output(options.output)
    plans = materials.plans([options.input])
    if len(plans) > 1:
        names = ", ".join(plan.name for plan in plans)
        raise InputError(f"{options.input} holds several materials ({names}); give the folder of one.", options.input)
    from core.codec.curve import CurveResult, curve
    from core.textures import reading

    control = Control()
    job = curve(reading.read(plans[0]), settings, output, control)
    finished = terminal.follow(plans[0].name, job, control)
    result: CurveResult = finished.result
    rows = [
        [f"{p.bpp:g}", f"{p.report['bits_per_texel']:.2f}", f"{p.report['vram_bits_per_texel']:.2f}", _db(p.report)]
        for p in result.points
    ]
    print(terminal.table(("asked", "bits/texel", "in memory", "dB"), rows))
    print(f"Curve → {result.path}")
    if options.report:
        write_json(options.report, {"schema": 1, "materials": [point.report for point in result.points]})
        print(f"Report → {options.report}")
    if finished.stopped_early:
        print("Stopped early; the sizes that were done are kept.", file=sys.stderr)
        return 130
    return 0


def _db(report: dict) -> str:
    return "exact" if report["psnr_db"] is None else f"{report['psnr_db']:.2f}"
