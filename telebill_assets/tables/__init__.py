"""The tables: one Pandera model per table, the only truth about its columns and rules."""
