"""Payment providers, one per module; the PAYMENT_PROVIDERS setting names them."""
