"""Reference data: the operator's files, checked as a whole, become lake tables."""
