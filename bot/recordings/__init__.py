"""Recordings as rows: what came, what is kept of it and for how long, what was heard in it, and clips of it."""
