"""The products of the demo catalogue, one module for each top-level category."""
