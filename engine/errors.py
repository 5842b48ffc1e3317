"""The one ancestor of every error a user of the engine can do something about."""


class EngineError(ValueError):
    """Something handed to the engine is wrong; the message is a sentence for people."""
