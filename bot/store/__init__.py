"""What is kept: rows, transactions and the state of a thread. The only package that speaks SQL."""
