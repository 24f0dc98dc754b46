"""The form follows the dataclass: each field, its limits, its help, its default."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox
from pytestqt.qtbot import QtBot

from core.codec.settings import CompressSettings
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
