"""The beginning of a next stage."""
