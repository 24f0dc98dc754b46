"""The pixels behind A and B: originals, live previews, decoded results, and their mip levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app import run_store
from app.desk import Desk
from app.document import ORIGINAL, Run
from app.job_runner import Work, call
from app.sources import ContainerSource
from core.jobs import Finished, Slot
from core.textures.roles import Role
from widgets.language import tr

if TYPE_CHECKING:
    from core.codec.neural_texture import NeuralTexture
    from core.textures.material import Pixels, TextureSet

_Level = tuple[int, int, int, int]
"""The key of what is shown, of the original its material's and which reading of it, of a run that is trained which of
its previews, and the mip level."""
HELD_LEVELS = 6
"""So many smaller mip levels are kept."""
HELD_RESULTS = 3
"""So many results that nobody looks at."""


class Shown(QObject):
    """Answers with what is there at once, and tells when there is more."""

    changed = Signal(str)
    """What side A or B shows has new pixels: "A" or "B"."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.document = desk.document
        self._decoded: dict[int, TextureSet] = {}
        self._neural: dict[int, NeuralTexture] = {}
        """Of the runs that are decoded, and of those that ended since the window opened."""
        self._sparing = False
        self._decoding: set[int] = set()
        self._levels: dict[_Level, TextureSet | dict[Role, Pixels]] = {}
        """Mip levels that were asked for, the newest last."""
        self._levels_coming: set[_Level] = set()
        self.document.slots_changed.connect(self._on_slots)

    def tell(self, key: int) -> None:
        """The run of this key, or :data:`~app.document.ORIGINAL`, has something new to show."""
        for side, shown in self.document.slots.items():
            if shown == key:
                self.changed.emit(side)
        run = self.document.run(key)
        if run is not None:
            self._let_go([run])

    def keep(self, run: Run, neural: NeuralTexture) -> None:
        """What a run ended with needs no reading. What nobody looks at is read again when somebody does."""
        self._neural[run.key] = neural
        shown = self.document.slots.values()
        for key in [key for key in self._neural if key not in shown and key not in self._decoded][:-HELD_RESULTS]:
            del self._neural[key]

    def forget(self, run: Run) -> None:
        self._decoded.pop(run.key, None)
        self._neural.pop(run.key, None)

    def pixels(self, side: str, level: int = 0) -> TextureSet | dict[Role, Any] | None:
        """What A or B shows now: a texture set, the live maps of a running job, or None while there is nothing
        (a finished run is decoded in the background; :attr:`pixels_changed` tells when it is there).

        ``level`` of the mip chain: of a neural texture as it decodes, of everything else the mean of mip 0.
        """
        key = self.document.slots[side]
        if key is None:
            return None
        if level > 0:
            return self._pixels_at(key, level)
        if key == ORIGINAL:
            current = self.document.current
            if current is None or isinstance(current.source, ContainerSource):
                return None if current is None else current.texture_set
            return current.texture_set
        run = self.document.run(key)
        if run is None:
            return None
        if key in self._decoded:
            return self._decoded[key]
        if run.state.has_result and run.path is not None:
            self._decode(run)
        _, preview = run.slot.get()
        return dict(preview.maps) if preview is not None else None

    def _pixels_at(self, key: int, level: int) -> TextureSet | dict[Role, Any] | None:
        material, run = self.document.current, self.document.run(key)
        container: Path | None = None
        if key == ORIGINAL and material is not None:
            wanted: _Level = (key, material.key, material.generation, level)
            container = material.source.path if isinstance(material.source, ContainerSource) else None
            texture_set = material.texture_set
        elif run is not None:
            wanted, texture_set = (key, 0, 0, level), None
            container = run.path if run.state.has_result else None
            version, preview = run.slot.get()
            if container is None and preview is not None:
                return self._preview_at(run, version, preview.maps, level)
        else:
            return None
        if wanted in self._levels or wanted in self._levels_coming:
            return self._levels.get(wanted)
        if container is not None:
            work = call(_decode_level, container, level)
        elif texture_set is not None:
            work = call(_level_of, texture_set, level)
        else:
            return None
        self._bring_level(wanted, work)
        return None

    def _preview_at(
        self, run: Run, version: int, maps: Mapping[Role, Pixels], level: int
    ) -> TextureSet | dict[Role, Pixels] | None:
        """A level of the newest preview; until that is there, of the one before it."""
        wanted: _Level = (run.key, 0, version, level)
        own = [each for each in self._levels if (each[0], each[3]) == (run.key, level)]
        coming = any((each[0], each[3]) == (run.key, level) for each in self._levels_coming)
        if wanted not in self._levels and not coming:
            for older in own[:-1]:
                del self._levels[older]
            self._bring_level(wanted, call(_maps_at, maps, level))
        return self._levels.get(wanted) or (self._levels.get(own[-1]) if own else None)

    def _bring_level(self, wanted: _Level, work: Work) -> None:
        self._levels_coming.add(wanted)
        job = self._desk.io.submit(tr("Mip level {level}").format(level=wanted[-1]), work)
        self._desk.io.move(job, 0)

        def finished(event: Finished) -> None:
            self._levels[wanted] = event.result
            while len(self._levels) > HELD_LEVELS:
                del self._levels[next(iter(self._levels))]
            self.tell(wanted[0])

        job.finished.connect(finished)
        job.failed.connect(self._desk.tell_error)
        job.ended.connect(lambda: self._levels_coming.discard(wanted))

    def neural(self, side: str) -> tuple[NeuralTexture | None, bool]:
        """The neural texture that :attr:`pixels` of a side were decoded from, if they were, and whether it is still
        being trained."""
        key = self.document.slots[side]
        current = self.document.current
        if key == ORIGINAL:
            return (None if current is None else current.neural), False
        run = self.document.run(key)
        if run is None:
            return None, False
        if run.key in self._neural:
            return self._neural[run.key], False
        _, preview = run.slot.get()
        return (None if preview is None else preview.texture), run.state.active

    def spare_decoding(self, on: bool) -> None:
        """Whether runs that are looked at are drawn from their latents, so that previews need few decoded maps."""
        self._sparing = on
        for run in self.document.runs:
            run.slot.sparing = on and run.key in self.document.slots.values()

    def _decode(self, run: Run) -> None:
        if run.key in self._decoding or run.path is None:
            return
        self._decoding.add(run.key)
        title = tr("Decoding {name}").format(name=run.material_name)
        job = self._desk.io.submit(title, call(_decode, run.path))
        self._desk.io.move(job, 0)

        def finished(event: Finished) -> None:
            shown = set(self.document.slots.values())
            # Decoded maps are large: only what is looked at now, and one more, is held.
            for key in [key for key in self._decoded if key not in shown][:-1]:
                del self._decoded[key]
                self._neural.pop(key, None)
            self._decoded[run.key], neural = event.result
            if neural is not None:
                # The same as what is drawn from already would only have to be compiled again.
                self._neural.setdefault(run.key, neural)
            self.tell(run.key)

        job.finished.connect(finished)
        job.failed.connect(self._desk.tell_error)
        job.ended.connect(lambda: self._decoding.discard(run.key))

    def _let_go(self, runs: Sequence[Run]) -> None:
        """Previews are large: those of runs that have ended stay only until there is something better."""
        shown = self.document.slots.values()
        for run in runs:
            done = not run.state.active and (run.key not in shown or run.key in self._decoded)
            if done and run.slot.get()[0]:
                run.slot = Slot()
                self._levels = {each: own for each, own in self._levels.items() if each[0] != run.key or not each[2]}

    def _on_slots(self) -> None:
        self._let_go(self.document.runs)
        self.spare_decoding(self._sparing)
        self.changed.emit("A")
        self.changed.emit("B")


def _level_of(texture_set: TextureSet, level: int) -> TextureSet:
    from core.textures.mips import at_level

    return at_level(texture_set, level)


def _maps_at(maps: Mapping[Role, Pixels], level: int) -> dict[Role, Pixels]:
    from core.textures.mips import pyramid_level

    return {role: pyramid_level(pixels, level) for role, pixels in maps.items()}


def _decode_level(path: Path, level: int) -> TextureSet:
    return _decode(path, level)[0]


def _decode(path: Path, level: int = 0) -> tuple[TextureSet, NeuralTexture | None]:
    from core.codec import block_set, container

    if path.suffix == run_store.BLOCKS_SUFFIX:
        return _level_of(block_set.read(path).decoded_set(), level), None
    neural = container.read(path)
    return neural.decoded_set(min(level, neural.mip_levels - 1)), neural
