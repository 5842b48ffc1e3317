"""Trying many parameters honestly: ranges, neighbourhoods, and tests on bars not chosen from."""
