"""The error that suspends or sets aside a whole file."""


class UnusableFileError(Exception):
    """Nothing of the file can be used. `reason` is one of schemas.reasons.FILE_REASONS or SET_ASIDE_REASONS.

    `rows` is how many rows of data it holds, as far as they can be counted; `layout` its layout, if it is known.
    """

    def __init__(self, reason: str, detail: str, rows: int = 0, layout: str | None = None) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.rows = rows
        self.layout = layout
