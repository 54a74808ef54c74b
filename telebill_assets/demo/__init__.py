"""The demo operator: its reference files, its landing files, and one month of its billing."""
