"""The kernel's own walls, one module each; every function raises `OSError` rather than half-work."""
