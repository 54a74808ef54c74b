"""Tariffs as files: checking them, importing carriers' rate decks, and what a change means before it goes live."""
