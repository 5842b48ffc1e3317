"""Sweeps over JSON."""
