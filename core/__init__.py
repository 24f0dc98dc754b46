"""Everything that works without a window: textures, codec, exporters and the job protocol."""

import os

# Spinning OpenMP threads starve each other (and the window) on busy cores: up to 25 times slower.
# It is read once, when torch loads its runtime, so it is set before anything can import torch.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# cuBLAS repeats a result to the bit only with a workspace of a fixed size.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
