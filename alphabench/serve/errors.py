"""What keeps the site from starting, said in one line with the way out."""


class ServeError(Exception):
    """The site cannot start; the message is for the person at the terminal."""
