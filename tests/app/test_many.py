"""Many materials and runs: what one of them changes touches one row, and many at once are one change."""

from __future__ import annotations

from typing import Any

import pytest
from protocol_job import WAIT_MS
from pytestqt.qtbot import QtBot

from app.document import Document, Material, MaterialState
from app.main_window import MainWindow
from app.sources import SampleSource

MANY = 200


def samples(document: Document, count: int) -> list[Material]:
    return [
        Material(document.next_key(), f"Sample {n}", SampleSource("worn_painted_metal", 32, n), MaterialState.READY)
        for n in range(count)
    ]


def counted(monkeypatch: pytest.MonkeyPatch, target: Any, name: str) -> list[Any]:
    """Every call of a method from now on, which still does what it does."""
    calls: list[Any] = []
    own = getattr(target, name)
    monkeypatch.setattr(target, name, lambda *args: (calls.append(args), own(*args))[1])
    return calls


def emitted(signal: Any) -> list[Any]:
    found: list[Any] = []
    signal.connect(lambda *values: found.append(values))
    return found


def test_many_are_added_and_queued_in_one_change(qtbot: QtBot, window: MainWindow) -> None:
    document, session = window.document, window.session
    session.compute.hold(True)
    materials, runs = emitted(document.materials_changed), emitted(document.runs_changed)
    made = samples(document, MANY)
    document.add_materials(made)
    assert len(materials) == 1
    session.runs.start_all(made)
    assert len(runs) == 1 and len(document.runs) == MANY
    assert [run.number for run in document.runs] == list(range(1, MANY + 1))
    assert all(document.latest_run(material.key) is run for material, run in zip(made, document.runs, strict=True))
    qtbot.waitUntil(lambda: len(window.queue.rows) == MANY, timeout=WAIT_MS)
    session.runs.start_all(made)
    assert len(document.runs) == MANY, "what waits already is not queued again"
    session.compute.cancel_waiting()


def test_one_change_touches_one_row(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    document, session = window.document, window.session
    session.compute.hold(True)
    made = samples(document, MANY)
    document.add_materials(made)
    session.runs.start_all(made)
    qtbot.waitUntil(lambda: len(window.queue.rows) == MANY, timeout=WAIT_MS)
    qtbot.wait(1)
    whole = [counted(monkeypatch, window.material_list, "set_rows"), counted(monkeypatch, window.runs, "set_rows")]
    rows = counted(monkeypatch, window.material_list, "set_row")
    document.material_changed.emit(made[7])
    assert [args[0].key for args in rows] == [made[7].key]
    lines = counted(monkeypatch, window.runs, "set_row")
    for _ in range(50):
        document.run_changed.emit(document.runs[9])
    qtbot.waitUntil(lambda: bool(lines))
    assert [args[0].key for args in lines] == [document.runs[9].key], "fifty changes are shown once"
    assert [args[0].key for args in rows] == [made[7].key, made[9].key]
    assert whole == [[], []]
    session.compute.cancel_waiting()


def test_what_runs_and_waits_holds_no_pixels(qtbot: QtBot, window: MainWindow) -> None:
    document, session = window.document, window.session
    window.viewport.set_options(mode="2d")
    session.compute.hold(True)
    for seed in range(6):
        session.materials.open_sample("worn_painted_metal", 32, seed)
    session.runs.start_all(document.materials)
    qtbot.waitUntil(lambda: all(material.width for material in document.materials), timeout=60_000)
    held = [material for material in document.materials if material.texture_set is not None]
    assert len(held) <= 4, "the last three and the one that is looked at"
    session.compute.cancel_waiting()
