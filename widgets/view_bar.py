"""What stands above the viewport: how to look, at which map, tiled how, under which light; and what is in A and B."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from core.textures.roles import ROLE_INFO, Role
from renderers.material_renderer import Background, ToneMapping
from renderers.studios import STUDIOS
from widgets.controls import Combo, ElidedButton, Segmented, Slider, bare, label, restyle, tool
from widgets.icons import dot_icon, icon
from widgets.runs_table import RUN_MIME
from widgets.theme import role_color
from widgets.viewport_options import LOWEST_MIP, MOST_TILES, Sampler, ViewMode, ViewportOptions

MATERIAL = ""
"""The channel choice that shows the whole material."""
GAINS = (1, 2, 4, 8, 16, 32, 64)
SAMPLINGS = (
    ("", "Decoded textures", "Decoded once, read as any texture"),
    ("nearest", "Latents, nearest", "Decoded in the shader: the texel at each place"),
    ("bilinear", "Latents, bilinear", "Decoded in the shader: a blend of four texels, four times the work"),
    ("stochastic", "Latents, stochastic", "Decoded in the shader: one texel by chance, averaged over the samples"),
)
SHAPES = (("sphere", "Sphere"), ("plane", "Plane"), ("cube", "Cube"), ("cylinder", "Cylinder"), ("drape", "Drape"))

TONES = (
    (ToneMapping.NEUTRAL, "Neutral"),
    (ToneMapping.ACES, "ACES"),
    (ToneMapping.FILMIC, "Filmic"),
    (ToneMapping.NONE, "None"),
)


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
        row = bare(QHBoxLayout(self), 6, (8, 4, 8, 4))
        self._mode = Segmented([("3d", "3D", "The material on a shape, lit"), ("2d", "2D", "The maps, texel by texel")])
        self._mode.chosen.connect(lambda value: self.wanted.emit("mode", value))
        compare = [
            ("a", "A", "Only A; hold Space to see the original at any time"),
            ("split", "Side by side", "A and B beside each other, with one camera"),
            ("wipe", "Wipe", "A and B with a border to drag  (W)"),
            ("difference", "Difference", "What differs between A and B, amplified  (D)"),
            ("flip", "FLIP", "What an eye sees when A and B are flipped: 0 nothing, 1 everything  (E)"),
            ("b", "B", "Only B"),
        ]
        names = {"a": "view-a", "split": "side-by-side", "wipe": "wipe", "difference": "difference", "flip": "flip"}
        names["b"] = "view-b"
        self._compare = Segmented(compare, icons=names)
        self._compare.chosen.connect(lambda value: self.wanted.emit("compare", value))
        self._channel = Combo()
        self._channel.setMinimumWidth(84)
        self._channel.setMaximumWidth(136)
        self._channel.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._channel.setToolTip("One map instead of the whole material  (C, M)")
        self._channel.setAccessibleName("Map")
        self._channel.activated.connect(lambda _: self.wanted.emit("channel", self._channel.currentData() or None))
        self._component = Segmented(
            [("", "RGB", "All channels"), *((c, c.upper(), f"Only {c.upper()}  ({c.upper()})") for c in "rgba")]
        )
        self._component.chosen.connect(lambda value: self.wanted.emit("component", value))
        self._shape = Segmented(
            [(value, text, text) for value, text in SHAPES], icons={value: value for value, _ in SHAPES}
        )
        self._shape.chosen.connect(lambda value: self.wanted.emit("shape", value))
        self._tiling = self._make_tiling()
        self._light = self._make_light()
        self._mips = self._make_mips()
        row.addWidget(self._mode)
        row.addWidget(self._compare)
        row.addStretch(1)
        row.addWidget(self._channel, 100)
        row.addWidget(self._component)
        row.addWidget(self._shape)
        row.addWidget(self._tiling)
        row.addWidget(self._mips)
        row.addWidget(self._light)
        self._action_tools: dict[str, QToolButton] = {}
        for action in actions:
            made = QToolButton()
            made.setDefaultAction(action)
            made.setFixedSize(26, 26)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(made)
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
        self._channel.addItem(icon("sphere"), "Material", MATERIAL)
        for role in roles:
            self._channel.addItem(dot_icon(role_color(role)), ROLE_INFO[role].label, role.value)
        self._channel.set_value(MATERIAL)

    def set_options(self, options: ViewportOptions, shown_role: Role | None = None) -> None:
        """Show ``options`` without telling anybody. ``shown_role``: the map that the 2D view shows."""
        flat = options.mode is ViewMode.PICTURE
        self._mode.set_value(options.mode)
        self._compare.set_value(options.compare)
        self._channel.set_value((shown_role if flat else options.channel) or MATERIAL)
        self._component.set_value(options.component)
        self._shape.set_value(options.shape)
        self._tiling.setIcon(icon(f"tiling-{min(options.tiling, 3)}"))
        for count, action in self._tilings.items():
            action.setChecked(count == options.tiling)
        self._half.setChecked(options.half_offset)
        only_flat: list[QWidget] = [self._component]
        if "one_to_one" in self._action_tools:
            only_flat.append(self._action_tools["one_to_one"])
        only_lit: list[QWidget] = [self._shape, self._light]
        # What goes, goes first: with both in the row for a moment, the window would grow and stay so.
        for widget in only_lit if flat else only_flat:
            widget.hide()
        for widget in only_flat if flat else only_lit:
            widget.show()
        for slider, value in (
            (self._exposure, round(options.exposure * 10)),
            (self._rotation, round(options.rotation)),
            (self._displacement, round(options.displacement * 1000)),
            (self._blur, round(options.background_blur * 100)),
            (self._mip, options.mip),
        ):
            blocked = slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(blocked)
        self._exposure_words.setText(f"{options.exposure:+.1f} EV")
        self._rotation_words.setText(f"{options.rotation:.0f}°")
        self._displacement_words.setText(f"{options.displacement * 100:.1f} %")
        self._show_environment(options.environment)
        self._background.set_value(options.background)
        self._tone.set_value(options.tone_mapping)
        self._mip_words.setText(f"{options.mip}" if options.mip else "full")
        for box, on in ((self._show_mips, options.show_mips), (self._show_seams, options.show_seams)):
            box.setChecked(on)
        self._blur.setEnabled(options.background is Background.ENVIRONMENT)
        self._sampling.set_value(options.filtering.value if options.sampler is Sampler.NEURAL else "")

    def set_neural(self, there: bool) -> None:
        """Whether A or B has latents, so that there is a choice of how to sample."""
        self._sampling.setEnabled(there)

    def _show_environment(self, environment: str | Path) -> None:
        if self._environment.findData(environment) < 0:
            self._environment.insertItem(len(STUDIOS), Path(environment).stem, environment)
        self._environment.set_value(environment)

    def _on_environment(self) -> None:
        chosen = self._environment.currentData()
        if chosen == "":
            self.panorama_wanted.emit()
        else:
            self.wanted.emit("environment", chosen)

    def _on_sampling(self) -> None:
        filtering = self._sampling.currentData()
        if filtering:
            self.wanted.emit("filtering", filtering)
        self.wanted.emit("sampler", Sampler.NEURAL if filtering else Sampler.TEXTURE)

    def _make_sampling(self) -> Combo:
        made = Combo()
        for data, text, tip in SAMPLINGS:
            made.addItem(text, data)
            made.setItemData(made.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        made.setToolTip("Where a neural texture's texels come from  (N)")
        made.setAccessibleName("Sampling")
        made.activated.connect(lambda _: self._on_sampling())
        made.setEnabled(False)
        return made

    def _make_light(self) -> QToolButton:
        made = tool("sun", "Light and surface: environment, rotation, exposure, displacement, sampling")
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(made)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        self._environment = Combo()
        for name, (text, _) in STUDIOS.items():
            self._environment.addItem(text, name)
        self._environment.addItem("Open panorama…", "")
        self._environment.setMinimumWidth(180)
        self._environment.activated.connect(lambda _: self._on_environment())
        self._rotation = Slider(-180, 180)
        self._rotation.valueChanged.connect(lambda value: self.wanted.emit("rotation", float(value)))
        self._exposure = Slider(-40, 40)
        self._exposure.valueChanged.connect(lambda value: self.wanted.emit("exposure", value / 10))
        self._displacement = Slider(0, 100)
        self._displacement.valueChanged.connect(lambda value: self.wanted.emit("displacement", value / 1000))
        self._background = Combo()
        self._background.addItem("Grey", Background.GREY)
        self._background.addItem("Environment", Background.ENVIRONMENT)
        self._background.activated.connect(lambda _: self.wanted.emit("background", self._background.currentData()))
        self._blur = Slider(0, 100)
        self._blur.valueChanged.connect(lambda value: self.wanted.emit("background_blur", value / 100))
        self._tone = Combo()
        for value, text in TONES:
            self._tone.addItem(text, value)
        self._tone.activated.connect(lambda _: self.wanted.emit("tone_mapping", self._tone.currentData()))
        self._sampling = self._make_sampling()
        self._rotation_words = label("", "small")
        self._exposure_words = label("", "small")
        self._displacement_words = label("", "small")
        words: tuple[tuple[str, QWidget, QLabel | None], ...] = (
            ("Environment", self._environment, None),
            ("Rotation", self._rotation, self._rotation_words),
            ("Background", self._background, None),
            ("Blur", self._blur, None),
            ("Exposure", self._exposure, self._exposure_words),
            ("Tone mapping", self._tone, None),
            ("Displacement", self._displacement, self._displacement_words),
            ("Sampling", self._sampling, None),
        )
        for index, (text, widget, number) in enumerate(words):
            grid.addWidget(label(text, "soft"), index, 0)
            grid.addWidget(widget, index, 1)
            if number is not None:
                number.setFixedWidth(52)
                grid.addWidget(number, index, 2)
        note = label("Shift + right-drag in the view rotates the light. Drop an HDR panorama on the window.", "small")
        note.setWordWrap(True)
        grid.addWidget(note, len(words), 0, 1, 3)
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(page)
        menu.addAction(holder)
        made.setMenu(menu)
        return made

    def _make_tiling(self) -> QToolButton:
        made = tool("tiling-1", "Repeat the material to see its seams  (T, H)")
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(made)
        group = QActionGroup(menu)
        self._tilings: dict[int, QAction] = {}
        for count in range(1, MOST_TILES + 1):
            action = menu.addAction(icon(f"tiling-{min(count, 3)}"), f"{count} × {count}")
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, n=count: self.wanted.emit("tiling", n))
            group.addAction(action)
            self._tilings[count] = action
        menu.addSeparator()
        self._half = menu.addAction(icon("half-offset"), "Shift by half a tile, the seam in the middle")
        self._half.setCheckable(True)
        self._half.triggered.connect(lambda on: self.wanted.emit("half_offset", on))
        made.setMenu(menu)
        return made

    def _make_mips(self) -> QToolButton:
        made = tool("mips", "Mip levels and seams")
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(made)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        self._mip = Slider(0, LOWEST_MIP)
        self._mip.setPageStep(1)
        self._mip.setMinimumWidth(140)
        self._mip.setAccessibleName("Mip level")
        self._mip.setToolTip("The level that is shown of A and of B, as it ships  (Page down, Page up)")
        self._mip.valueChanged.connect(lambda value: self.wanted.emit("mip", value))
        self._mip_words = label("", "small")
        self._mip_words.setFixedWidth(32)
        grid.addWidget(label("Mip level", "soft"), 0, 0)
        grid.addWidget(self._mip, 0, 1)
        grid.addWidget(self._mip_words, 0, 2)
        self._show_mips = QCheckBox("Colour the mip levels that are read")
        self._show_mips.clicked.connect(lambda on: self.wanted.emit("show_mips", on))
        self._show_seams = QCheckBox("Mark seams that are worse in B than in A")
        self._show_seams.clicked.connect(lambda on: self.wanted.emit("show_seams", on))
        grid.addWidget(self._show_mips, 1, 0, 1, 3)
        grid.addWidget(self._show_seams, 2, 0, 1, 3)
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(page)
        menu.addAction(holder)
        made.setMenu(menu)
        return made

    def set_mip_levels(self, levels: int) -> None:
        """How many mip levels the material has."""
        blocked = self._mip.blockSignals(True)
        self._mip.setRange(0, min(max(levels - 1, 0), LOWEST_MIP))
        self._mip.blockSignals(blocked)


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
        row = bare(QHBoxLayout(self), 4, (8, 0, 8, 4))
        self._buttons = {side: _SlotButton(side) for side in ("A", "B")}
        for side, made in self._buttons.items():
            menu = QMenu(made)
            menu.aboutToShow.connect(lambda s=side, m=menu: self.list_wanted.emit(s, m))
            made.setMenu(menu)
            made.run_dropped.connect(self.run_dropped)
            row.addWidget(made, 1)
        self._gain = Slider(0, len(GAINS) - 1)
        self._gain.setFixedWidth(96)
        self._gain.setToolTip("How much the difference is amplified  ([ and ])")
        self._gain.setAccessibleName("Gain of the difference")
        self._gain.valueChanged.connect(lambda index: self.gain_wanted.emit(float(GAINS[index])))
        self._gain_words = label("", "small")
        self._gain_words.setFixedWidth(52)
        self._false_color = tool("false-color", "The difference in false colours, with a scale  (K)", checkable=True)
        self._false_color.clicked.connect(self.false_color_wanted)
        row.addWidget(self._gain)
        row.addWidget(self._gain_words)
        row.addWidget(self._false_color)
        self.show_gain(None)

    def show_gain(self, gain: float | None, false_color: bool = False) -> None:
        """The amplification of the difference; None while there is no difference shown."""
        self._false_color.setVisible(gain is not None)
        self._false_color.setChecked(false_color)
        self._gain.setVisible(gain is not None)
        self._gain_words.setVisible(gain is not None)
        if gain is None:
            return
        self._gain_words.setText(f"gain {gain:g}×")
        blocked = self._gain.blockSignals(True)
        self._gain.setValue(min(range(len(GAINS)), key=lambda i: abs(GAINS[i] - gain)))
        self._gain.blockSignals(blocked)

    def show_slot(self, side: str, text: str, detail: str = "") -> None:
        made = self._buttons[side]
        made.setText(f"{side}   {text}" + (f"  ·  {detail}" if detail else ""))
        made.setToolTip(f"{side}: {text}\nClick to choose, or drag a run onto this.")


class _SlotButton(ElidedButton):
    run_dropped = Signal(str, int)

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self._side = side
        self.setProperty("look", "slot")
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

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
