"""The first conversation: who is asking, what is recorded, and three questions that may each be refused."""
