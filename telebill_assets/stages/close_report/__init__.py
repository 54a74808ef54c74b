"""The evidence of a month, on one page."""
