"""What is written to disk beside a run can be read again, and damaged files are survived."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from app import paths, preferences, run_store, sources
from app.document import Document, Material, Run, RunState
from app.prediction import predicted
from app.preferences import RECENT_LIMIT, Preferences
from app.reading_jobs import name_ending, with_corrections
from app.run_store import RunRecord
from app.sources import ContainerSource, SampleSource, Source
from core.codec.settings import CompressSettings
from core.errors import InputError
from core.jobs import Metrics
from core.textures.material import NormalConvention
from core.textures.plan import MaterialPlan, PlannedFile
from core.textures.roles import Role

PLAN = MaterialPlan(
    "Wand größe 大",
    Path("sets") / "wall",
    (
        PlannedFile(Path("wall_diff.png"), (Role.ALBEDO,), "the name says “diff”", 0.9, 64, 32, 4, 16, Role.OPACITY),
        PlannedFile(Path("wall_arm.png"), (Role.OCCLUSION, None, Role.METALLIC), "packed", 0.8),
        PlannedFile(Path("wall_x.png"), (), "unknown", 0.2),
    ),
    NormalConvention.DIRECTX,
    "measured",
    ("a notice",),
)


@pytest.mark.parametrize("source", [PLAN, SampleSource("bricks", 512, 3), ContainerSource(Path("a.texloom"))])
def test_a_source_survives_being_written(source: Source) -> None:
    assert sources.from_json(json.loads(json.dumps(sources.to_json(source)))) == source


@pytest.mark.parametrize("values", [{}, {"kind": "files"}, {"kind": "sample", "name": "x", "size": "big", "seed": 0}])
def test_a_broken_source_is_named(values: dict[str, object]) -> None:
    with pytest.raises(InputError, match="does not say which files"):
        sources.from_json(values)


def test_runs_are_found_again_in_order(tmp_path: Path) -> None:
    for number, created in enumerate((20.0, 10.0)):
        record = RunRecord(f"material {number}", {}, {}, created)
        run_store.begin(record, run_store.fresh_folder(tmp_path, record.material))
    (tmp_path / "material 0" / "stray").mkdir()
    damaged = run_store.fresh_folder(tmp_path, "damaged")
    run_store.begin(RunRecord("damaged", {}, {}), damaged)
    (damaged / run_store.RECORD).write_text("{")
    assert [record.material for _, record in run_store.stored(tmp_path)] == ["material 1", "material 0"]


@pytest.mark.parametrize("name", ["a/b:c*?", "..", "  ", "größe 大", "x" * 300])
def test_every_material_name_makes_a_folder_below_the_runs(tmp_path: Path, name: str) -> None:
    folder = run_store.fresh_folder(tmp_path, name)
    run_store.begin(RunRecord(name, {}, {}), folder)
    assert folder.is_dir() and folder.parent.parent == tmp_path


def test_only_folders_of_runs_are_deleted(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "picture.png").write_bytes(b"x")
    run_store.remove(precious)
    assert (precious / "picture.png").exists()


def test_preferences_keep_what_a_newer_version_wrote(tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    file.write_text(json.dumps({"schema": 9, "recent": ["a", 3], "view": "wrong", "future": {"x": 1}}))
    loaded = preferences.load(file)
    assert loaded.recent == ["a"] and loaded.view == {}
    preferences.save(loaded, file)
    assert json.loads(file.read_text())["future"] == {"x": 1}


def test_what_two_windows_remember_is_all_kept(tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    start = Preferences(projects=["old", "older"], corrections={"x": "albedo"}, view={"fov": 30.0, "tiling": 1})
    preferences.save(start, file)
    first, second = preferences.load(file), preferences.load(file)
    first.remember_project(Path("one"))
    first.remember_recent(Path("folder 1"))
    first.forget_project(Path("older"))
    first.corrections["rgh"] = "roughness"
    first.view["fov"] = 60.0
    first.settings = {"bpp": 2.0}
    preferences.save(first, file)
    second.remember_project(Path("two"))
    second.remember_recent(Path("folder 2"))
    second.corrections.pop("x")
    second.view["tiling"] = 3
    second.options = {"text_size": 125}
    preferences.save(second, file)
    both = preferences.load(file)
    assert both.projects == ["two", "one", "old"] and both.recent == ["folder 2", "folder 1"]
    assert both.corrections == {"rgh": "roughness"} == second.corrections
    assert both.view == {"fov": 60.0, "tiling": 3}
    assert both.settings == {"bpp": 2.0} and both.options == {"text_size": 125}
    preferences.save(first, file)
    assert preferences.load(file).projects == ["one", "two", "old"]
    assert preferences.load(file).options == {"text_size": 125} and first.options == {}
    first.settings = {}
    preferences.save(first, file)
    assert preferences.load(file).settings == {}, "the default again is a change too"


def test_recent_inputs_are_few_and_the_newest_first() -> None:
    kept = Preferences()
    for number in range(RECENT_LIMIT + 5):
        kept.remember_recent(Path(str(number)))
    kept.remember_recent(Path("7"))
    assert kept.recent[:2] == ["7", str(RECENT_LIMIT + 4)] and len(kept.recent) == RECENT_LIMIT


def test_preferences_that_cannot_be_saved_are_no_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    preferences.save(Preferences(), tmp_path / "file" / "preferences.json")
    assert "could not be saved" in caplog.text


def test_everything_lies_below_the_home_that_was_given(own_home: Path) -> None:
    for folder in (paths.config_folder(), paths.runs_folder(), paths.log_folder()):
        assert folder.is_relative_to(own_home)


@pytest.mark.parametrize(
    ("file", "material", "others", "ending"),
    [
        ("wall_diff_1k.png", "wall", "", "diff"),
        ("Wall_NorGL_2K.jpg", "wall", "", "nor_gl"),
        ("wall.png", "wall", "", ""),
        ("oldBrick_foo.png", "Set 7", "oldBrick_diff oldBrick_nor_gl thumb", "foo"),
        ("old_brick_foo_2k.png", "Set 7", "old_brick_nor_gl_2k", "foo"),
        ("brick_normal_gl.png", "Set 7", "brick_normal_dx", "normal_gl"),
        ("brick_foo.png", "Set 7", "brick_foo_2 brick_foo_3", "foo"),
        ("brick_foo.png", "Set 7", "wall_foo floor_foo", "brick_foo"),
    ],
)
def test_the_ending_of_a_name_is_what_it_says_beyond_the_set(
    file: str, material: str, others: str, ending: str
) -> None:
    files = [
        PlannedFile(Path(name), (), "", 1.0, width=8) for name in (file, *(f"{each}.png" for each in others.split()))
    ]
    assert name_ending(Path(file), MaterialPlan(material, Path(), tuple(files))) == ending


def test_a_correction_never_takes_a_role_from_another_file() -> None:
    plan = dataclasses.replace(PLAN, name="wall")
    taken = with_corrections(plan, {"x": "albedo"})
    assert taken.files[2].roles == ()
    free = with_corrections(plan, {"x": "roughness"})
    assert free.files[2].roles == (Role.ROUGHNESS,) and "before" in free.files[2].reason
    assert with_corrections(plan, {"x": "no such role"}) == plan


@pytest.mark.parametrize(
    ("roles", "bits"),
    [
        ((Role.ALBEDO,), 8),
        ((Role.ALBEDO, Role.NORMAL, Role.OCCLUSION, Role.ROUGHNESS, Role.METALLIC), 24),
        ((Role.ALBEDO, Role.NORMAL, Role.OCCLUSION, Role.ROUGHNESS, Role.METALLIC, Role.DISPLACEMENT), 28),
        ((Role.ALBEDO, Role.OPACITY), 8),
    ],
)
def test_block_compression_takes_what_artists_use(roles: tuple[Role, ...], bits: float) -> None:
    assert predicted(256, 256, 8, roles, 5.0).bc_bpp == bits


def test_the_predicted_file_keeps_the_promise_of_the_rate() -> None:
    roles = (Role.ALBEDO, Role.NORMAL, Role.ROUGHNESS)
    for bpp in (1.0, 2.5, 5.0, 10.0):
        size = predicted(1024, 1024, 7, roles, bpp)
        assert 0.92 * bpp <= size.file_bytes * 8 / 2**20 <= bpp
        assert 0 < size.vram_bytes <= size.file_bytes * 1.25


def make_run(document: Document, material: int | None, state: RunState) -> Run:
    key = document.next_key()
    run = Run(key, key, material, CompressSettings(), Path("run"), RunRecord("m", {}, {}), state)
    document.add_runs([run])
    return run


def test_another_material_brings_its_own_runs_into_a_and_b() -> None:
    document = Document()
    for key in (101, 102):
        document.add_materials([Material(key, str(key), SampleSource("bricks"))])
    run = make_run(document, 102, RunState.DONE)
    make_run(document, 102, RunState.FAILED)
    document.set_current(101)
    assert document.slots == {"A": 0, "B": None}
    document.set_current(102)
    assert document.slots == {"A": 0, "B": run.key}
    document.remove_run(run.key)
    assert document.slots["B"] is None
    document.remove_material(102)
    assert document.current is not None and document.current.key == 101


def test_a_map_that_is_measured_later_leaves_a_gap_and_a_new_search_starts_over() -> None:
    run = make_run(Document(), None, RunState.RUNNING)
    run.add_metrics(Metrics(1, 1.0, 1, 0.1, 30.0, {"albedo": 31.0}))
    run.add_metrics(Metrics(2, 2.0, 1, 0.1, 32.0, {"albedo": 33.0, "normal": 29.0}))
    assert run.curves["total"] == [30.0, 32.0]
    assert run.curves["normal"][0] != run.curves["normal"][0] and run.curves["normal"][1] == 29.0
    run.add_metrics(Metrics(1, 0.5, 1, 0.1, 25.0, {"albedo": 26.0}))
    assert run.seconds == [0.5] and run.curves == {"total": [25.0], "albedo": [26.0]}


def test_curves_end_at_what_was_measured_on_the_file() -> None:
    run = make_run(Document(), None, RunState.DONE)
    run.add_metrics(Metrics(1, 1.0, 1, 0.1, 30.0, {"albedo": 31.0}))
    run.psnr_db, run.record.map_psnr_db, run.record.seconds = 30.4, {"albedo": 31.2, "normal": 29.0}, 2.5
    run.add_result()
    assert run.seconds == [1.0, 2.5] and run.curves["total"] == [30.0, 30.4] and run.curves["albedo"] == [31.0, 31.2]
    assert run.curves["normal"][-1] == 29.0
    short = make_run(Document(), None, RunState.DONE)
    short.psnr_db = 25.0
    short.add_result()
    assert short.curves == {"total": [25.0]}, "also of a run that ended before it was measured"
