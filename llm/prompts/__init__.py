"""Prompts as files with a version, and the fence that keeps data apart from instructions."""

from llm.prompts.fence import DataFence
from llm.prompts.loader import Prompt, PromptError, load

__all__ = ["DataFence", "Prompt", "PromptError", "load"]
