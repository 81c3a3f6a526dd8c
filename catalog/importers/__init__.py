"""Products from other shops: a file becomes plain goods (`goods.py`), and these become rows
(`writing.py`).

`shopify.import_products` is the way in.
"""
