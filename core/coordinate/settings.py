"""What a run of the lab is asked to do. The same object is form, command line and report."""

from __future__ import annotations

from dataclasses import dataclass

from core.jobs.settings import setting

ENCODINGS = ("frequency", "triangle", "one-blob", "hash", "none")
ACTIVATIONS = ("leaky-relu", "relu", "tanh", "swish")
LOSSES = ("l2", "l1", "relative-l2", "smape")
PRECISIONS = ("float32", "float16", "bfloat16")
SCHEDULES = ("cosine", "constant", "exponential")
WEIGHT_BITS = ("32", "16", "8", "6", "4")


@dataclass(frozen=True)
class LabSettings:
    """The network, how it is trained, and for how long: ``rounds``, or ``time_budget`` where that is given."""

    encoding: str = setting(
        "frequency",
        "What the network is given of a place: waves of rising frequency, a bump, a learned grid, or the bare numbers.",
        choices=ENCODINGS,
    )
    values: int = setting(6, "Numbers made of each coordinate by frequency, triangle and one-blob.", low=1, high=32)
    hidden_layers: int = setting(4, "Hidden layers of the network.", low=1, high=8)
    width: int = setting(64, "Neurons in each hidden layer.", low=16, high=256)
    activation: str = setting("leaky-relu", "What each hidden neuron does to its sum.", choices=ACTIVATIONS)
    loss: str = setting(
        "l2", "Which error training makes small; the relative ones let dark texels count more.", choices=LOSSES
    )
    precision: str = setting(
        "float32",
        "Numbers that are computed with; the weights that learn are float32 always. A processor without 16-bit "
        "products rounds to them instead, which costs time.",
        choices=PRECISIONS,
    )
    weight_bits: str = setting(
        "32",
        "Bits that each finished weight is kept in, also in the file; 32 leaves it as it was learned.",
        unit="bits",
        choices=WEIGHT_BITS,
    )
    rounds: int = setting(50, "How long to train, in rounds of 128 steps.", unit="rounds", low=1, high=10**6)
    time_budget: float | None = setting(
        None, "Train for this long instead of a number of rounds.", unit="s", low=1.0, high=86400.0
    )
    device: str = setting(
        "auto", "Where to train; auto takes a GPU if there is one.", choices=("auto", "cpu", "cuda", "mps")
    )
    learning_rate: float = setting(0.01, "How far each step goes, at the start.", low=0.0001, high=0.1, expert=True)
    schedule: str = setting(
        "cosine",
        "How the learning rate falls to a hundredth over the run: cosine slowly at first, exponential at once, or not.",
        choices=SCHEDULES,
        expert=True,
    )
    warm_up: int = setting(0, "Steps over which the learning rate rises from nothing.", low=0, high=10**5, expert=True)
    batch_side: int = setting(
        32, "Side of the square batch of random texels in a step: 32 are 1024 texels.", low=8, high=256, expert=True
    )
    loss_scale: float = setting(
        1024.0,
        "Gradients are multiplied by this before 16-bit numbers hold them, and divided again in the optimiser.",
        low=1.0,
        high=65536.0,
        expert=True,
    )
    hash_levels: int = setting(8, "Grids of the hash encoding, from coarse to fine.", low=1, high=16, expert=True)
    hash_features: int = setting(2, "Learned numbers at each point of a grid.", low=1, high=4, expert=True)
    hash_table: int = setting(
        16, "Entries of each grid's table, as a power of two; finer grids share them.", low=8, high=20, expert=True
    )
    hash_coarsest: int = setting(16, "Cells across of the coarsest grid.", low=2, high=512, expert=True)
    hash_finest: int = setting(512, "Cells across of the finest grid.", low=2, high=4096, expert=True)
    alpha: bool = setting(True, "Learn the alpha channel of pictures that have one.", expert=True)
    seed: int = setting(0, "Same picture, settings and seed, same network.", low=0, high=2**31 - 1, expert=True)
