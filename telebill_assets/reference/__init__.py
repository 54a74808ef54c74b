"""Reference data: the operator's files are read, checked as a whole and published as lake tables.

Here belongs the way from CSV and YAML to typed tables, and every finding with file, line, field and value. The rules of
a table are its model in `tables/reference`; a carrier's own files become reference files in `tariffs`.
"""
