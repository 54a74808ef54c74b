"""Suspense work: what was set aside is counted, shown, exported and tried again.

Here belongs `telebill suspense`. Which records are set aside, and why, is decided in `mediation` and, for want of a
plan or rate, in `rating`; the reasons are listed in `tables/reasons.py`.
"""
