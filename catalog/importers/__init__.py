"""Imports products from other shops.

A file is parsed into plain objects (`goods.py`), and these are written to the database
(`writing.py`). The entry point is `shopify.import_products`.
"""
