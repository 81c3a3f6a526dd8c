"""The demo: a shop to explore, with products, pictures, customers and orders.

It is installed only if DEBUG is on.
"""
