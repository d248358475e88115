"""A booking was changed in a calendar, outside of Parley."""
