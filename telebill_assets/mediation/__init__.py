"""Mediation: landing files become clean, unique, enriched calls.

Here belongs what is known about CDRs: layouts, reading, numbering, the service map, validation rules, record keys,
duplicates and outcomes, as pure functions over frames. What calls cost belongs to rating; which files there are, where
they are and how the work is spread belongs to the stages.
"""
