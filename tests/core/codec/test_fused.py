"""The fused path: its tables, what it leaves to the plain path, and its kernels in Triton's interpreter."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from core.codec.fused import FusedPath, _Control, open_fused, uncovered
from core.codec.fused_tables import LatentStore, LevelReads
from core.codec.layout import LOD_INPUTS, PHASE_INPUTS, LatentGrid, LatentLayout, two_grids
from core.codec.trainer import Trainer, TrainerOptions
from core.textures.mips import pyramid
from tests.core.codec.materials import waves

OPTIONS = TrainerOptions(texels=512, bf16=False, parts=1)
GRIDS = (LatentGrid(4, 6, 4), LatentGrid(8, 3, 2))
WITH_TRITON = pytest.mark.skipif(
    importlib.util.find_spec("triton") is None, reason="Triton is not installed; it comes with torch for CUDA"
)
WITH_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")


def make(
    width: int = 64,
    height: int = 64,
    grids: tuple[LatentGrid, ...] = GRIDS,
    hidden: tuple[int, ...] = (24, 16),
    device: str = "cpu",
    options: TrainerOptions = OPTIONS,
) -> Trainer:
    layout = LatentLayout(width, height, 5, grids, hidden)
    return Trainer(layout, pyramid(waves(width, height, 5)), seed=3, device=device, options=options)


@pytest.mark.parametrize(("width", "height"), [(64, 64), (128, 32)])
def test_tables_lead_to_the_latents_of_every_tile(width: int, height: int) -> None:
    trainer = make(width, height)
    store = LatentStore(trainer.grids, trainer.device)
    for level in trainer.levels:
        reads = LevelReads(level, store, (1.0, 0.5), torch.float32, 128)
        first, features, base, latent, _, noise_tile, noise_row = reads.tables
        for tile in range(level.tiles):
            cells = reads.rows[tile // level.across] + reads.columns[tile % level.across]
            corner = 0
            for which, reader in enumerate(level.readers):
                grid = trainer.grids[level.group][which]
                here = slice(corner, corner + reader.reach)
                assert torch.equal(cells[here].long(), reader.cells(torch.tensor([tile]))[0])
                inputs = torch.arange(reads.constants.shape[1])
                inside = (inputs >= first[here, None]) & (inputs < (first + features)[here, None])
                place = (base + cells * features)[here, None] + inputs
                wanted = grid.values[reader.cells(torch.tensor([tile]))[0]]
                assert torch.equal(store.values[place[inside]].view(wanted.shape), wanted)
                assert torch.equal(grid.visits, store.visits[latent[corner] :][: len(grid.visits)])
                assert (reads.scales[0, here] == grid.step_size).all()
                assert (noise_tile[here] == wanted.numel()).all()
                noise = noise_row[here, None] + inputs
                assert torch.equal(noise[inside], torch.arange(wanted.numel(), dtype=noise.dtype))
                corner += reader.reach
            assert not features[corner:].any()
        phase = reads.constants[corner : corner + PHASE_INPUTS, trainer.layout.features :][:, :PHASE_INPUTS]
        assert torch.equal(phase, torch.eye(PHASE_INPUTS))
        last = reads.constants[reads.corners - 1, trainer.layout.features + PHASE_INPUTS :]
        assert last[LOD_INPUTS] == 1.0
        assert last[:LOD_INPUTS].sum() == (level.lod > 0)
    trainer.close()


def test_grids_are_views_and_new_values_are_taken_over() -> None:
    trainer = make()
    before = [grid.values.clone() for own in trainer.grids for grid in own]
    store = LatentStore(trainer.grids, trainer.device)
    assert all(torch.equal(a, grid.values) for a, grid in zip(before, store.grids, strict=True))
    trainer.freeze()
    store.adopt()
    grid = trainer.grids[0][0]
    assert torch.equal(store.values[: grid.values.numel()], grid.values.flatten())
    assert torch.equal(grid.values, grid.rounded())
    assert grid.values.data_ptr() == store.values.data_ptr()
    trainer.close()


def test_what_the_kernels_do_not_cover_is_said() -> None:
    for words, trainer in {
        "two hidden layers": make(hidden=(16, 16, 16)),
        "hidden layers of": make(hidden=(80, 16)),
        "powers of two": make(60, 44),
        "too many latents": make(grids=(LatentGrid(4, 120, 4),)),
        "interpolate": make(grids=(LatentGrid(2, 3, 2), LatentGrid(16, 2, 8))),
    }.items():
        assert words in (uncovered(trainer) or "")
        trainer.close()
    trainer = make()
    assert uncovered(trainer) is None
    assert open_fused(trainer) is None
    trainer.close()


def test_numbers_of_a_step_arrive_as_they_were_sent() -> None:
    control = _Control(12, torch.device("cpu"))
    for step in range(40):
        control.send((1.5, 0.25 * step, 0.0, 1.0), (7, 8), (np.array([3, 2, 1]), np.array([step])))
        assert control.numbers[:4].tolist() == [1.5, 0.25 * step, 0.0, 1.0]
        assert control.values[4:10].tolist() == [7, 8, 3, 2, 1, step]


def test_tiles_of_a_small_level_come_equally_often() -> None:
    trainer = make()
    level, part = trainer.levels[3], trainer.parts[0]
    picks = [part.next_picks(level, count) for count in (3, 10 * level.tiles, 5, 8 * level.tiles - 8)]
    counts = np.bincount(np.concatenate(picks), minlength=level.tiles)
    assert counts.min() == counts.max() == 18
    trainer.close()


@WITH_TRITON
def test_kernels_in_the_interpreter() -> None:
    """In a process of its own: Triton decides when it is imported whether it interprets."""
    root = Path(__file__).parents[3]
    cases = Path(__file__).with_name("interpreted_fused.py")
    command = [sys.executable, "-m", "pytest", "-q", "--no-xvfb", "-p", "no:cacheprovider", str(cases)]
    # Its products are too small for threads of their own.
    env = {**os.environ, "TRITON_INTERPRET": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@WITH_TRITON
def test_a_launch_that_fails_leaves_the_run_to_the_plain_path(caplog: pytest.LogCaptureFixture) -> None:
    trainer = make()
    # Its tensors are in the host's memory, where a compiled kernel can't reach them.
    trainer.fused = FusedPath(trainer)
    trainer.step(0.0)
    assert trainer.fused is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    for step in range(1, 5):
        trainer.step(step / 5)
    assert trainer.steps == 5
    assert np.isfinite(trainer.state()["decoder"]).all()
    trainer.close()


@WITH_GPU
@WITH_TRITON
def test_a_run_on_a_gpu_repeats_and_learns_what_the_plain_path_does() -> None:
    states, errors = [], []
    for fused in (True, True, False):
        chosen = TrainerOptions(texels=4096, lower_every=3, fused=fused)
        trainer = make(256, 256, two_grids(4, 8, 6, 4), (64, 64), "cuda", chosen)
        for step in range(200):
            trainer.step(step / 200)
        assert (trainer.fused is not None) == fused
        if trainer.fused is not None:
            assert trainer.fused.graphs
        states.append(trainer.state())
        last = trainer.take_errors()
        assert last is not None
        errors.append(float(last[0].mean()))
        trainer.close()
    assert all(np.array_equal(values, states[1][name]) for name, values in states[0].items())
    assert errors[0] == pytest.approx(errors[2], rel=0.2)
