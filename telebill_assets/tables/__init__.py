"""The tables: one Pandera model per table says its columns, types, rules, key, partition and meaning.

Here belongs what is true of a table whoever writes it, and the vocabularies that columns share. `registry.py` lists all
models. How rows are made belongs in the core packages; how rules are asked, in `audit.table_checks`.
"""
