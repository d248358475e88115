"""`parley setup`: `command` (its options), `walk` (the questions, in order), `pages` (what to do on a platform's own
pages) and `screen` (how findings are painted)."""
