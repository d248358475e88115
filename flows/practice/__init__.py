"""A practice before an interview: a question of Parley's own, tips for its author, and nothing that stays."""
