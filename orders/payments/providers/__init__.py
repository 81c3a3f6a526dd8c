"""Payment providers, one a module; PAYMENT_PROVIDERS in the settings names them."""
