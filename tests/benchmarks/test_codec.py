"""The benchmark itself: what is kept between runs, and what page and plots make of rows."""

from __future__ import annotations

import argparse
import dataclasses
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.codec.baseline_sets import BASELINES, EQUAL_SIZE
from tests.benchmarks import codec, page, plot
from tests.benchmarks.rows import Row, bits_for, next_above

SECONDS = [10.0, 60.0]
SVG = "{http://www.w3.org/2000/svg}"


def made_up(names: tuple[str, ...] = ("Größe & Ziegel", "Stone", "Wood", "Metal")) -> list[Row]:
    """Rows of every codec for some materials, the last of them exact everywhere."""
    rows = []
    for number, name in enumerate(names):
        for kind, asked, seconds in codec.wanted(SECONDS):
            bits = asked or 24.0 / (1 + list(BASELINES).index(kind))
            quality = 30 + 2 * number + bits**0.5 * 3 + (seconds or 0) / 60
            psnr = None if number == len(names) - 1 else quality
            rows.append(Row(name, "64×32", 9, kind, asked, seconds, "v", bits * 0.98, bits * 1.3, psnr))
    return rows


def options(folder: Path, **others: object) -> argparse.Namespace:
    values = {"work": folder, "samples": True, "size": 32, "only": ["Bricks"], "seconds": [1.0], "fresh": False}
    return argparse.Namespace(**{**values, **others})


def test_every_row_is_kept_until_its_code_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan: list[codec.Wanted] = [("bc", None, None), ("jpeg", 5.0, None), ("astc-12x12", None, None)]

    def measured() -> list[str]:
        return [line.split()[1] for line in capsys.readouterr().out.splitlines()]

    def interrupted() -> Iterator[codec.Wanted]:
        yield from plan[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        codec.run(options(tmp_path), interrupted())
    assert measured() == ["bc", "jpeg"]
    rows = codec.run(options(tmp_path), plan)
    assert measured() == ["astc-12x12"]
    assert [(row.codec, row.asked, row.seconds) for row in rows] == plan
    assert codec.run(options(tmp_path), plan) == rows and measured() == []

    store = tmp_path / "rows.json"
    older = [dataclasses.replace(row, version="older") if row.codec == "bc" else row for row in codec.stored(store)]
    store.write_text(json.dumps([dataclasses.asdict(row) for row in older]))
    again = codec.run(options(tmp_path), plan)
    assert measured() == ["bc"] and again[0].psnr == rows[0].psnr and again[0].version == rows[0].version
    codec.run(options(tmp_path, fresh=True), plan)
    assert measured() == ["bc", "jpeg", "astc-12x12"]


def test_versions_tell_the_codecs_apart() -> None:
    assert len({codec.version(patterns) for patterns in codec.BEHIND.values()}) == len(codec.BEHIND)


def test_the_page_has_every_material_and_rate() -> None:
    rows = made_up()
    text = page.page(rows, codec.RATES, SECONDS, {"cores": 2})
    for name in ("Größe & Ziegel", "Stone", "Wood", "Metal"):
        assert text.count(f"| {name}, ") == len(codec.RATES) and f"| {name} |" in text
    assert text.count("bits per texel |") == len(codec.RATES)
    assert page.MEAN_PLOT in text and page.MATERIAL_PLOTS in text and "exact" in text
    tables = [line for line in text.splitlines() if line.startswith("| ")]
    widths = {line.count("|") for line in tables}
    assert len(widths) == 2, "every row of a table has as many cells as its head"


def test_the_plots_name_every_codec_once() -> None:
    rows = made_up()
    mean = ElementTree.fromstring(plot.mean_plot(rows, codec.RATES, SECONDS))
    texts = ["".join(text.itertext()) for text in mean.iter(f"{SVG}text")]
    for name in ("Texloom, 60 s", "Texloom, 10 s", "ASTC", "BC7 set", "BC1 set", "JPEG", "Smaller", "UE5"):
        assert sum(text.startswith(name) for text in texts) == 1
    small = ElementTree.fromstring(plot.material_plots(rows, SECONDS))
    texts = ["".join(text.itertext()) for text in small.iter(f"{SVG}text")]
    assert {"Größe & Ziegel", "Stone", "Wood", "Metal"} <= set(texts)
    width, height = (float(small.attrib[side]) for side in ("width", "height"))
    for dot in small.iter(f"{SVG}circle"):
        assert 0 < float(dot.attrib["cx"]) < width and 0 < float(dot.attrib["cy"]) < height


def test_the_rate_for_a_quality_lies_between_those_measured() -> None:
    points = [(2.5, 30.0), (10.0, 40.0), (5.0, 35.0)]
    assert bits_for(points, 35.0) == "5.0" and bits_for(points, 32.5) == "3.5"
    assert bits_for(points, 40.5) == "> 10.0" and bits_for(points, 29.0) == "< 2.5"


def test_the_next_block_size_is_the_smallest_that_is_not_below() -> None:
    rows = made_up()
    sizes = sorted(row.bits for row in rows if row.material == "Stone" and row.codec.startswith("astc"))
    assert next_above(rows, "Stone", sizes[1]).bits == sizes[1]
    assert next_above(rows, "Stone", sizes[1] + 0.01).bits == sizes[2]
    assert next_above(rows, "Stone", 100.0).bits == sizes[-1]


def test_all_that_is_asked_for_is_wanted() -> None:
    wanted = list(codec.wanted(SECONDS))
    assert {kind for kind, *_ in wanted} == {*BASELINES, *EQUAL_SIZE, "ue5", "texloom"}
    assert len(wanted) == len(BASELINES) + len(codec.RATES) * (len(EQUAL_SIZE) + 1 + len(SECONDS))
