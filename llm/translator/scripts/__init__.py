"""Reads rules that are written as a script: Pine, Python-like, IF / THEN / ELSE."""

from llm.translator.scripts.reader import ScriptProblem, read_script

__all__ = ["ScriptProblem", "read_script"]
