"""What a Python worker of Spark does before its tasks."""

import gc
import sys
from functools import cache
from zipimport import zipimporter


def settle() -> None:
    """Spare the worker work between its tasks that grows with the modules it has imported.

    After every task it collects garbage, for which Python looks at every object of every module; and before every task
    it lets Python forget what import paths hold, for which each path within pyspark.zip is read again. With pandera,
    polars and pyspark imported both together took a tenth to a quarter of a second of every task. So what is there
    when the first task begins is not looked at again, and the paths into archives, found anew when needed, are dropped.
    """
    _freeze()
    for path, importer in list(sys.path_importer_cache.items()):
        if isinstance(importer, zipimporter):
            del sys.path_importer_cache[path]


@cache
def _freeze() -> None:
    gc.freeze()
