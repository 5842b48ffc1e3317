"""A slow, obvious simulator in decimals, written from the rules in docs/engine.md alone.

It shares no code with the kernel. Floats become the decimals they exactly are, so a level that the
kernel rounds may differ from ours in its last digit.
"""

from tests.engine.reference.agreement import difference
from tests.engine.reference.books import SlowBooks, SlowTrade
from tests.engine.reference.simulator import simulate_slowly

__all__ = ["SlowBooks", "SlowTrade", "difference", "simulate_slowly"]
