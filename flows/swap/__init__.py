"""An interviewer can't come, and colleagues are asked."""
