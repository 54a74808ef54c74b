"""Every record of the files that landed on a day, in unified columns, with file and line.

Here belongs finding the day's files and cutting them into tasks. How a file is read is `mediation.landing`.
"""
