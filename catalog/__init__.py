"""What is sold: categories, products, variants, pictures, stock and search."""
