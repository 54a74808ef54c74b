"""Making very many small objects that refer to nothing, such as the rows of a large deck."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def many_objects() -> Iterator[None]:
    """Do not search for garbage cycles meanwhile: over hundreds of thousands of rows that takes as long as the work."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
