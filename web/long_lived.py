"""What a web process has when it begins to answer stays until it ends."""

import gc


def keep_for_good() -> None:
    """Python's collector does not go through what stands now again: that took 150 ms each time, in
    the midst of somebody's page, and found nothing."""
    gc.collect()
    gc.freeze()
