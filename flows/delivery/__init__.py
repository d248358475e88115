"""How something was said, in figures: for the person who said it and nobody else. Nothing that rates may import this."""
