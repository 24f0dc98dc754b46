"""The main control: three ways to say one thing, and what it will cost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets.rate_picker import Prediction, Rate, RateMode, RatePicker


@pytest.fixture
def picker(qtbot: QtBot, themed: QApplication) -> RatePicker:
    made = RatePicker()
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_quality_is_a_rate_and_an_effort(qtbot: QtBot, picker: RatePicker) -> None:
    with qtbot.waitSignal(picker.changed) as changed:
        picker._card_of["studio"].click()
    assert changed.args == [Rate(10.0, None, "studio")]


def test_size_in_bits_and_in_kilobytes_are_the_same_thing(qtbot: QtBot, picker: RatePicker) -> None:
    picker.set_texels(1024 * 1024)
    picker._on_mode("size")
    picker._bpp_field.setValue(4.0)
    assert picker.rate.bpp == 4.0 and picker._kb_field.value() == 512
    picker._kb_field.setValue(1024)
    assert picker.rate.bpp == 8.0 and picker._bpp_field.value() == 8.0


def test_a_size_out_of_reach_becomes_the_nearest_one(picker: RatePicker) -> None:
    picker.set_texels(1024 * 1024)
    picker._on_mode("size")
    picker._kb_field.setValue(1e6)
    assert picker.rate.bpp == 20.0


def test_the_slider_covers_the_range_and_reaches_its_ends(picker: RatePicker) -> None:
    picker._on_mode("size")
    picker._size_slider.setValue(picker._size_slider.minimum())
    assert picker.rate.bpp == 0.5
    picker._size_slider.setValue(picker._size_slider.maximum())
    assert picker.rate.bpp == 20.0


def test_dragging_previews_and_only_letting_go_chooses(qtbot: QtBot, picker: RatePicker) -> None:
    picker._on_mode("size")
    chosen: list[Rate] = []
    previewed: list[Rate] = []
    picker.changed.connect(chosen.append)
    picker.previewed.connect(previewed.append)
    picker._size_slider.setSliderDown(True)
    for step in (100, 150, 200):
        picker._size_slider.setSliderPosition(step)
    assert len(previewed) == 3 and not chosen
    picker._size_slider.setSliderDown(False)
    assert chosen == [previewed[-1]]


def test_a_target_is_kept_when_the_mode_changes_and_comes_back(picker: RatePicker) -> None:
    picker._on_mode("target")
    picker._db_field.setValue(43.5)
    assert picker.rate.target_psnr == 43.5
    picker._on_mode("size")
    assert picker.rate.target_psnr is None
    picker._on_mode("target")
    assert picker.rate.target_psnr == 43.5


@pytest.mark.parametrize(
    ("rate", "mode"),
    [
        (Rate(2.5, None, "draft"), RateMode.QUALITY),
        (Rate(3.3, None, "draft"), RateMode.SIZE),
        (Rate(5.0, 41.0, "studio"), RateMode.TARGET),
    ],
)
def test_settings_from_elsewhere_are_shown_without_telling(picker: RatePicker, rate: Rate, mode: RateMode) -> None:
    told: list[Rate] = []
    picker.changed.connect(told.append)
    picker.set_rate(rate)
    assert (picker.mode, picker.rate, told) == (mode, rate, [])


def test_arrow_keys_move_between_the_ways(qtbot: QtBot, picker: RatePicker) -> None:
    picker.activateWindow()
    qtbot.waitActive(picker)
    picker._modes.button("quality").setFocus()
    qtbot.keyClick(picker._modes.button("quality"), Qt.Key.Key_Right)
    assert picker._modes.value == "size"


def test_the_prediction_says_file_memory_and_ratio(picker: RatePicker) -> None:
    picker.card.show_prediction(Prediction(655_360, 700_000, 5.0, 24.0))
    assert [value.text() for value in picker.card._values] == ["640 KB", "684 KB", "4.8× smaller"]
