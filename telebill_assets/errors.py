"""Errors that an operator can mend. Their messages need no traceback."""


class OperatorError(Exception):
    """Something outside the program is not as it must be; the message says what and what to do."""

    exit_code = 1


class InvalidInputError(OperatorError):
    """Configuration, reference files or arguments are not valid; nothing was run."""

    exit_code = 2
