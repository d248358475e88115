"""Bytes of recordings: a sealed store for them, and what strangers send, opened in a process of its own. Knows no rows."""
