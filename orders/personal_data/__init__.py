"""What the shop knows about a person: handed out, and erased."""
