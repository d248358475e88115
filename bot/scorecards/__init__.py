"""Scorecards of one interview: sealing, rating, the post in the channel, and what people say about them."""
