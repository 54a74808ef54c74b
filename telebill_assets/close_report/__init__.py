"""The monthly close report: the evidence of a month on one page, and the same numbers as JSON."""
