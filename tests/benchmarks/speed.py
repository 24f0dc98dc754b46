"""How fast a training step is beside the machine's matrix products, scripted and compiled in turns.

    python -m tests.benchmarks.speed                  # a set of ../shared/data/materials, or a built-in sample
    python -m tests.benchmarks.speed --rates 5 --steps 300

Processor time counts, so that what else runs disturbs little: samples of a processor second, times three decoder
evaluations, over the multiply-adds that one core makes in products of the decoder's size. Prints a table.
"""

from __future__ import annotations

import argparse
import statistics
import time

from core.codec import rate
from core.codec.source import LearnedChannels
from core.codec.trainer import Trainer, TrainerOptions
from core.textures import reading, samples
from tests.benchmarks.codec import RATES, SHARED

_TURNS = 4
_MOMENTS = 0.1, 0.5
"""Parts of a run: with noise, and with latents that are read rounded."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--material", default="Ground068_1K-JPG")
    parser.add_argument("--rates", type=float, nargs="*", default=RATES)
    parser.add_argument("--steps", type=int, default=100)
    options = parser.parse_args()
    print("| bits per texel | grids | path | M texels per processor second | share of the product rate |")
    print("| --- | --- | --- | --- | --- |")
    source = _source(options.material)
    for bpp in options.rates:
        _compare(source, bpp, options.steps)


def _source(name: str) -> LearnedChannels:
    if SHARED.is_dir():
        return LearnedChannels(reading.read(next(plan for plan in reading.plan([SHARED]) if plan.name == name)))
    return LearnedChannels(samples.generate("woven_fabric"))


def _compare(source: LearnedChannels, bpp: float, steps: int) -> None:
    material = source.material
    budget = rate.byte_budget(material.width, material.height, bpp)
    rough = rate.is_rough(source.image)
    layout = rate.choose(material.width, material.height, source.channels, budget, rough=rough)
    grids = " ".join(f"{grid.stride}:{grid.features}:{grid.bits}" for grid in layout.grids)
    trainers = {
        name: Trainer(layout, source.levels(), 0, options=TrainerOptions(compiled=name == "compiled"))
        for name in ("scripted", "compiled")
    }
    for moment in _MOMENTS:
        speeds: dict[str, list[float]] = {name: [] for name in trainers}
        shares: dict[str, list[float]] = {name: [] for name in trainers}
        for turn in range(_TURNS + 1):
            for name, trainer in trainers.items():
                speed, products = _speed(trainer, moment, steps), product_rate()
                if turn:  # the first one has to set things up
                    speeds[name].append(speed)
                    shares[name].append(speed * 6 * layout.multiply_adds / products)
        for name in trainers:
            speed, share = statistics.median(speeds[name]) / 1e6, statistics.median(shares[name])
            print(
                f"| {bpp:g}, {'noise' if moment < 0.3 else 'rounded'} | {grids} | {name} | {speed:.2f} | {share:.2f} |"
            )
    for trainer in trainers.values():
        trainer.close()


def _speed(trainer: Trainer, moment: float, steps: int) -> float:
    """Texels per processor second."""
    before, began = trainer.samples, time.process_time()
    for _ in range(steps):
        trainer.step(moment)
    return (trainer.samples - before) / (time.process_time() - began)


def product_rate(seconds: float = 0.4) -> float:
    """Floating-point operations per processor second of one core in products of 4096 × 64 × 64."""
    import torch

    a, b, out = torch.rand(4096, 64), torch.rand(64, 64), torch.empty(4096, 64)
    count, began = 0, time.thread_time()
    while time.thread_time() - began < seconds:
        for _ in range(20):
            torch.mm(a, b, out=out)
        count += 20
    return count * 2 * 4096 * 64 * 64 / (time.thread_time() - began)


if __name__ == "__main__":
    main()
