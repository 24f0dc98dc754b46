"""What is open: materials and runs, which are observed and never know who looks at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtGui import QImage

from app import run_store, sources
from app.job_runner import Job
from app.run_store import RunRecord
from app.sources import Source
from core.codec.baseline_sets import BASELINES, Baseline
from core.codec.settings import CompressSettings
from core.jobs import Metrics, Slot
from core.textures.plan import MaterialPlan
from core.textures.roles import ROLE_INFO, NormalConvention, Role
from widgets.language import tr

if TYPE_CHECKING:
    from core.codec.neural_texture import NeuralTexture
    from core.codec.training import Preview
    from core.textures.material import TextureSet

EXACT_DB = 99.0
"""Stands for infinity in curves."""
ORIGINAL = 0
"""Stands for the material itself where otherwise a run's key does; runs count from 1."""


class MaterialState(StrEnum):
    READING = "reading"
    READY = "ready"
    UNDECIDED = "undecided"
    """Can't be read before a choice is made: two files for one role, nothing assigned."""


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    DISCARDING = "discarding"
    DONE = "done"
    KEPT = "kept"
    """Stopped by the user, with the result so far."""
    FAILED = "failed"
    RESUMABLE = "resumable"
    """From an earlier session, with a checkpoint."""
    INTERRUPTED = "interrupted"
    """From an earlier session, ended before its first checkpoint; it can be started again."""

    @property
    def active(self) -> bool:
        return self in (RunState.WAITING, RunState.RUNNING, RunState.PAUSED, RunState.STOPPING, RunState.DISCARDING)

    @property
    def can_go_on(self) -> bool:
        """Whether it ended without a result and can be resumed, or started again with the same settings."""
        return self in (RunState.RESUMABLE, RunState.INTERRUPTED, RunState.FAILED)

    @property
    def has_result(self) -> bool:
        return self in (RunState.DONE, RunState.KEPT)


@dataclass(eq=False)
class Material:
    """One texture set and how it was read. ``plan`` is None for samples and containers."""

    key: int
    name: str
    source: Source
    state: MaterialState = MaterialState.READING
    plan: MaterialPlan | None = None
    texture_set: TextureSet | None = None
    neural: NeuralTexture | None = None
    """What the pixels were decoded from, if it was a container."""
    thumbnail: QImage | None = None
    pictures: dict[Path, QImage] = field(default_factory=dict)
    normal_previews: dict[NormalConvention, QImage] = field(default_factory=dict)
    problem: str = ""
    missing: tuple[Path, ...] = ()
    """Files that it is read from and that are gone; while its pixels are held it can be worked with all the same."""
    width: int = 0
    height: int = 0
    roles: tuple[Role, ...] = ()
    """Known after the first reading, also while the pixels are not held in memory."""
    generation: int = 0
    """Counts readings: an answer that was overtaken by another assignment is dropped."""

    _json: tuple[Source, dict[str, Any]] | None = None

    @property
    def source_json(self) -> dict[str, Any]:
        """:attr:`source` as plain values, which nobody changes: what it is made of is written down again and again."""
        # Sources are frozen: what was said of one holds for as long as the material has it.
        if self._json is None or self._json[0] is not self.source:
            self._json = (self.source, sources.to_json(self.source))
        return self._json[1]

    @property
    def channels(self) -> int:
        return sum(ROLE_INFO[role].channels for role in self.roles)


@dataclass(eq=False)
class Run:
    """One compression, past or present: a neural texture, or a baseline to compare with."""

    key: int
    number: int
    material_key: int | None
    settings: CompressSettings
    folder: Path
    record: RunRecord
    state: RunState = RunState.WAITING
    job: Job | None = None
    slot: Slot[Preview] = field(default_factory=Slot)
    predicted_bytes: int | None = None
    step: int = 0
    loss: float | None = None
    psnr_db: float | None = None
    elapsed_s: float = 0.0
    remaining_s: float | None = None
    fraction: float | None = None
    stage: str = ""
    seconds: list[float] = field(default_factory=list)
    curves: dict[str, list[float]] = field(default_factory=dict)
    """Role name or "total" -> PSNR in dB for each entry of ``seconds``. Those of a run from disk are there after
    :meth:`recall`."""
    recalled: bool = True
    path: Path | None = None
    """The finished file: a container, or the blocks of a baseline."""
    checkpointed: bool = False
    """It ended without a result, and what it learned until then is there."""
    interrupted: bool = False
    """Ended by leaving its project: nobody discarded it."""
    lock: QLockFile | None = None
    """Held while it is active, so that another window does not take it for interrupted."""
    report: Mapping[str, Any] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    @property
    def material_name(self) -> str:
        return self.record.material

    @property
    def baseline(self) -> Baseline | None:
        """None for a neural texture."""
        return BASELINES.get(self.record.baseline)

    @property
    def title(self) -> str:
        """As it is called where a material's runs stand beside each other."""
        if self.record.name:
            return self.record.name
        if self.baseline is not None:
            return tr(self.baseline.title)
        return tr("Run {number}").format(number=self.number)

    def recall(self) -> None:
        """Read the curves of a run from disk, unless that was done. Few of all runs are ever looked at."""
        if self.recalled:
            return
        self.recalled = True
        if self.baseline is not None:
            if self.state.has_result:
                self.show_constant()
            return
        self.seconds, self.curves = run_store.read_curves(self.folder)
        if not self.seconds and self.record.history:
            self.seconds = [point[0] for point in self.record.history]
            self.curves = {"total": [point[1] for point in self.record.history]}
        if self.state.has_result:
            self.add_result()

    def show_constant(self) -> None:
        """The curves of a baseline: it has its quality from the start."""
        self.seconds = [0.0, max(1.0, self.elapsed_s)]
        values = {"total": self.psnr_db, **self.record.map_psnr_db}
        self.curves = {name: [EXACT_DB if value is None else value] * 2 for name, value in values.items()}

    def add_result(self) -> None:
        """The curves end at what was measured on the file, so that their figures are those of the record."""
        if self.psnr_db is None:
            return
        values = {"total": self.psnr_db, **self.record.map_psnr_db}
        before = len(self.seconds)
        self.seconds.append(max(self.record.seconds or self.elapsed_s, self.seconds[-1] if self.seconds else 0.0))
        for name in values:
            self.curves.setdefault(name, [float("nan")] * before)
        for name, curve in self.curves.items():
            value = values.get(name, float("nan"))
            curve.append(EXACT_DB if value is None else value)

    def add_metrics(self, metrics: Metrics) -> None:
        """Append one measurement; a map that is missing in it counts as not measured."""
        self.step, self.loss, self.psnr_db = metrics.step, metrics.loss, metrics.psnr_db
        self.elapsed_s = metrics.seconds
        if self.seconds and metrics.seconds < self.seconds[-1]:
            # The search for a target trains several sizes: each starts a curve of its own.
            self.seconds, self.curves = [], {}
        values = {"total": metrics.psnr_db, **{str(name): value for name, value in metrics.map_psnr_db.items()}}
        for name in values:
            self.curves.setdefault(name, [float("nan")] * len(self.seconds))
        self.seconds.append(metrics.seconds)
        for name, curve in self.curves.items():
            curve.append(values.get(name, float("nan")))


class Document(QObject):
    """The materials and runs of this window, and which of them are looked at."""

    materials_changed = Signal()
    """One was added or removed."""
    material_changed = Signal(object)
    current_changed = Signal()
    """Another material is looked at."""
    runs_changed = Signal()
    run_changed = Signal(object)
    slots_changed = Signal()
    """A or B holds something else."""
    settings_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.materials: list[Material] = []
        self.runs: list[Run] = []
        self.settings = CompressSettings()
        self.project_id = ""
        """What new runs belong to."""
        self.slots: dict[str, int | None] = {"A": ORIGINAL, "B": None}
        self.held = False
        """Whether what waits does so until the user says go."""
        self._current: int | None = None
        self._next_key = 1
        self._materials_by_key: dict[int, Material] = {}
        self._runs_by_key: dict[int, Run] = {}
        self._runs_by_material: dict[int, list[Run]] = {}
        """In the order of :attr:`runs`."""

    def next_key(self) -> int:
        key = self._next_key
        self._next_key += 1
        return key

    # --- materials ------------------------------------------------------------------------------------------

    @property
    def current(self) -> Material | None:
        return self.material(self._current)

    def material(self, key: int | None) -> Material | None:
        return None if key is None else self._materials_by_key.get(key)

    def clear(self) -> None:
        """Close everything; what runs goes on without being shown."""
        self.materials, self.runs = [], []
        self._index()
        self.slots = {"A": ORIGINAL, "B": None}
        self._current = None
        for signal in (self.materials_changed, self.runs_changed, self.current_changed, self.slots_changed):
            signal.emit()

    def add_materials(self, materials: Sequence[Material]) -> None:
        self.materials += materials
        self._index()
        self.materials_changed.emit()

    def insert_material(self, place: int, material: Material) -> None:
        self.materials.insert(min(place, len(self.materials)), material)
        self._index()
        self.materials_changed.emit()

    def remove_material(self, key: int) -> None:
        index = next((i for i, material in enumerate(self.materials) if material.key == key), None)
        if index is None:
            return
        del self.materials[index]
        for run in self.runs_of(key):
            run.material_key = None
        self._index()
        if self._current == key:
            left = self.materials[min(index, len(self.materials) - 1)].key if self.materials else None
            self.set_current(left)
        self.materials_changed.emit()

    def set_current(self, key: int | None) -> None:
        if key != self._current:
            self._current = key
            latest = self.latest_run(key)
            self.slots = {"A": ORIGINAL, "B": latest.key if latest else None}
            self.current_changed.emit()
            self.slots_changed.emit()

    # --- runs -----------------------------------------------------------------------------------------------

    def run(self, key: int | None) -> Run | None:
        return None if key is None else self._runs_by_key.get(key)

    def runs_of(self, material_key: int | None) -> list[Run]:
        return [] if material_key is None else list(self._runs_by_material.get(material_key, ()))

    def link(self, found: Mapping[Run, int]) -> None:
        """Say which materials, by key, runs belong to."""
        for run, material_key in found.items():
            run.material_key = material_key
        self._index()

    def latest_run(self, material_key: int | None) -> Run | None:
        """The newest neural texture of a material that has something to show."""
        fit = [
            run
            for run in self.runs_of(material_key)
            if run.baseline is None and (run.state.active or run.state.has_result)
        ]
        return fit[-1] if fit else None

    def active_run(self) -> Run | None:
        """The run that Pause, Stop and Discard mean: that of the material looked at, else whichever runs."""
        current = self.current
        own = [run for run in self.runs_of(current.key if current else None) if run.state.active]
        running = [run for run in own if run.state is not RunState.WAITING]
        if running or own:
            return (running or own)[0]
        return next((run for run in self.runs if run.state.active and run.state is not RunState.WAITING), None)

    def result_run(self) -> Run | None:
        """The finished run that exports mean: the one in B, else the newest of the material."""
        shown = self.run(self.slots["B"])
        if shown is not None and shown.state.has_result and shown.baseline is None:
            return shown
        return self.newest_result(self._current)

    def newest_result(self, material_key: int | None) -> Run | None:
        """The newest finished neural texture of a material."""
        done = [run for run in self.runs_of(material_key) if run.state.has_result and run.baseline is None]
        return done[-1] if done else None

    def resumable_run(self) -> Run | None:
        """The run in B, if it was interrupted; one that failed only where what it learned can be used and the settings
        are still the same: they may be changed because of what went wrong."""
        run = self.run(self.slots["B"])
        if run is None or not run.state.can_go_on:
            return None
        worth = run.state is not RunState.FAILED or (run.checkpointed and run.settings == self.settings)
        return run if worth else None

    def add_runs(self, runs: Sequence[Run]) -> None:
        """In the order in which they were made, also what comes back."""
        if runs:
            self.runs = sorted([*self.runs, *runs], key=lambda run: run.key)
            self._index()
            self.runs_changed.emit()

    def remove_run(self, key: int) -> None:
        self.runs = [run for run in self.runs if run.key != key]
        self._index()
        for side, shown in self.slots.items():
            if shown == key:
                self.set_slot(side, ORIGINAL if side == "A" else None)
        self.runs_changed.emit()

    def _index(self) -> None:
        self._materials_by_key = {material.key: material for material in self.materials}
        self._runs_by_key = {run.key: run for run in self.runs}
        self._runs_by_material = {}
        for run in self.runs:
            if run.material_key is not None:
                self._runs_by_material.setdefault(run.material_key, []).append(run)

    def set_slot(self, side: str, key: int | None) -> None:
        """``key``: a run, :data:`ORIGINAL`, or None for nothing."""
        if self.slots[side] != key:
            self.slots = {**self.slots, side: key}
            self.slots_changed.emit()

    def show_run(self, run: Run, side: str) -> None:
        """In A or B, with its material."""
        if run.material_key is not None:
            self.set_current(run.material_key)
        self.set_slot(side, run.key)

    def set_settings(self, settings: CompressSettings) -> None:
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit()
