"""Every record of the files that landed on a day, in unified columns."""
