"""Ground-floor kit for anything that executes: a run, its lease, its events. Knows no app."""
