"""Mediation: landing files become clean, unique, enriched calls."""
