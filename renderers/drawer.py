"""Draws what a view shows, flat or in 3D, in whatever thread the context belongs to."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import moderngl
import numpy as np
from numpy.typing import NDArray

from core.codec.neural_texture import NeuralTexture
from core.errors import InputError
from core.textures.material import NormalConvention, Pixels
from core.textures.roles import Role
from renderers.choices import CompareMode, Filter
from renderers.comparison import Comparison
from renderers.marks import SeamErrors, SeamMarks
from renderers.material_renderer import Scene, is_software
from renderers.picture_renderer import PictureOptions, PictureRenderer, PictureTexture
from renderers.picture_view import PictureView
from renderers.progressive import Cost, ProgressiveView, Side

_LOG = logging.getLogger(__name__)
Maps = Mapping[Role, Pixels]
SIDES: tuple[Side, Side] = ("a", "b")
_TELL_SECONDS = 0.03
"""So long the view may say that a program is being compiled before it is."""
_MOST_REASON = 120
"""Letters of what a driver says, where people read it."""


@dataclass
class Picture:
    """Everything there is to know for drawing; the viewport owns and changes it, a drawer gets copies."""

    flat: bool = False
    moving: bool = False
    maps: dict[Side, Maps | None] = field(default_factory=lambda: {"a": None, "b": None})
    neural: dict[Side, tuple[NeuralTexture, bool]] = field(default_factory=dict)
    """The latents of the sides that have some, and whether they are still being trained."""
    filtering: Filter | None = None
    """How latents are drawn; None: not at all, the maps are."""
    convention: NormalConvention = NormalConvention.OPENGL
    scene: Scene = field(default_factory=Scene)
    comparison: Comparison = field(default_factory=Comparison)
    role: Role = Role.ALBEDO
    view: PictureView = field(default_factory=PictureView)
    options: PictureOptions = field(default_factory=PictureOptions)
    seams: SeamErrors | None = None
    """Where B's seams are worse than A's."""
    flip: NDArray[np.float32] | None = None
    """The FLIP of the two maps, or of the two pictures in 3D, as far as it is known."""

    def copied(self) -> Picture:
        return replace(self, maps=dict(self.maps), neural=dict(self.neural))


@dataclass(frozen=True)
class Order:
    """A picture to draw, and what is another in it than in the one before: the maps of ``sides``; with ``overlays``
    the seams or the FLIP. ``size`` in pixels."""

    picture: Picture
    size: tuple[int, int]
    sides: frozenset[Side] = frozenset(SIDES)
    overlays: bool = True
    number: int = 0
    """Tells orders apart."""

    def after(self, missed: Order | None) -> Order:
        """The same, for who has not seen the one before it either."""
        if missed is None:
            return self
        return replace(self, sides=self.sides | missed.sides, overlays=self.overlays or missed.overlays)


@dataclass(frozen=True)
class Drawn:
    """What is known after a piece of work on ``order``."""

    order: Order | None = None
    complete: bool = False
    """The picture is as good as it gets."""
    again: float | None = None
    """Seconds after which there is more to do."""
    visible: bool = True
    """:meth:`Drawer.show` would show something new."""
    software: bool = False
    """The context draws on the processor."""
    draws_live: bool = False
    """Latents are drawn while they are being trained, so that nobody has to decode them beforehand."""
    costs: Mapping[Side, Cost] = field(default_factory=dict)
    """Of the sides that are drawn from latents."""
    compiling: bool = False
    """The next piece of work compiles a decoder."""
    problem: str = ""
    """Why something that was asked for can't be shown, told once."""
    pictures: tuple[NDArray[np.uint8], NDArray[np.uint8]] | None = None
    """FLIP is shown in 3D and both pictures, H × W × 3, are as good as they get; told once."""
    fault: str = ""
    """OpenGL can't be used after all, because …"""


class Drawer:
    """Draws with one context, which has to be current in all methods: :meth:`take` an order, :meth:`work` on it, and
    :meth:`show` what there is. ``samples`` per pixel in 3D; see :class:`ProgressiveView`."""

    def __init__(self, ctx: moderngl.Context, samples: int | None = None) -> None:
        self._ctx = ctx
        self.software = is_software(ctx)
        self.view3d: ProgressiveView | None = None
        self._samples = samples
        self._faults = 0
        """Pieces of work that raised since the last finished picture."""
        self._order: Order | None = None
        self._start_anew()

    def _start_anew(self) -> None:
        self.view3d = None
        self._view2d: PictureRenderer | None = None
        self._flat: dict[Side, tuple[Role, PictureTexture]] = {}
        self._waiting: set[Side] = set(SIDES)
        """Sides whose maps are others than those that were drawn last."""
        self._waiting3d: set[Side] = set()
        """Sides whose maps have been seen as pictures only, since they changed."""
        self._flip_texture: PictureTexture | None = None
        self._seams: SeamMarks | None = None
        self._overlays_changed = True
        self._pictures_told = False
        self._old_flip: object = None
        """A FLIP of pictures that are no longer shown."""
        self._last_problem = ""
        self._compiling = False
        self._taken = True
        self._pictures_made = -1

    def take(self, order: Order) -> None:
        """Draw this from now on."""
        self._order = order
        self._waiting |= order.sides
        self._overlays_changed |= order.overlays
        self._taken = True

    def work(self) -> Drawn:
        """Do the next piece of work. Faults of a driver are answered once by building everything anew."""
        try:
            return self._work()
        except Exception as error:  # whatever a driver answers with
            return self._answer(error)

    def show(self, target: moderngl.Framebuffer) -> Drawn | None:
        """Draw what there is onto all of ``target``. Answers with what is to be done if that fails."""
        order = self._order
        if order is None:
            return None
        try:
            if order.picture.flat:
                self._show_flat(order, target)
            elif self.view3d is not None:
                self.view3d.resolve(target, (0, 0, *order.size))
        except Exception as error:
            return self._answer(error)
        return None

    def uv_at(self, x: float, y: float) -> tuple[float, float] | None:
        """Texture coordinates of what the 3D view shows at a pixel; None beside the object."""
        if self.view3d is None or self._order is None or self._order.picture.flat:
            return None
        try:
            return self.view3d.uv_at(x, y)
        except Exception:
            # The next drawing meets the same and answers it.
            _LOG.exception("Picking with OpenGL failed")
            return None

    def release(self) -> None:
        """Give everything back while the context still lives."""
        held = [texture for _, texture in self._flat.values()]
        for resource in (*held, self._flip_texture, self._seams, self._view2d, self.view3d):
            if resource is not None:
                # What a failed drawing left half built can't all be released; the context takes the rest with it.
                with contextlib.suppress(Exception):
                    resource.release()
        self._start_anew()

    def _answer(self, error: Exception) -> Drawn:
        """Build everything anew once; if that does not help, leave OpenGL."""
        _LOG.error("Drawing with OpenGL failed", exc_info=error)
        self._faults += 1
        self.release()
        if self._faults == 1:
            return Drawn(self._order, again=0.0, software=self.software)
        sentence = " ".join(str(error).split()) or type(error).__name__
        return Drawn(self._order, software=self.software, fault=sentence[:_MOST_REASON])

    def _work(self) -> Drawn:
        order = self._order
        if order is None:
            return Drawn(software=self.software)
        drawn = self._work_flat(order) if order.picture.flat else self._work_material(order)
        self._taken = False
        if drawn.complete:
            self._faults = 0
        return drawn

    # In 3D

    def _work_material(self, order: Order) -> Drawn:
        picture = order.picture
        view = self.view3d
        if view is None:
            view = self.view3d = ProgressiveView(self._ctx, self._samples)
            self._waiting = set(SIDES)
        for side in sorted(self._waiting):
            self._drop_flat(side)
        for side in sorted(self._waiting | self._waiting3d):
            view.set_material(side, picture.maps[side], picture.convention)
        view.mark_seams("b", picture.seams)
        self._waiting.clear()
        self._waiting3d.clear()
        compiles = self._set_neural(view, picture)
        view.request(picture.scene, picture.comparison, order.size, moving=picture.moving)
        more, problem = False, ""
        try:
            more = view.work()
            self._last_problem = ""
        except InputError as error:
            if str(error) != self._last_problem:
                problem = self._last_problem = str(error)
        pictures, errors_changed = self._compare_pictures(view, picture)
        visible = self._taken or errors_changed or view.pictures_made != self._pictures_made
        self._pictures_made = view.pictures_made
        again: float | None = None
        if compiles:
            again = _TELL_SECONDS
        elif more:
            again = view.rest_seconds
        elif view.wait_seconds > 0.0:
            again = view.wait_seconds + 0.05
        return Drawn(
            order,
            complete=view.progress >= 1.0 and not compiles,
            again=again,
            visible=visible,
            software=self.software,
            draws_live=not view.software,
            costs={side: cost for side in SIDES if (cost := view.cost(side)) is not None},
            compiling=compiles,
            problem=problem,
            pictures=pictures,
        )

    def _set_neural(self, view: ProgressiveView, picture: Picture) -> bool:
        """Say which sides are drawn from latents. A program that has to be compiled first waits for the next piece of
        work, so that this one can say so: True."""
        chosen: dict[Side, tuple[NeuralTexture | None, bool]] = {}
        for side in SIDES:
            texture, live = picture.neural.get(side, (None, False))
            known = texture is None or not live or view.draws_live(texture)
            chosen[side] = (texture if known else None, live)
        ready = picture.filtering is None or self._compiling
        self._compiling = False
        if not ready and any(view.must_compile(side, texture) for side, (texture, _) in chosen.items()):
            self._compiling = True
            return True
        for side, (texture, live) in chosen.items():
            relief = (picture.maps[side] or {}).get(Role.DISPLACEMENT)
            view.set_neural(side, texture, picture.filtering, relief, live=live)
        return False

    def _compare_pictures(
        self, view: ProgressiveView, picture: Picture
    ) -> tuple[tuple[NDArray[np.uint8], NDArray[np.uint8]] | None, bool]:
        """For FLIP: both pictures once they are finished. Their error is shown for as long as they are; whether that
        is another now."""
        finished = view.comparison.mode is CompareMode.FLIP and view.progress >= 1.0 and not picture.moving
        found = view.pictures() if finished and not self._pictures_told else None
        if not (finished and self._pictures_told):
            self._old_flip = picture.flip
        self._pictures_told = finished
        flip = None if picture.flip is self._old_flip else picture.flip
        return found, view.set_error_map(flip)

    # Flat

    def _work_flat(self, order: Order) -> Drawn:
        """Bring what is shown into the context."""
        picture = order.picture
        if self._view2d is None:
            self._view2d = PictureRenderer(self._ctx)
        for side in self._waiting:
            self._drop_flat(side)
        # The 3D side takes the change over when it is shown next.
        self._waiting3d |= self._waiting
        self._waiting.clear()
        for side in SIDES:
            pixels = (picture.maps[side] or {}).get(picture.role)
            held = self._flat.get(side)
            if held is not None and (pixels is None or held[0] is not picture.role):
                self._drop_flat(side)
                held = None
            if held is None and pixels is not None:
                self._flat[side] = (picture.role, PictureTexture(self._ctx, pixels))
        if self._overlays_changed:
            self._drop_overlays()
            self._overlays_changed = False
        if self._flip_texture is None and picture.flip is not None:
            self._flip_texture = PictureTexture(self._ctx, picture.flip[..., None])
        if self._seams is None and picture.seams is not None:
            self._seams = SeamMarks(self._ctx, picture.seams)
        live = self.view3d is not None and not self.view3d.software
        return Drawn(order, complete=True, software=self.software, draws_live=live)

    def _show_flat(self, order: Order, target: moderngl.Framebuffer) -> None:
        assert self._view2d is not None
        picture = order.picture
        a, b = (held[1] if (held := self._flat.get(side)) else None for side in SIDES)
        self._view2d.draw(
            target,
            (0, 0, *order.size),
            picture.view,
            picture.options,
            picture.comparison,
            a,
            b,
            self._flip_texture,
            self._seams,
        )

    def _drop_overlays(self) -> None:
        for held in (self._flip_texture, self._seams):
            if held is not None:
                held.release()
        self._flip_texture = self._seams = None

    def _drop_flat(self, side: Side) -> None:
        held = self._flat.pop(side, None)
        if held is not None:
            held[1].release()
