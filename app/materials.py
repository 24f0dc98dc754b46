"""Opening materials, reading them in the background, and reviewing which file is what."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from app import moved, reading_jobs, run_store
from app.desk import Desk, MessageAction, sentence
from app.document import Material, MaterialState
from app.job_runner import call
from app.later import Slices
from app.moved import Located, MissingFilesError
from app.reading_jobs import Opened
from app.sources import ContainerSource, SampleSource, Source, sample_title
from app.undo import Change
from core.jobs import Finished
from core.textures.plan import MaterialPlan
from core.textures.roles import NormalConvention, Role
from widgets.language import tr
from widgets.role_review import to_check

log = logging.getLogger(__name__)

TOGETHER_MS = 400
"""What is lost within this time is told in one message."""
HELD_SETS = 3
"""So many materials keep their pixels in memory; the rest are read again, also by their runs when their turn comes."""


class Materials(QObject):
    """What is open, and how each file is understood."""

    pixels_changed = Signal()
    """The material that is looked at has new pixels, or none any more."""

    added = Signal(tuple)
    """These were taken up; none, where somebody opened what is open already."""
    locate_wanted = Signal(object)
    """Somebody shall say where the files of this :class:`Material` are."""
    rebound = Signal(object, object)
    """The files of this :class:`Material` are read from other places, which a mapping from old to new says."""

    def __init__(self, desk: Desk, undo: QUndoStack) -> None:
        super().__init__(desk)
        self._desk, self._undo = desk, undo
        self.document = desk.document
        self._recent_sets: list[int] = []
        self._to_read: Slices[Material] = Slices(self._read_first, self)
        self.document.current_changed.connect(self._on_current)
        self._lost: set[int] = set()
        """Materials, by key, whose files are gone, which was not told yet."""
        self._tell_lost = QTimer(self)
        self._tell_lost.setSingleShot(True)
        self._tell_lost.setInterval(TOGETHER_MS)
        self._tell_lost.timeout.connect(self._on_lost)

    def stop(self) -> None:
        """Tell nothing more: the window closes."""
        self._tell_lost.stop()

    def open(self, inputs: Sequence[Path], then: Callable[[list[Material]], object] | None = None) -> None:
        """Folders, image files and ``.texloom`` files; what can't be used gives one message and no more, and what is
        open already is not opened again.

        ``then`` is called with the materials of folders and image files once it is known what they are.
        """
        containers = [path for path in inputs if path.suffix.lower() == run_store.CONTAINER_SUFFIX and path.is_file()]
        self.add([Material(self.document.next_key(), path.stem, ContainerSource(path)) for path in containers])
        for path in containers:
            self._desk.preferences.remember_recent(path)
        rest = [path for path in inputs if path not in containers]
        if not rest:
            return
        job = self._desk.io.submit(tr("Looking at files"), call(reading_jobs.look, rest))
        job.finished.connect(lambda event: self._on_found(event.result, then))
        job.failed.connect(self._desk.tell_error)

    def _on_found(self, found: reading_jobs.Found, then: Callable[[list[Material]], object] | None) -> None:
        for error in found.errors:
            self._desk.tell_error(error)
        for path in found.inputs:
            self._desk.preferences.remember_recent(path)
        made, again = self._take_new(found)
        if again and not made:
            self.document.set_current(again[0].key)
            self.added.emit(())
        if again:
            # Twice the same in the list would only be in the way; what a run needs is there already.
            first = tr("{material} is open already.").format(material=again[0].name)
            self._desk.say(first if len(again) == 1 else tr("%n material(s) are open already.", "", len(again)))
        to_look = sum(1 for plan in found.plans for file in plan.files if file.problem)
        asking = [material for material in made if material.plan is not None and to_check(material.plan)]
        if len(made) > 1:
            text = tr("%n material(s) opened.", "", len(made))
            show: tuple[MessageAction, ...] = ()
            if asking:
                text += " " + tr("%n of them have files to check.", "", len(asking))
                show = ((tr("Show"), lambda: self.document.set_current(asking[0].key)),)
            self._desk.say(text, "warn" if asking else "info", show)
        if to_look:
            self._desk.say(tr("%n file(s) can't be read; see Maps.", "", to_look), "warn")
        if then is not None:
            then([*made, *again])

    def _take_new(self, found: reading_jobs.Found) -> tuple[list[Material], list[Material]]:
        """What is taken up of it, and the materials that are open with the same files already."""
        whole = any(path.is_dir() for path in found.inputs)
        holder: dict[Path, Material] = {}
        sets: dict[frozenset[Path], Material] = {}
        for material in self.document.materials:
            if material.plan is not None:
                sets[_files(material.plan)] = material
                holder.update((file.path, material) for file in material.plan.files)
        new: list[MaterialPlan] = []
        again: list[Material] = []
        for plan in found.plans:
            same = sets.get(_files(plan))
            if same is None and whole and all(file.path in holder for file in plan.files):
                # Of a folder that is opened again: its files may have been moved to other sets.
                same = holder[plan.files[0].path]
            if same is None:
                new.append(plan)
            else:
                again.append(same)
        return self.take(new), list(dict.fromkeys(again))

    def open_sample(self, name: str, size: int = 1024, seed: int = 0) -> None:
        self.add([Material(self.document.next_key(), sample_title(name), SampleSource(name, size, seed))])

    def take(self, plans: Sequence[MaterialPlan]) -> list[Material]:
        """Open what was planned, with what the user has taught about file names."""
        corrected = [reading_jobs.with_corrections(plan, self._desk.preferences.corrections) for plan in plans]
        made = [Material(self.document.next_key(), plan.name, plan, plan=plan) for plan in corrected]
        self.add(made)
        return made

    def add(self, materials: Sequence[Material], look: Material | None = None) -> None:
        """Take up materials and read them; ``look`` at one of them, the first unless it says which."""
        if not materials:
            return
        self.document.add_materials(materials)
        self.added.emit(tuple(materials))
        self.document.set_current((look or materials[0]).key)
        for material in materials:
            # Whoever asked for them may want to go on with those that can be read.
            if material.plan is not None and not material.plan.used_files:
                self._read(material)
        self._to_read.add(materials)

    def read_again(self, material: Material) -> None:
        """The files have changed, or may have."""
        self._read(material)

    def _read_first(self, material: Material) -> None:
        if self.document.material(material.key) is material and not material.generation:
            self._read(material)

    def _read(self, material: Material) -> None:
        """Read (again) in the background; an answer that is overtaken by a later assignment is dropped."""
        material.generation += 1
        generation = material.generation
        if material.plan is not None and not material.plan.used_files:
            self._undecided(material, tr("No file is used as a map yet. Choose a role for at least one of them."))
            return
        material.state = MaterialState.READING
        self.document.material_changed.emit(material)
        title = tr("Reading {name}").format(name=material.name)
        job = self._desk.io.submit(title, call(reading_jobs.open_source, material.source))
        if material is self.document.current:
            self._desk.io.move(job, 0)

        def finished(event: Finished) -> None:
            if generation == material.generation:
                self._on_opened(material, event.result)

        def failed(error: Exception) -> None:
            if generation != material.generation:
                return
            if isinstance(error, MissingFilesError):
                material.texture_set = material.neural = None
                self.lose(material, error.missing)
            else:
                material.missing = ()
                self._undecided(material, sentence(error))
                self._desk.tell_error(error)

        job.finished.connect(finished)
        job.failed.connect(failed)

    def _on_opened(self, material: Material, opened: Opened) -> None:
        texture_set = opened.texture_set
        known = material.texture_set is not None or material.width > 0
        material.texture_set, material.neural = texture_set, opened.neural
        material.thumbnail = opened.thumbnail
        material.pictures = opened.pictures
        material.normal_previews = opened.normal_previews
        material.width, material.height = texture_set.width, texture_set.height
        material.roles = tuple(texture_map.role for texture_map in texture_set.maps)
        material.state, material.problem, material.missing = MaterialState.READY, "", ()
        if not known:
            for notice in texture_set.notices:
                log.info("%s: %s", material.name, notice)
        self._hold(material)
        self.document.material_changed.emit(material)
        if material is self.document.current:
            self.pixels_changed.emit()

    def _undecided(self, material: Material, problem: str) -> None:
        material.state, material.problem = MaterialState.UNDECIDED, problem
        material.texture_set = material.neural = None
        self.document.material_changed.emit(material)
        if material is self.document.current:
            self.pixels_changed.emit()

    def _hold(self, material: Material) -> None:
        """Keep the pixels of the last few materials only."""
        self._recent_sets = [key for key in self._recent_sets if key != material.key] + [material.key]
        current = self.document.current
        for key in tuple(self._recent_sets[:-HELD_SETS]):
            old = self.document.material(key)
            if old is not current:
                self._recent_sets.remove(key)
                if old is not None:
                    old.texture_set = old.neural = None
                    if old.missing:
                        old.state = MaterialState.UNDECIDED

    def _on_current(self) -> None:
        material = self.document.current
        if material is None:
            return
        self._to_read.now(material)
        if material.texture_set is None and material.state is MaterialState.READY:
            self._read(material)
        else:
            self._hold(material)

    # --- files that are gone ----------------------------------------------------------------------------------

    def lose(self, material: Material, gone: Sequence[Path]) -> None:
        """Files of it are gone. What is in memory stays to be worked with."""
        if not material.missing:
            self._lost.add(material.key)
            self._tell_lost.start()
        material.missing = tuple(gone)
        problem = moved.sentence(gone)
        if material.texture_set is None:
            self._undecided(material, problem)
        else:
            material.problem = problem
            self.document.material_changed.emit(material)

    def _on_lost(self) -> None:
        """One message, however many they are: once all have been looked at."""
        if any(each.state is MaterialState.READING for each in self.document.materials) and not self._desk.closing:
            self._tell_lost.start()
            return
        lost = [each for each in self.document.materials if each.key in self._lost and each.missing]
        self._lost.clear()
        if not lost or self._desk.closing:
            return
        text = f"{lost[0].name}: {moved.sentence(lost[0].missing)}"
        if len(lost) > 1:
            text = tr("The files of %n material(s) are not where they were.", "", len(lost))
        first = next((each for each in lost if each is self.document.current), lost[0])
        self._desk.say(text, "warn", ((tr("Locate files…"), lambda: self.locate_wanted.emit(first)),))

    def locate(self, material: Material, folder: Path) -> None:
        """Read a material's files from where they are now, at any depth of ``folder``, and offer the same for others
        that moved along. Can be undone; runs stay."""
        others = [each for each in self.document.materials if each.missing and each is not material]
        taken = {path for each in self.document.materials for path in moved.files_of(each.source)}
        sources = [each.source for each in others]
        work = call(moved.locate, material.source, sources, folder, taken)
        job = self._desk.io.submit(tr("Looking for files"), work)
        self._desk.io.move(job, 0)
        before = [each.source for each in (material, *others)]

        def finished(event: Finished) -> None:
            # What was closed or changed meanwhile is left alone.
            found = [
                (each, located)
                for each, source, located in zip((material, *others), before, event.result, strict=True)
                if located is not None and each.source is source and self.document.material(each.key) is each
            ]
            self._on_located(material, found, folder)

        job.finished.connect(finished)
        job.failed.connect(self._desk.tell_error)

    def _on_located(self, material: Material, found: Sequence[tuple[Material, Located]], folder: Path) -> None:
        own = [pair for pair in found if pair[0] is material and pair[1].moves]
        others = [pair for pair in found if pair[0] is not material]
        if not own:
            again = (tr("Locate files…"), lambda: self.locate_wanted.emit(material))
            text = tr("None of the files of {material} is in {folder}.").format(material=material.name, folder=folder)
            self._desk.say(text, "warn", (again,))
            return
        self._rebind(own)
        ((_, located),) = own
        count = len(located.moves)
        text = tr("%n file(s) of {material} were found in {folder}.", "", count)
        text = text.format(material=material.name, folder=folder.name)
        offers: list[MessageAction] = []
        if located.left:
            text += " " + moved.sentence(located.left)
            offers.append((tr("Locate files…"), lambda: self.locate_wanted.emit(material)))
        if others:
            text += " " + tr("%n more material(s) moved along.", "", len(others))
            offers.append((tr("Locate them too"), lambda: self._rebind_all(others)))
        offers.append((tr("Undo"), self._undo.undo))
        self._desk.say(text, "warn" if located.left else "good", tuple(offers))

    def _rebind_all(self, found: Sequence[tuple[Material, Located]]) -> None:
        still = [pair for pair in found if pair[0].missing and self.document.material(pair[0].key) is pair[0]]
        if still:
            self._rebind(still)
            text = tr("%n material(s) have their files again.", "", len(still))
            self._desk.say(text, "good", ((tr("Undo"), self._undo.undo),))

    def _rebind(self, found: Sequence[tuple[Material, Located]]) -> None:
        """One step for undo."""
        before = [each.source for each, _ in found]

        def put(there: bool) -> None:
            for (each, located), old in zip(found, before, strict=True):
                self._read_from(each, located.source if there else old)
                self.rebound.emit(each, located.moves if there else moved.back(located.moves))

        text = tr("Locate the files of {material}").format(material=found[0][0].name)
        if len(found) > 1:
            text = tr("Locate the files of %n material(s)", "", len(found))
        self._undo.push(Change(text, False, True, put))

    def _read_from(self, material: Material, source: Source) -> None:
        material.source = source
        material.plan = source if isinstance(source, MaterialPlan) else None
        self._read(material)

    # --- review ---------------------------------------------------------------------------------------------

    def assign(self, material: Material, path: Path, roles: tuple[Role | None, ...]) -> None:
        """Another role for one file of the plan; can be undone, and is remembered for files of that ending."""
        plan = material.plan
        if plan is None:
            return
        text = tr("Change role of {file}").format(file=path.name)
        ending = reading_jobs.name_ending(path, plan)
        learned = "+".join("" if role is None else role.value for role in roles)
        self._change_plan(material, plan.assign(path, roles), text, (ending, learned) if ending else None)

    def move(self, material: Material, path: Path, target: Material) -> None:
        """Give a file of one material to another one, for a name that told the wrong set. A material that has no image
        left is closed. Can be undone."""
        from core.textures import reading

        if material.plan is None or target.plan is None or material is target:
            return
        before = (material.plan, target.plan)
        after = reading.move(path, *before)
        place = self.document.materials.index(material)

        def put(plans: tuple[MaterialPlan | None, MaterialPlan]) -> None:
            left, target.plan = plans
            target.source = target.plan
            if left is None:
                self.document.set_current(target.key)
                self.document.remove_material(material.key)
            else:
                material.plan = material.source = left
                if self.document.material(material.key) is None:
                    self.document.insert_material(place, material)
                    self.added.emit((material,))
                    self.document.set_current(material.key)
                self._read(material)
            self._read(target)

        text = tr("Move {file} to {material}").format(file=path.name, material=target.name)
        self._undo.push(Change(text, before, after, put))
        text = tr("{file} belongs to {material} now.").format(file=path.name, material=target.name)
        self._desk.say(text, "info", ((tr("Undo"), self._undo.undo),))

    def choose_convention(self, material: Material, convention: NormalConvention) -> None:
        if material.plan is not None:
            changed = material.plan.with_normal_convention(convention)
            self._change_plan(material, changed, tr("Change normal convention"))

    def _change_plan(
        self, material: Material, plan: MaterialPlan, text: str, lesson: tuple[str, str] | None = None
    ) -> None:
        """``lesson``: the ending of a file's name, and the role to remember for it for as long as the change holds."""
        before = material.plan
        if before is None or plan == before:
            return
        ending, learned = lesson or ("", None)

        def put(value: tuple[MaterialPlan, str | None]) -> None:
            material.plan = material.source = value[0]
            known = self._desk.preferences.corrections
            if ending and value[1] is not None:
                known[ending] = value[1]
            elif ending:
                known.pop(ending, None)
            if self.document.material(material.key) is material:
                # Where it is undone, that is seen.
                self.document.set_current(material.key)
            self._read(material)

        self._undo.push(Change(text, (before, self._desk.preferences.corrections.get(ending)), (plan, learned), put))

    def remove(self, key: int) -> None:
        """Close a material. Its files and runs stay; a run that is active goes on. Can be undone."""
        material = self.document.material(key)
        if material is None:
            return
        place = self.document.materials.index(material)

        def put(is_open: bool) -> None:
            if is_open:
                self.document.insert_material(place, material)
                self.added.emit((material,))
                self.document.set_current(material.key)
                self._read(material)
            else:
                self.document.remove_material(material.key)

        self._undo.push(Change(tr("Close {material}").format(material=material.name), True, False, put))
        text = tr("{material} was closed; its files and runs stay.").format(material=material.name)
        self._desk.say(text, "info", ((tr("Undo"), self._undo.undo),))


def _files(plan: MaterialPlan) -> frozenset[Path]:
    """By which a set is known again, whatever its files are taken for."""
    return frozenset(file.path for file in plan.files)
