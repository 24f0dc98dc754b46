"""How the document is said: words, lines of lists, and numbers as they stand in the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.document import EXACT_DB, ORIGINAL, Document, Material, MaterialState, Run, RunState
from app.job_runner import Job, JobState
from app.projects import RecentProject
from core.codec.baseline_sets import BASELINES
from core.codec.settings import PRESET_SECONDS, CompressSettings
from core.devices import Device
from widgets.device_button import DeviceChoice
from widgets.home_page import ProjectCard
from widgets.language import role_name, tr
from widgets.material_list import PART, MaterialRow
from widgets.queue_panel import QueueRow
from widgets.rate_panel import RatePoint
from widgets.role_review import to_check
from widgets.runs_table import RunRow
from widgets.training_panel import TrainingView
from widgets.units import clock_text, psnr_text, size_text

if TYPE_CHECKING:
    from widgets.viewport_options import PixelReading

RUN_WORDS = {
    RunState.WAITING: ("Waiting", ""),
    RunState.RUNNING: ("Training", "active"),
    RunState.PAUSED: ("Paused", "warn"),
    RunState.STOPPING: ("Finishing", "active"),
    RunState.DISCARDING: ("Discarding", ""),
    RunState.DONE: ("Done", "good"),
    RunState.KEPT: ("Kept early", "good"),
    RunState.FAILED: ("Failed", "bad"),
    RunState.RESUMABLE: ("Resumable", "warn"),
    RunState.INTERRUPTED: ("Interrupted", "warn"),
}
STAGES = ("Preparing", "Training", "Encoding", "Measuring")
"""What `core` says a job is at."""


def state_words(run: Run, held: bool = False) -> tuple[str, str]:
    """What a run does, in a word, and the look of it; ``held``: what waits does so until the user says go."""
    word, look = RUN_WORDS[run.state]
    if held and run.state is RunState.WAITING:
        word, look = "On hold", "warn"
    if run.baseline is not None and run.state is RunState.RUNNING:
        word = "Encoding"
    return tr(word), look


def stage_text(stage: str) -> str:
    """What a job is at; for a set of baseline textures it measures, with its name."""
    what, _, name = stage.partition(" ")
    if what == "Measuring" and name:
        return tr("Measuring {name}").format(name=name)
    return tr(stage) if stage else ""


def material_row(document: Document, material: Material) -> MaterialRow:
    """The line of a material: what it is, or how far its newest run is."""
    run = document.latest_run(material.key)
    state, look, fraction = tr("Ready"), "", None
    if material.state is MaterialState.READING and not material.width and run is None:
        state = tr("Reading…")
    elif material.missing and (run is None or not run.state.active):
        state, look = tr("Files missing"), "warn"
    elif material.state is MaterialState.UNDECIDED:
        state, look = tr("Needs a look"), "warn"
    elif run is not None and run.state.active:
        word, look = state_words(run, document.held)
        known = f"  {psnr_text(run.psnr_db)}" if run.psnr_db is not None else ""
        state, fraction = word + known, run.fraction if run.state is not RunState.WAITING else None
    elif run is not None and run.record.psnr_db is not None:
        size = PART + size_text(run.record.bytes) if run.record.bytes else ""
        state, look = psnr_text(run.record.psnr_db) + size, "good"
    elif material.plan is not None and (count := to_check(material.plan)):
        state, look = tr("%n to check", "", count), "warn"
    tip = material.name
    if material.plan is not None:
        tip += f"\n{material.plan.folder}"
    if material.problem:
        tip += f"\n{material.problem}"
    return MaterialRow(material.key, material.name, state, look, fraction, material.thumbnail, tip)


def run_row(document: Document, run: Run) -> RunRow:
    """The line of a run in the table."""
    word, look = state_words(run, document.held)
    record, done = run.record, run.state.has_result
    slots = "".join(side for side, key in document.slots.items() if key == run.key)
    name = record.material
    if run.baseline is not None:
        name = tr("{run} of {material}").format(run=run.title, material=name)
    tip = f"{name}: {record.error or ', '.join(run.notices) or word}\n{run.folder}"
    if run.baseline is not None:
        tip += f"\n{tr(run.baseline.sentence)}"
        # Which one it is says more than that it is done; the colour tells that.
        word = word if run.state in (RunState.FAILED, RunState.INTERRUPTED) else run.title
    return RunRow(
        run.key,
        run.number,
        record.material,
        word,
        look,
        rate(run),
        record.psnr_db if done else run.psnr_db,
        record.seconds if done else run.elapsed_s or None,
        record.bytes if done else run.predicted_bytes,
        slots,
        tip,
        record.name,
        settings_text(run),
    )


def rate_points(document: Document) -> list[RatePoint]:
    """The results of the current material, for the plot of quality over size."""
    points = []
    for run in document.runs_of(document.current.key if document.current is not None else None):
        rate, psnr = run.record.bits_per_texel, run.record.psnr_db
        if not run.state.has_result or not rate or psnr is None or psnr >= EXACT_DB:
            continue
        slots = "".join(side for side, key in document.slots.items() if key == run.key)
        tip = clock_text(run.record.seconds) if run.record.seconds else ""
        label = run.title if run.baseline is not None or run.record.name else f"#{run.number}"
        points.append(RatePoint(run.key, label, rate, psnr, run.baseline is not None, slots, tip))
    return points


def queue_row(run: Run | None, job: Job) -> QueueRow:
    """The line of a job of the compute queue; of a run, if it is one."""
    waiting = job.state is JobState.WAITING
    if run is None:
        state = tr("Waiting") if waiting else tr("Working")
        return QueueRow(job.number, job.title, "", state, "" if waiting else "active", waiting)
    word, look = state_words(run)
    detail = settings_text(run)
    if run.remaining_s is not None and run.state is RunState.RUNNING:
        word = tr("{time} left").format(time=clock_text(run.remaining_s))
    return QueueRow(job.number, run.material_name, detail, word, look, waiting, None if waiting else run.fraction)


def settings_text(run: Run) -> str:
    """What a run was asked for, in few words."""
    if run.baseline is not None:
        return tr(run.baseline.title)
    return f"{goal_text(run.settings)}  ·  {tr(run.settings.preset)}"


def goal_text(settings: CompressSettings) -> str:
    """What decides the size of a run."""
    by, parts = settings.sized_by, []
    if by == "match" and settings.match is not None:
        parts.append(tr("as good as {baseline}").format(baseline=tr(BASELINES[settings.match].title)))
    elif by == "target_psnr" and settings.target_psnr is not None:
        parts.append(tr("{value} dB").format(value=f"{settings.target_psnr:g}"))
    if parts or by == "target_maps":
        return ", ".join([*parts, *([settings.target_maps] if settings.target_maps else [])])
    if by == "max_bytes" and settings.max_bytes is not None:
        return tr("at most {size}").format(size=size_text(settings.max_bytes))
    return tr("{bits:g} bits/texel").format(bits=settings.bpp)


def queue_summary(runs: Sequence[Run], jobs: Sequence[Job], held: bool) -> str:
    """How many of ``jobs`` wait, and about how long the runs among them will take on this machine."""
    waiting = [job for job in jobs if job.state is JobState.WAITING]
    left = sum(expected_seconds(run) for run in runs)
    parts = [tr("On hold")] if held else []
    parts.append(tr("%n waiting", "", len(waiting)) if waiting else tr("Nothing waits"))
    if left > 0:
        parts.append(tr("about {time} in all").format(time=clock_text(left)))
    return "  ·  ".join(parts)


def expected_seconds(run: Run) -> float:
    """What an active run will still take: as told, or what its settings allow."""
    if run.remaining_s is not None:
        return run.remaining_s
    if run.baseline is not None:
        return 0.0
    return run.settings.time_budget or PRESET_SECONDS[run.settings.preset]


def project_card(project: RecentProject, now: float) -> ProjectCard:
    count = tr("%n material(s)", "", project.materials)
    return ProjectCard(project.path, project.title, count, when_text(now - project.changed), project.picture)


def device_choices(devices: Sequence[Device], cores: int) -> list[DeviceChoice]:
    """The devices as the window calls them."""
    kinds = {"cuda": tr("NVIDIA graphics card"), "mps": tr("Apple graphics processor"), "cpu": tr("Processor")}
    made = []
    for device in devices:
        title = device.title.removeprefix("NVIDIA ").removeprefix("GeForce ") or kinds[device.name]
        if device.name == "cpu":
            title = tr("CPU, %n core(s)", "", cores)
        made.append(DeviceChoice(device.name, kinds[device.name], title, tr(device.problem) if device.problem else ""))
    return made


def when_text(seconds: float) -> str:
    """How long ago, for people."""
    if seconds < 90:
        return tr("just now")
    if seconds < 3600 * 0.9:
        return tr("%n minute(s) ago", "", round(seconds / 60))
    if seconds < 86400 * 0.9:
        return tr("%n hour(s) ago", "", max(1, round(seconds / 3600)))
    return tr("%n day(s) ago", "", max(1, round(seconds / 86400)))


def training_view(run: Run) -> TrainingView:
    """The numbers beside the curves of a run."""
    word, look = state_words(run)
    record, active = run.record, run.state.active
    size = size_text(record.bytes) if record.bytes else size_text(run.predicted_bytes) if run.predicted_bytes else ""
    which = tr("run {number}").format(number=run.number) if run.baseline is None else run.title
    parts = (run.material_name, which, stage_text(run.stage) if active else "")
    return TrainingView(
        title="  ·  ".join(part for part in parts if part),
        state=word,
        state_look=look,
        psnr_db=record.psnr_db if run.state.has_result else run.psnr_db,
        loss=run.loss,
        step=run.step,
        elapsed_s=record.seconds if run.state.has_result and record.seconds else run.elapsed_s,
        remaining_s=run.remaining_s if run.state is RunState.RUNNING else None,
        fraction=run.fraction if active and run.state is not RunState.WAITING else None,
        size=size,
        target_db=run.settings.target_psnr if run.settings.sized_by == "target_psnr" else None,
    )


def slot_text(document: Document, key: int | None) -> tuple[str, str]:
    """What a slot holds, and how good that is."""
    if key == ORIGINAL:
        return tr("Original"), ""
    run = document.run(key)
    if run is None:
        return tr("Nothing yet"), ""
    db = run.record.psnr_db if run.state.has_result else run.psnr_db
    return run.title, psnr_text(db) if db is not None else state_words(run)[0].lower()


def rate(run: Run) -> float | None:
    """Bits per texel, everything counted; what was asked for while that is not known yet."""
    if run.record.bits_per_texel is not None:
        return run.record.bits_per_texel
    asked = run.baseline is None and run.settings.sized_by == "bpp"
    return run.settings.bpp if asked else None


def pixel_text(reading: PixelReading) -> str:
    """The pixel inspector's line: place, map, both values in 8 bit, and for normals the angle between them."""
    parts = [f"{role_name(reading.role)}  {reading.x}, {reading.y}"]
    for side, values in (("A", reading.a_8bit), ("B", reading.b_8bit)):
        if values is not None:
            parts.append(f"{side}  " + " ".join(f"{value:3d}" for value in values))
    if reading.angle_deg is not None:
        parts.append(tr("angle {angle:.1f}°").format(angle=reading.angle_deg))
    return "     ".join(parts)
