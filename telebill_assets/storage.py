"""Places: a folder of this machine, or a URI such as s3://bucket/folder."""

from pyarrow import fs


def filesystem(place: str) -> tuple[fs.FileSystem, str]:
    """The file system of a place, and the place's path in it."""
    return fs.FileSystem.from_uri(place) if "://" in place else (fs.LocalFileSystem(), place)
