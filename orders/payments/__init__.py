"""Payments and refunds, and the providers that make them."""
