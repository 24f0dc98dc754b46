"""Icons are ours: one stroke, recoloured when loaded, and every name that is used exists."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.actions import ACTIONS
from widgets.icons import application_icon, icon, pixmap
from widgets.theme import RESOURCES, THEME

FILES = sorted((RESOURCES / "icons").glob("*.svg"))


@pytest.mark.parametrize("name", [file.stem for file in FILES if file.stem != "texloom"])
def test_an_icon_is_one_stroke_in_the_colour_of_its_place(name: str) -> None:
    text = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    assert re.findall(r'stroke-width="([^"]+)"', text) == ["1.5"]
    assert re.findall(r'(?:stroke|fill)="([^"]+)"', text) == ["none", "currentColor"]


def test_recolouring_reaches_the_pixels(qapp: QApplication) -> None:
    image = pixmap("plus", "#ff0000", 16).toImage()
    colors = {
        QColor(image.pixelColor(x, y)).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }
    assert colors == {"#ff0000"}


def test_every_icon_of_the_actions_exists(qapp: QApplication) -> None:
    for spec in ACTIONS:
        if spec.icon:
            assert not icon(spec.icon).isNull(), spec.id
    assert not application_icon().isNull()
    assert not pixmap("texloom", THEME.text, 64).isNull()
