"""The form follows the dataclass: each field, its limits, its help, its default."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit
from pytestqt.qtbot import QtBot

from core.codec.settings import CompressSettings
from core.errors import InputError
from core.jobs import describe
from widgets.controls import Combo, NumberField
from widgets.settings_form import SettingsForm


@pytest.fixture
def form(qtbot: QtBot, themed: QApplication) -> SettingsForm:
    made = SettingsForm(CompressSettings, hidden=("bpp",))
    qtbot.addWidget(made)
    made.show()
    return made


def row(form: SettingsForm, name: str):
    return next(row for row in form._rows if row.setting.name == name)


def test_every_field_is_there_with_its_help(form: SettingsForm) -> None:
    wanted = {field.name: field.help for field in describe(CompressSettings) if field.name != "bpp"}
    assert {row.setting.name for row in form._rows} == set(wanted)
    for shown in form._rows:
        assert wanted[shown.setting.name] in shown.field.toolTip()


def test_a_change_is_told_as_the_whole_object(qtbot: QtBot, form: SettingsForm) -> None:
    combo = row(form, "device").field
    assert isinstance(combo, Combo)
    with qtbot.waitSignal(form.changed) as changed:
        combo.setCurrentIndex(combo.findData("cpu"))
    assert changed.args == [CompressSettings(device="cpu")]


def test_a_number_keeps_its_kind_and_limits(qtbot: QtBot, form: SettingsForm) -> None:
    field = row(form, "seed").field
    assert isinstance(field, NumberField) and field.minimum() == 0
    with qtbot.waitSignal(form.changed) as changed:
        field.setValue(7)
    assert changed.args == [CompressSettings(seed=7)]
    assert isinstance(form.settings.seed, int)


def test_an_optional_number_is_none_until_it_is_ticked(qtbot: QtBot, form: SettingsForm) -> None:
    budget = row(form, "time_budget").field
    box = budget.findChild(QCheckBox)
    assert box is not None
    assert form.settings.time_budget is None
    box.click()
    assert form.settings.time_budget == 60.0
    box.click()
    assert form.settings.time_budget is None


def test_the_default_comes_back(qtbot: QtBot, form: SettingsForm) -> None:
    form.set_settings(CompressSettings(seed=99))
    reset = row(form, "seed").reset
    assert reset.isEnabled()
    reset.click()
    assert form.settings.seed == 0 and not reset.isEnabled()


def test_showing_settings_tells_nobody(form: SettingsForm) -> None:
    told: list[object] = []
    form.changed.connect(told.append)
    form.set_settings(CompressSettings(seed=3, device="cpu", time_budget=5.0))
    assert told == []


def test_search_looks_at_names_and_descriptions(qtbot: QtBot, form: SettingsForm) -> None:
    form.search.setText("gpu")
    assert [shown.setting.name for shown in form._rows if shown.field.isVisible()] == ["device"]
    form.search.setText("zzz")
    assert form._nothing.isVisible()


def test_the_tooltip_says_limits_and_default(form: SettingsForm) -> None:
    assert "Default: Balanced." in row(form, "preset").field.toolTip()
    assert "At least 512." in row(form, "max_bytes").caption.toolTip()
    assert "0 to 4. Default: 1." in row(form, "noise").field.toolTip()
    assert "Default: on." in row(form, "early_stop").field.toolTip()


def _even(text: str) -> None:
    if text and int(text) % 2:
        raise InputError(f"--grids are even, not {text}.")


def test_a_text_that_makes_no_sense_is_told_at_the_field(qtbot: QtBot, themed: QApplication) -> None:
    form = SettingsForm(CompressSettings, checks={"grids": _even})
    qtbot.addWidget(form)
    form.show()
    told: list[CompressSettings] = []
    form.changed.connect(told.append)
    grids = row(form, "grids")
    assert isinstance(grids.field, QLineEdit) and grids.wrong is not None
    qtbot.keyClicks(grids.field, "3")
    assert form.problem and not grids.wrong.isVisible(), "half a word is no mistake yet"
    qtbot.waitUntil(grids.wrong.isVisible)
    assert grids.wrong.text() == "“Grids” are even, not 3."
    form.set_settings(CompressSettings(seed=3))
    assert grids.field.text() == "3", "a change elsewhere takes nothing away"
    assert form.commit() is grids.field and told == []
    qtbot.keyClicks(grids.field, "2")
    assert not form.problem and not grids.wrong.isVisible()
    assert form.commit() is None and told == [CompressSettings(seed=3, grids="32")]
    qtbot.keyClicks(grids.field, "1")
    grids.reset.click()
    assert not form.problem and told[-1] == CompressSettings(seed=3)
    assert grids.field.text() == ""
    form.set_settings(CompressSettings(grids="4"))
    qtbot.keyClicks(grids.field, "5")
    form.set_settings(CompressSettings(grids="8"))
    assert not form.problem and grids.field.text() == "8", "another value from elsewhere counts"
