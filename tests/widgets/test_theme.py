"""The look keeps its promises: contrast, neutral greys, colours of the roles that everybody can tell apart."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication

from core.textures.roles import Role
from widgets.theme import (
    RESOURCES,
    ROLE_COLORS,
    THEME,
    font,
    palette,
    role_color,
    style_sheet,
)
from widgets.viewport_overlay import SHADE_OPACITY, TEXT

GREYS = ("well", "window", "panel", "control", "control_hover", "control_down", "raised", "line", "line_strong")
# Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(color: str) -> NDArray[np.float64]:
    encoded = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    """WCAG 2 contrast ratio."""
    first, second = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.clip(to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089], 1e-4, None))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("ground", ["well", "window", "panel", "raised", "accent_wash"])
@pytest.mark.parametrize("text", ["text", "text_soft", "good", "warn", "bad", "accent_line"])
def test_text_can_be_read(text: str, ground: str) -> None:
    assert contrast(getattr(THEME, text), getattr(THEME, ground)) >= 4.5


@pytest.mark.parametrize("ground", ["well", "window", "panel", "raised", "control"])
def test_hints_can_be_read(ground: str) -> None:
    assert contrast(THEME.text_hint, getattr(THEME, ground)) >= 4.5


@pytest.mark.parametrize("ground", ["control", "control_down", "control_hover"])
def test_text_on_controls_can_be_read(ground: str) -> None:
    assert contrast(THEME.text, getattr(THEME, ground)) >= 4.5
    assert contrast(THEME.text_soft, getattr(THEME, ground)) >= 4.5


def test_what_is_disabled_can_still_be_made_out() -> None:
    for ground in ("well", "window", "panel", "raised", "control_down"):
        assert contrast(THEME.text_off, getattr(THEME, ground)) >= 3.0


def test_text_on_the_accent_can_be_read() -> None:
    for ground in (THEME.accent, THEME.accent_hover, THEME.accent_down):
        assert contrast(THEME.accent_text, ground) >= 4.5


def test_every_rule_with_text_on_a_ground_can_be_read() -> None:
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", style_sheet(), flags=re.DOTALL))
    checked = 0
    for selector, body in rules:
        found = dict(re.findall(r"(?<![-\w])(color|background): (#[0-9a-fA-F]{6})", body))
        if len(found) == 2 and ":disabled" not in selector:
            checked += 1
            assert contrast(found["color"], found["background"]) >= 4.5, selector.strip()
    assert checked > 10


def test_labels_over_the_picture_can_be_read_over_white() -> None:
    grey = f"{round(255 * (1 - SHADE_OPACITY)):02x}"
    assert contrast(TEXT.name(), f"#{grey * 3}") >= 4.5


def test_the_ring_of_the_focus_can_be_seen() -> None:
    for ground in ("well", "window", "panel", "raised", "control", "accent"):
        wanted = THEME.text if ground == "accent" else THEME.accent_line
        assert contrast(wanted, getattr(THEME, ground)) >= 3.0


def test_greys_have_no_tint() -> None:
    for name in GREYS:
        color = getattr(THEME, name)
        assert color[1:3] == color[3:5] == color[5:7], name


def test_every_role_has_its_colour() -> None:
    assert set(ROLE_COLORS) == set(Role)
    assert len(set(ROLE_COLORS.values())) == len(Role)
    assert role_color("total") == role_color("no such role")


@pytest.mark.parametrize("sight", SIGHT)
def test_the_colours_of_the_roles_can_be_told_apart(sight: str) -> None:
    seen = {role: lab(np.array(SIGHT[sight]) @ linear(color)) for role, color in ROLE_COLORS.items()}
    for a in Role:
        assert contrast(ROLE_COLORS[a], THEME.well) >= 4.5
        for b in Role:
            assert a is b or np.linalg.norm(seen[a] - seen[b]) > 20.0, f"{a} and {b}"


def test_the_palette_leaves_no_role_to_the_system() -> None:
    made = palette()
    for role in QPalette.ColorRole:
        if role not in (QPalette.ColorRole.NoRole, QPalette.ColorRole.NColorRoles):
            assert made.isBrushSet(QPalette.ColorGroup.Active, role), role


def test_the_style_sheet_is_filled_completely() -> None:
    text = style_sheet()
    assert "$" not in text
    colors = set(re.findall(r"#[0-9a-fA-F]{6}\b", text))
    assert THEME.accent in colors


def test_the_typeface_is_ours_and_its_licence_is_there(themed: QApplication) -> None:
    assert THEME.family in QFontDatabase.families()
    assert QFontInfo(themed.font()).family() == THEME.family
    assert "Open Font License" in (RESOURCES / "fonts" / "Inter-LICENSE.txt").read_text(encoding="utf-8")


def test_figures_are_tabular(themed: QApplication) -> None:
    for weight in (QFont.Weight.Normal, QFont.Weight.DemiBold):
        metrics = QFontMetrics(font(weight=weight))
        assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1
