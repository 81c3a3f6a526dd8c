"""Pictures, from an upload or an address to their renditions."""
