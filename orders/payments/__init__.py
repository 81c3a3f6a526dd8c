"""Money in and money back, and the providers that move it."""
