"""The kernel's own walls, one module each; functions raise `OSError` rather than half-work."""
