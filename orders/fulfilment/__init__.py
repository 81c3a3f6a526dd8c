"""What is sent, and what comes back."""
