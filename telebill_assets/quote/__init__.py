"""Quotes: what calls and published rating cases cost, by the functions that price production.

Here belongs reading calls and cases, and saying how their prices come about. Nothing here computes a price of its own:
that is `rating`.
"""
