"""Sweeps: one completed run tried with many parameters, and whether the best of them is luck."""
