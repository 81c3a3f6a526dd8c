"""Orders, from checkout to refund."""
