"""What keeps compiled results from being older than their source."""

from core import compiled_layers
from core.codec import compiled_kernels as codec
from core.coordinate import compiled_kernels as lab


def test_kept_results_belong_to_the_shared_layers_too() -> None:
    """Numba itself compares with the function's own file only."""
    for function in (codec.passes, codec.update_rows, lab.passes, lab.adam):
        own, shared = function._cache._cache_file._source_stamp
        assert own and shared == compiled_layers.OWN_STAMP
