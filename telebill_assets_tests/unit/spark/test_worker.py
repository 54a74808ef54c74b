"""A worker does not go over its modules again between tasks."""

import gc
import sys
from zipfile import ZipFile
from zipimport import zipimporter

from telebill_assets.spark.worker import settle


def test_paths_into_archives_are_dropped_and_modules_are_not_looked_at_again(tmp_path):
    with ZipFile(tmp_path / "modules.zip", "w") as archive:
        archive.writestr("module.py", "VALUE = 1")
    path, folder = str(tmp_path / "modules.zip"), str(tmp_path)
    sys.path_importer_cache[path] = zipimporter(path)
    sys.path_importer_cache[folder] = None
    try:
        settle()
        assert path not in sys.path_importer_cache
        assert folder in sys.path_importer_cache
        assert gc.get_freeze_count() > 0
    finally:
        sys.path_importer_cache.pop(folder, None)
        gc.unfreeze()
