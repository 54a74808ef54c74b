"""Tariffs as files: carriers' rate decks are imported, and two tariffs compared before one goes live.

Here belongs `telebill tariff`: layouts of decks, placing their prices into the reference files, differences and their
effect on real traffic. Reading and checking the reference files is `reference`; prices come from `rating`.
"""
