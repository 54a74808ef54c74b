"""The aggregates and charges of a month become charge lines."""
