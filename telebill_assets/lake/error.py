"""What goes wrong with a table, in words for people."""


class LakeError(Exception):
    """A table cannot be read, written or changed as asked; the message says why and what is expected."""
