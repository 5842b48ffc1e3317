"""From the grammar's trees to the parts of a specification, in reading order."""

from llm.translator.reading.rules import Reader

__all__ = ["Reader"]
