"""The checkout: its session, its pages, and placing the order."""
