"""A reminder of a booked time."""
