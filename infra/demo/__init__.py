"""The demo: a shop to look at, with goods, pictures, customers and orders.

Only DEBUG installs it.
"""
