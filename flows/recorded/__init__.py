"""A recorded interview: everybody gets the same questions, in their own time, with several takes."""
