"""A small illustration kit on top of Pillow: shapes, a canvas with light and shadow, and one function for each kind of thing."""
