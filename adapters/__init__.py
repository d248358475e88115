"""Translators at the edge: one folder a platform, the same file names in each."""
