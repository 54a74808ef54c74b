"""Suspense work: what was set aside, for how long, and how it is tried again."""
