"""The built-in translator: plain words to a specification, without a network."""

from llm.translator.translator import Translator, grammar

__all__ = ["Translator", "grammar"]
