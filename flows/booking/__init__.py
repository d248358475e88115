"""The conversation in which a candidate chooses a time, and what `flows.reschedule` shares with it."""
