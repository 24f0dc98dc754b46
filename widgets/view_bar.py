"""What stands above the viewport: how to look, at which map, tiled how, under which light; and what is in A and B."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from core.textures.roles import Role
from widgets.controls import Combo, ElidedButton, Segmented, Slider, bare, label, restyle, square, tool
from widgets.icons import dot_icon, icon
from widgets.language import role_name, tr
from widgets.runs_table import RUN_MIME
from widgets.theme import follow_scale, role_color, text_px
from widgets.view_menus import LightTool, MipTool, SurfaceTool, TilingTool
from widgets.viewport_options import ViewMode, ViewportOptions
from widgets.wrap_layout import WrapLayout

MATERIAL = ""
"""The channel choice that shows the whole material."""
GAINS = (1, 2, 4, 8, 16, 32, 64)


class ViewBar(QWidget):
    """Shows the viewport's options and tells which of their fields shall have which value."""

    wanted = Signal(str, object)
    """A field of :class:`ViewportOptions`, and its value."""
    panorama_wanted = Signal()
    """The user wants to choose a panorama file as environment."""

    def __init__(self, actions: Sequence[QAction] = (), parent: QWidget | None = None) -> None:
        """``actions`` stand as buttons at the right end."""
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = WrapLayout(self, spacing=6, margins=(8, 4, 8, 4))
        self._mode = Segmented(
            [("3d", "3D", tr("The material on a shape, lit")), ("2d", "2D", tr("The maps, texel by texel"))]
        )
        self._mode.chosen.connect(lambda value: self.wanted.emit("mode", value))
        compare = [
            ("a", tr("Only A"), tr("Only A; hold Space to see the original at any time")),
            ("split", tr("Side by side"), tr("A and B beside each other, with one camera")),
            ("wipe", tr("Wipe"), tr("A and B with a border to drag  (W)")),
            ("difference", tr("Difference"), tr("What differs between A and B, amplified  (D)")),
            ("flip", "FLIP", tr("What an eye sees when A and B are flipped: 0 nothing, 1 everything  (E)")),
            ("b", tr("Only B"), tr("Only B")),
        ]
        names = {"a": "view-a", "split": "side-by-side", "wipe": "wipe", "difference": "difference", "flip": "flip"}
        names["b"] = "view-b"
        self._compare = Segmented(compare, icons=names)
        self._compare.chosen.connect(lambda value: self.wanted.emit("compare", value))
        self._channel = Combo()
        follow_scale(self._channel, lambda combo: combo.setMinimumWidth(text_px(66)))
        follow_scale(self._channel, lambda combo: combo.setMaximumWidth(text_px(136)))
        self._channel.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._channel.setToolTip(tr("One map instead of the whole material  (C, M)"))
        self._channel.setAccessibleName(tr("Map"))
        self._channel.activated.connect(lambda _: self.wanted.emit("channel", self._channel.currentData() or None))
        self._component = Segmented(
            [
                ("", "RGB", tr("All channels")),
                *((c, c.upper(), tr("Only {channel}  ({channel})").format(channel=c.upper())) for c in "rgba"),
            ]
        )
        self._component.chosen.connect(lambda value: self.wanted.emit("component", value))
        shapes = {
            "sphere": tr("Sphere"),
            "plane": tr("Plane"),
            "cube": tr("Cube"),
            "cylinder": tr("Cylinder"),
            "drape": tr("Drape"),
        }
        self._shape = Segmented(
            [(value, text, text) for value, text in shapes.items()], icons={value: value for value in shapes}
        )
        self._shape.chosen.connect(lambda value: self.wanted.emit("shape", value))
        self._tiling, self._mips, self._surface, self._light = TilingTool(), MipTool(), SurfaceTool(), LightTool()
        self._light.panorama_wanted.connect(self.panorama_wanted)
        row.addWidget(self._mode)
        row.addWidget(self._compare)
        row.addWidget(self._channel)
        row.addWidget(self._component)
        row.addWidget(self._shape)
        self._tools = (self._tiling, self._mips, self._surface, self._light)
        for made in self._tools:
            made.wanted.connect(self.wanted)
            row.addWidget(made)
        self._action_tools: dict[str, QToolButton] = {}
        for action in actions:
            made = QToolButton()
            made.setDefaultAction(action)
            row.addWidget(square(made))
            self._action_tools[action.objectName()] = made
        self._roles: list[Role] | None = None
        self.set_roles(())
        self.set_options(ViewportOptions())

    def set_roles(self, roles: Sequence[Role]) -> None:
        """The maps that can be looked at alone."""
        if list(roles) == self._roles:
            return
        self._roles = list(roles)
        self._channel.clear()
        self._channel.addItem(icon("sphere"), tr("Material"), MATERIAL)
        for role in roles:
            self._channel.addItem(dot_icon(role_color(role)), role_name(role), role.value)
        self._channel.set_value(MATERIAL)

    def set_options(self, options: ViewportOptions, shown_role: Role | None = None) -> None:
        """Show ``options`` without telling anybody. ``shown_role``: the map that the 2D view shows."""
        flat = options.mode is ViewMode.PICTURE
        self._mode.set_value(options.mode)
        self._compare.set_value(options.compare)
        self._channel.set_value((shown_role if flat else options.channel) or MATERIAL)
        self._component.set_value(options.component)
        self._shape.set_value(options.shape)
        for made in self._tools:
            made.set_options(options)
        only_flat: list[QWidget] = [self._component]
        if "one_to_one" in self._action_tools:
            only_flat.append(self._action_tools["one_to_one"])
        only_lit: list[QWidget] = [self._shape, self._surface, self._light]
        # What goes, goes first: with both in the row for a moment, the window would grow and stay so.
        for widget in only_lit if flat else only_flat:
            widget.hide()
        for widget in only_flat if flat else only_lit:
            widget.show()

    def set_neural(self, there: bool) -> None:
        """Whether A or B has latents, so that there is a choice of how to sample."""
        self._surface.set_neural(there)

    def set_mip_levels(self, levels: int) -> None:
        """How many mip levels the material has."""
        self._mips.set_levels(levels)

    def set_parts(self, names: Sequence[str]) -> None:
        """The parts of the mesh that can wear the material, one or several."""
        self._surface.set_parts(names)


class SlotBar(QWidget):
    """What is in A and in B. Each side opens a list, and takes runs that are dragged onto it."""

    list_wanted = Signal(str, QMenu)
    """A side's menu is about to open: "A" or "B", and the menu to fill."""
    run_dropped = Signal(str, int)
    gain_wanted = Signal(float)
    false_color_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = WrapLayout(self, spacing=4, margins=(8, 0, 8, 4))
        self._buttons = {side: _SlotButton(side) for side in ("A", "B")}
        for side, made in self._buttons.items():
            menu = QMenu(made)
            menu.aboutToShow.connect(lambda s=side, m=menu: self.list_wanted.emit(s, m))
            made.setMenu(menu)
            made.run_dropped.connect(self.run_dropped)
            row.addWidget(made)
        self._gain = Slider(0, len(GAINS) - 1)
        self._gain.setFixedWidth(96)
        self._gain.setToolTip(tr("How much the difference is amplified  ([ and ])"))
        self._gain.setAccessibleName(tr("Gain of the difference"))
        self._gain.valueChanged.connect(lambda index: self.gain_wanted.emit(float(GAINS[index])))
        self._gain_words = label("", "small")
        follow_scale(self._gain_words, lambda words: words.setFixedWidth(text_px(54)))
        self._false_color = tool(
            "false-color", tr("The difference in false colours, with a scale  (K)"), checkable=True
        )
        self._false_color.clicked.connect(self.false_color_wanted)
        self._of_difference = QWidget()
        together = bare(QHBoxLayout(self._of_difference), 4)
        for widget in (self._gain, self._gain_words, self._false_color):
            together.addWidget(widget)
        row.addWidget(self._of_difference)
        self.show_gain(None)

    def show_gain(self, gain: float | None, false_color: bool = False) -> None:
        """The amplification of the difference; None while there is no difference shown."""
        self._of_difference.setVisible(gain is not None)
        self._false_color.setChecked(false_color)
        if gain is None:
            return
        self._gain_words.setText(tr("gain {gain:g}×").format(gain=gain))
        blocked = self._gain.blockSignals(True)
        self._gain.setValue(min(range(len(GAINS)), key=lambda i: abs(GAINS[i] - gain)))
        self._gain.blockSignals(blocked)

    def show_slot(self, side: str, text: str, detail: str = "") -> None:
        made = self._buttons[side]
        whole = f"{text}  ·  {detail}" if detail else text
        made.set_texts(f"{side}   {whole}", f"{side}   {text}")
        made.setToolTip(tr("{side}: {shown}\nClick to choose, or drag a run onto this.").format(side=side, shown=whole))


class _SlotButton(ElidedButton):
    run_dropped = Signal(str, int)

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self._side, self._short = side, ""
        self.setProperty("look", "slot")
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_texts(self, text: str, short: str) -> None:
        """``short`` stands for ``text`` where that does not fit."""
        self._short = short
        self.setText(text)

    def elided(self, space: int) -> str:
        if self.fontMetrics().horizontalAdvance(self.text()) > space and self._short:
            return self.fontMetrics().elidedText(self._short, Qt.TextElideMode.ElideMiddle, space)
        return super().elided(space)

    def minimumSizeHint(self) -> QSize:
        # Both beside each other as long as there is room for the beginning of what they show.
        return QSize(text_px(90), super().minimumSizeHint().height())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(RUN_MIME):
            event.acceptProposedAction()
            restyle(self, "look", "")
        else:
            event.ignore()

    def dragLeaveEvent(self, event: object) -> None:
        restyle(self, "look", "slot")

    def dropEvent(self, event: QDropEvent) -> None:
        restyle(self, "look", "slot")
        key = bytes(event.mimeData().data(RUN_MIME).data())
        event.acceptProposedAction()
        self.run_dropped.emit(self._side, int(key))
