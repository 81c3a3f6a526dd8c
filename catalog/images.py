"""Pictures, from an upload to what pages show of it."""
