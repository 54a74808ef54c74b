"""What goes wrong with a table, in words for people."""

from telebill_assets.errors import InvalidInputError


class LakeError(InvalidInputError):
    """A table cannot be read, written or changed as asked; the message says why and what is expected."""


class OvertakenError(LakeError):
    """A partition was changed by somebody else since it was looked at."""
