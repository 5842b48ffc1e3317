"""One command that runs the whole site: `manage.py serve`."""
