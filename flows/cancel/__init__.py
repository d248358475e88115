"""The conversation in which a booked time is called off."""
