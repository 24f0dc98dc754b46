"""Quality over size: which results are the curve, what it saves, and what a click does."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets.controls import ElidedLabel
from widgets.rate_panel import RatePanel, RatePoint, best_points, rate_for
from widgets.rate_plot import RateAxis

OURS = (
    RatePoint(1, "#1", 2.0, 30.0),
    RatePoint(2, "#2", 4.0, 34.0, slots="B"),
    RatePoint(3, "#3", 6.0, 33.0),
    RatePoint(4, "#4", 8.0, 38.0),
)
BC7 = RatePoint(5, "BC7 set", 32.0, 36.0, baseline=True)


def test_the_curve_is_what_nothing_smaller_is_as_good_as() -> None:
    assert [p.key for p in best_points([BC7, *reversed(OURS)])] == [1, 2, 4]


@pytest.mark.parametrize(("db", "rate"), [(30.0, 2.0), (34.0, 4.0), (36.0, 4.0 * 2**0.5), (29.0, None), (39.0, None)])
def test_rates_lie_between_points_on_a_logarithmic_scale(db: float, rate: float | None) -> None:
    found = rate_for(best_points(OURS), db)
    assert found == (None if rate is None else pytest.approx(rate))


def test_the_line_tells_what_is_saved(qtbot: QtBot, themed: QApplication) -> None:
    panel = RatePanel()
    qtbot.addWidget(panel)
    panel.set_points([*OURS, BC7])
    line = panel._saving
    assert isinstance(line, ElidedLabel)
    assert line.text() == "As good as BC7 set at 5.7 instead of 32.0 bits per texel: 5.7×"
    panel.set_points([RatePoint(1, "#1", 2.0, 40.0), BC7])
    assert line.text() == "At 2.0 bits per texel 4.0 dB better than BC7 set at 32.0"


def test_names_do_not_cover_each_other_and_those_that_are_shown_come_first(qtbot: QtBot, themed: QApplication) -> None:
    panel = RatePanel()
    qtbot.addWidget(panel)
    crowd = [RatePoint(10 + i, f"a long name {i}", 4.0 + 0.001 * i, 34.0) for i in range(20)]
    panel.set_points([*crowd, RatePoint(2, "in B", 4.0, 34.0, slots="B"), BC7])
    panel.resize(420, 220)
    panel.show()
    qtbot.waitExposed(panel)
    qtbot.waitUntil(lambda: "in B" in panel.plot.names)
    assert "BC7 set" in panel.plot.names
    assert len(panel.plot.names) < 6


def test_a_click_shows_the_run(qtbot: QtBot, themed: QApplication) -> None:
    panel = RatePanel()
    qtbot.addWidget(panel)
    panel.resize(420, 220)
    panel.set_points([*OURS, BC7])
    panel.show()
    qtbot.waitExposed(panel)
    plot = panel.plot
    chosen: list[tuple[int, str]] = []
    panel.chosen.connect(lambda key, side: chosen.append((key, side)))
    scene = plot._box.mapViewToScene(QPointF(math.log2(8.0), 38.0))
    place = plot._view.mapFromScene(scene)
    viewport = plot._view.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, pos=place)
    qtbot.waitUntil(lambda: len(chosen) == 2)
    assert chosen == [(4, "B"), (4, "A")]


@pytest.mark.parametrize(
    ("low", "high", "width", "texts"),
    [
        (0.9, 2.6, 340, ["2", "2.5", "3", "3.5", "4", "5", "6"]),
        (0.9, 2.6, 200, ["2", "3", "4", "6"]),
        (-1.0, 4.0, 300, ["0.5", "1", "2", "4", "8", "16"]),
    ],
)
def test_rates_are_marked_by_round_numbers(
    themed: QApplication, low: float, high: float, width: int, texts: list[str]
) -> None:
    axis = RateAxis("bottom")
    ((_, values),) = axis.tickValues(low, high, width)
    assert axis.tickStrings(values, 1.0, 1.0) == texts
