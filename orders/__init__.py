"""From checkout to refund."""
