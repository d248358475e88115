"""What the candidate hears afterwards: their strengths in their own words, and one thing to grow."""
