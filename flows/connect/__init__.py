"""An interviewer connects a calendar."""
