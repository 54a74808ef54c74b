"""Quotes: what calls and published rating cases cost, by the functions that price production."""
