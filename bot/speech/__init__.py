"""Listening and speaking on this machine: processes that transcribe, and voices that read aloud. Knows no rows."""
