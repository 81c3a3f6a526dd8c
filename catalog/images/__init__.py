"""Product and category pictures, from an upload or a source URL to their renditions."""
