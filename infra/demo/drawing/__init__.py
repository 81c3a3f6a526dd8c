"""A small illustration kit on top of Pillow: shapes, a canvas with light, and a function for each kind of thing."""
