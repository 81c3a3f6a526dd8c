"""The catalogue: categories, products, variants, pictures, stock and search."""
