"""A change in words, applied to a specification that is there."""

from llm.translator.editing.editor import Editor

__all__ = ["Editor"]
