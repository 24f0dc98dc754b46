"""The device of new runs, at the top right of the window."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets.device_button import AUTO, DeviceButton, DeviceChoice

CHOICES = (
    DeviceChoice("cuda", "NVIDIA graphics card", "RTX 4090", "The driver is missing."),
    DeviceChoice("cpu", "Processor", "CPU, 2 cores"),
)


def test_it_says_what_there_is_and_why_not(qtbot: QtBot, themed: QApplication) -> None:
    made = DeviceButton()
    qtbot.addWidget(made)
    made.set_choices(CHOICES)
    assert made.text() == "CPU, 2 cores" and made.property("state") == ""
    assert "The driver is missing." in made.toolTip() and "CPU, 2 cores" in made.toolTip()
    entries = made.actions_by_value
    assert entries[AUTO].isChecked() and entries[AUTO].text() == "Automatic (CPU, 2 cores)"
    assert not entries["cuda"].isEnabled() and entries["cuda"].text().endswith("The driver is missing.")
    chosen: list[str] = []
    made.chosen.connect(chosen.append)
    entries["cpu"].trigger()
    assert chosen == ["cpu"]


def test_what_is_set_and_not_there_is_seen(qtbot: QtBot, themed: QApplication) -> None:
    made = DeviceButton()
    qtbot.addWidget(made)
    made.set_choices(CHOICES)
    made.set_value("cuda")
    assert made.text() == "RTX 4090" and made.property("state") == "warn"
    wide = made.full_width
    assert made.set_short(True) and not made.set_short(True)
    assert made.text() == "" and 0 <= made.full_width - wide < 8 and "RTX 4090" in made.accessibleName()
    made.set_value(AUTO)
    assert made.property("state") == "" and made.text() == ""
    made.set_short(False)
    assert made.text() == "CPU, 2 cores"
