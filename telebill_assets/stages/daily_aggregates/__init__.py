"""Every validated call is priced, then summed per account and rate."""
