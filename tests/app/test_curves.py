"""The quality of every map over time outlives the window."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from acts import dropped, training
from protocol_job import WAIT_MS, endless_job
from pytestqt.qtbot import QtBot

from app import run_store
from app.document import ORIGINAL, RunState
from app.main_window import MainWindow
from app.run_store import CURVE_POINTS, CURVES, RunRecord
from core.files import write_json

Maker = Callable[..., MainWindow]


def test_curves_are_written_and_read(tmp_path: Path) -> None:
    run_store.write_curves(tmp_path, [], {})
    assert run_store.read_curves(tmp_path) == ([], {})
    run_store.write_curves(tmp_path, [0.0, 1.0], {"total": [30.123, 31.0], "normal": [math.nan, 29.0]})
    seconds, curves = run_store.read_curves(tmp_path)
    assert seconds == [0.0, 1.0] and curves["total"] == [30.12, 31.0]
    assert math.isnan(curves["normal"][0]) and curves["normal"][1] == 29.0
    many = [float(n) for n in range(10 * CURVE_POINTS + 7)]
    run_store.write_curves(tmp_path, many, {str(n): many for n in range(10)})
    seconds, curves = run_store.read_curves(tmp_path)
    assert CURVE_POINTS <= len(seconds) <= 2 * CURVE_POINTS and seconds[0] == 0.0 and seconds[-1] == many[-1]
    assert curves["9"] == seconds and (tmp_path / CURVES).stat().st_size < 64 * 1024


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"seconds": [1], "psnr_db": {"total": []}}'])
def test_damaged_curves_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / CURVES).write_text(text)
    assert run_store.read_curves(tmp_path) == ([], {})


def test_the_plot_shows_every_map_of_an_earlier_run(qtbot: QtBot, make_window: Maker, material_folder: Path) -> None:
    first = make_window(endless_job)
    dropped(qtbot, first, material_folder)
    run = training(qtbot, first)
    first.session.runs.stop_and_keep(run)
    qtbot.waitUntil(lambda: run.state is RunState.KEPT and run.job is None, timeout=WAIT_MS)
    broken = training(qtbot, first)
    qtbot.waitUntil(lambda: (broken.folder / CURVES).exists(), timeout=WAIT_MS)
    assert first.session.projects.save()
    project, maps = first.session.projects.path, set(run.curves)
    assert {"total", "albedo", "normal"} <= maps
    first.close()

    later = make_window(endless_job)
    later.session.projects.open(project)
    kept, other = later.document.runs
    assert other.checkpointed
    later.document.show_run(kept, "B")
    labels = later.training.plot.labels
    qtbot.waitUntil(lambda: {row.name for row in labels._rows} == maps, timeout=WAIT_MS)
    assert len(kept.seconds) == len(kept.curves["albedo"]) > 5
    # It goes on where it was.
    before = list(other.seconds)
    assert len(before) > 5 and set(other.curves) == maps
    later.session.compute.hold(False)
    qtbot.waitUntil(lambda: len(other.seconds) > len(before) + 5, timeout=WAIT_MS)
    assert other.seconds[: len(before)] == before
    later.document.set_slot("B", ORIGINAL)


def test_records_of_earlier_versions_have_one_curve(qtbot: QtBot, make_window: Maker, material_folder: Path) -> None:
    window = make_window(endless_job)
    material = dropped(qtbot, window, material_folder)
    run = training(qtbot, window)
    window.session.runs.stop_and_keep(run)
    qtbot.waitUntil(lambda: run.state is RunState.KEPT and run.job is None, timeout=WAIT_MS)
    (run.folder / CURVES).unlink()
    record = RunRecord(**{**vars(run.record), "history": [[0.5, 30.0], [1.0, 31.0]], "psnr_db": 31.5})
    write_json(run.folder / run_store.RECORD, vars(record))
    later = make_window(endless_job)
    later.document.project_id = window.document.project_id
    later.session.runs.restore(record.project)
    (old,) = later.document.runs
    old.recall()
    assert old.curves["total"][:2] == [30.0, 31.0] and old.curves["total"][-1] == 31.5
    assert material.name == old.material_name
