"""From rows to files: what the public sees, or everything."""
