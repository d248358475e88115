"""A check of the microphone and the camera before an interview."""
