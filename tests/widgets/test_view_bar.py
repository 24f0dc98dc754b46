"""The bar above the view: it shows options, says what is wanted, and knows no view."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from renderers.choices import Background, Opacity, Relief, ToneMapping
from widgets.view_bar import ViewBar
from widgets.viewport_options import Sampler, ViewportOptions


@pytest.fixture
def bar(qtbot: QtBot, themed: QApplication) -> ViewBar:
    made = ViewBar()
    qtbot.addWidget(made)
    return made


def choose(combo, value: object) -> None:
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


def test_what_is_chosen_is_wanted(bar: ViewBar) -> None:
    wanted: dict[str, object] = {}
    bar.wanted.connect(wanted.__setitem__)
    bar.set_parts(("Body", "Lens"))
    bar.set_neural(True)
    choose(bar._surface._relief, Relief.PARALLAX)
    choose(bar._surface._opacity, Opacity.MASK)
    choose(bar._surface._part, "Lens")
    choose(bar._surface._sampling, "nearest")
    choose(bar._light._environment, "strips")
    choose(bar._light._background, Background.ENVIRONMENT)
    choose(bar._light._tone, ToneMapping.ACES)
    bar._mips._level.setValue(3)
    bar._tiling._tilings[3].trigger()
    bar._tiling._half.trigger()
    assert wanted == {
        "relief": Relief.PARALLAX,
        "opacity": Opacity.MASK,
        "part": "Lens",
        "filtering": "nearest",
        "sampler": Sampler.NEURAL,
        "environment": "strips",
        "background": Background.ENVIRONMENT,
        "tone_mapping": ToneMapping.ACES,
        "mip": 3,
        "tiling": 3,
        "half_offset": True,
    }


def test_options_are_shown_and_told_to_nobody(bar: ViewBar) -> None:
    told: list[object] = []
    bar.wanted.connect(lambda name, value: told.append((name, value)))
    bar.set_parts(("Body", "Lens"))
    options = replace(
        ViewportOptions(),
        relief=Relief.OFF,
        part="Lens",
        exposure=-1.5,
        rotation=90.0,
        mip=2,
        show_seams=True,
        tiling=4,
        background=Background.ENVIRONMENT,
        environment="overcast",
    )
    bar.set_options(options)
    assert told == []
    assert bar._surface._relief.currentData() == Relief.OFF
    assert bar._surface._part.currentData() == "Lens"
    assert bar._light._environment.currentText() == "Overcast sky"
    assert bar._light._blur.isEnabled()
    assert bar._mips._level.value() == 2
    assert bar._tiling._tilings[4].isChecked()


def test_a_panorama_of_one_s_own_gets_an_entry(bar: ViewBar, tmp_path) -> None:
    bar.set_options(replace(ViewportOptions(), environment=tmp_path / "Hof 会.hdr"))
    assert bar._light._environment.currentText() == "Hof 会"
    asked: list[bool] = []
    bar.panorama_wanted.connect(lambda: asked.append(True))
    choose(bar._light._environment, "")
    assert asked == [True]


def test_only_a_mesh_of_several_parts_offers_them(bar: ViewBar) -> None:
    bar.set_parts(())
    assert not bar._surface._part.isEnabled()
    bar.set_parts(("One",))
    assert not bar._surface._part.isEnabled()
    bar.set_parts(("One", "Two"))
    assert bar._surface._part.isEnabled()
    assert [bar._surface._part.itemText(i) for i in range(3)] == ["All", "One", "Two"]
