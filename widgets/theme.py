"""The look, in one place: colours, sizes, the font, and what is made of them (palette, style sheet).

Every colour in the window comes from here. Greys carry no tint, because textures are judged beside them; there
is one accent for what is active; green, amber and red mean a state and nothing else; each role of a map has one
colour that it keeps everywhere.

Sizes are those at 100 %. The text grows with the scale, :func:`text_px` is for what holds text, :func:`icon_px` for
icons and their buttons, which grow half as fast; gaps and lines stay. Fonts and the style sheet follow by themselves,
other lengths by :func:`follow_scale`, so that a window that is open changes at once.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TypeVar

from PySide6.QtCore import QDir, QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from core.textures.roles import Role

RESOURCES = Path(str(files("resources")))

LOWEST_SCALE, HIGHEST_SCALE = 100, 200
"""Percent."""

W = TypeVar("W", bound=QWidget)


@dataclass(frozen=True)
class Theme:
    """Colours as ``#rrggbb``, lengths in px at 100 %. Steps of lightness say what lies in front of what."""

    well: str = "#171717"
    """The deepest: text fields, lists, the plot."""
    window: str = "#202020"
    panel: str = "#272727"
    control: str = "#363636"
    control_hover: str = "#424242"
    control_down: str = "#2e2e2e"
    raised: str = "#303030"
    """In front of everything: menus, toasts, tooltips."""
    line: str = "#3a3a3a"
    line_strong: str = "#5a5a5a"

    text: str = "#ececec"
    text_soft: str = "#b4b4b4"
    text_hint: str = "#a0a0a0"
    """What stands in an empty field, times in the log: told softly, but told."""
    text_off: str = "#858585"
    """Only what can't be used at the moment."""

    accent: str = "#2e6fdb"
    accent_hover: str = "#3373df"
    accent_down: str = "#265fbd"
    accent_text: str = "#ffffff"
    accent_line: str = "#76acff"
    """The accent where it has to be seen as a thin line or as text: focus ring, link."""
    accent_wash: str = "#263449"
    """The accent behind text: a selected row."""

    good: str = "#5fc07a"
    warn: str = "#e2ab45"
    bad: str = "#f47a72"

    grid: int = 4
    radius: int = 4
    small: int = 11
    body: int = 13
    title: int = 18

    family: str = "Inter"


THEME = Theme()

ROLE_COLORS: dict[Role, str] = {
    Role.ALBEDO: "#f794a8",
    Role.NORMAL: "#94a8f7",
    Role.ROUGHNESS: "#b0f745",
    Role.OCCLUSION: "#947c59",
    Role.METALLIC: "#45f7f7",
    Role.SPECULAR: "#9e63f7",
    Role.DISPLACEMENT: "#99ad45",
    Role.OPACITY: "#f7f7c6",
    Role.EMISSIVE: "#e03fa0",
}
"""Chosen by search: the smallest CIELAB distance between any two stays above 20 for normal sight and for the
three dichromacies simulated as by Machado, Oliveira and Fernandes (2009); each has contrast 4.5:1 on the plot."""

TOTAL_COLOR = THEME.text


def role_color(role: Role | str) -> str:
    """The one colour of a role; the total's for anything that is not a role."""
    try:
        return ROLE_COLORS[Role(role)]
    except ValueError:
        return TOTAL_COLOR


class _Scale(QObject):
    """The one size of text, in percent. ``changed`` comes after fonts and style sheet have changed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.percent = LOWEST_SCALE


_scale = _Scale()


def scale() -> int:
    """How large text is, in percent."""
    return _scale.percent


def text_px(length: float) -> int:
    """``length`` at 100 %, grown with the text."""
    return round(length * _scale.percent / 100)


def icon_px(length: float) -> int:
    """``length`` at 100 %, grown half as fast as the text: signs stay legible and leave the room to the words."""
    return round(length * (100 + _scale.percent) / 200)


class _Follower(QObject):
    """Lives and dies with its widget and keeps nothing of it alive."""

    def __init__(self, widget: W, apply: Callable[[W], object]) -> None:
        super().__init__(widget)
        self._apply = apply
        _scale.changed.connect(self._follow)

    def _follow(self) -> None:
        self._apply(self.parent())  # type: ignore[arg-type]


def follow_scale(widget: W, apply: Callable[[W], object]) -> W:
    """Call ``apply`` with ``widget``, now and whenever the scale changes; the same widget is returned.

    ``apply`` sets lengths that neither the font nor the style sheet gives. It must not hold ``widget`` itself.
    """
    apply(widget)
    _Follower(widget, apply)
    return widget


def font(size: int = THEME.body, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The one family with tabular figures, ``size`` in px at 100 %."""
    made = QFont(THEME.family)
    made.setPixelSize(text_px(size))
    made.setWeight(weight)
    made.setFeature(QFont.Tag.fromString("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def palette(theme: Theme = THEME) -> QPalette:
    """Every role set explicitly, so that no system colour shows through."""
    made = QPalette()
    roles = QPalette.ColorRole
    colors = {
        roles.Window: theme.window,
        roles.WindowText: theme.text,
        roles.Base: theme.well,
        roles.AlternateBase: theme.panel,
        roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.text,
        roles.PlaceholderText: theme.text_hint,
        roles.Text: theme.text,
        roles.Button: theme.control,
        roles.ButtonText: theme.text,
        roles.BrightText: "#ffffff",
        roles.Light: theme.control_hover,
        roles.Midlight: theme.control,
        roles.Mid: theme.line,
        roles.Dark: theme.well,
        roles.Shadow: "#000000",
        roles.Highlight: theme.accent,
        roles.HighlightedText: theme.accent_text,
        roles.Link: theme.accent_line,
        roles.LinkVisited: theme.accent_line,
        roles.Accent: theme.accent,
    }
    for role, color in colors.items():
        made.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.text_off))
    made.setColor(QPalette.ColorGroup.Disabled, roles.Highlight, QColor(theme.control))
    return made


def style_sheet(theme: Theme = THEME) -> str:
    """The style sheet template filled from the theme. Its units: ``px`` stays, ``tx`` is :func:`text_px`, ``ix`` is
    :func:`icon_px`."""
    template = Template((RESOURCES / "style" / "window.qss").read_text(encoding="utf-8"))
    filled = template.substitute({name: str(value) for name, value in dataclasses.asdict(theme).items()})
    grown = {"tx": text_px, "ix": icon_px}
    return re.sub(r"\b(\d+)(tx|ix)\b", lambda found: f"{grown[found[2]](int(found[1]))}px", filled)


_themed: QTemporaryDir | None = None


def install(app: QApplication, theme: Theme = THEME, percent: int | None = None) -> None:
    """Give ``app`` the font, the palette and the style sheet; ``percent``: the size of text, None leaves it. Safe to
    call more than once."""
    global _themed
    if _themed is None:
        _themed = _write_sheet_icons(theme)
        for path in sorted((RESOURCES / "fonts").glob("*.otf")):
            QFontDatabase.addApplicationFont(str(path))
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette(theme))
    app.setEffectEnabled(Qt.UIEffect.UI_AnimateCombo, False)
    _dress(app, theme, scale() if percent is None else percent)


def set_scale(app: QApplication, percent: int) -> None:
    """Show text at ``percent`` of its size, in windows that are open too; beyond 100 to 200 the nearest of these."""
    if min(max(percent, LOWEST_SCALE), HIGHEST_SCALE) != scale():
        _dress(app, THEME, percent)


def _dress(app: QApplication, theme: Theme, percent: int) -> None:
    _scale.percent = min(max(percent, LOWEST_SCALE), HIGHEST_SCALE)
    app.setFont(font())
    app.setStyleSheet(style_sheet(theme))
    _scale.changed.emit()


def _write_sheet_icons(theme: Theme) -> QTemporaryDir:
    """Style sheets take pictures only from files, so the few they use are recoloured into a folder of our own."""
    folder = QTemporaryDir()
    wanted = {
        ("chevron-down", theme.text_soft): "chevron-down.svg",
        ("chevron-up", theme.text_soft): "chevron-up.svg",
        ("chevron-right", theme.text_soft): "chevron-right.svg",
        ("chevron-down", theme.text_off): "chevron-down-off.svg",
        ("chevron-up", theme.text_off): "chevron-up-off.svg",
        ("check", theme.accent_text): "check.svg",
        ("check", theme.text): "check-menu.svg",
        ("close", theme.text_soft): "close.svg",
    }
    for (name, color), file in wanted.items():
        source = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        Path(folder.filePath(file)).write_text(source.replace("currentColor", color), encoding="utf-8")
    QDir.setSearchPaths("themed", [folder.path()])
    return folder
