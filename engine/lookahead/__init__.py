"""The look-ahead gate: a decision must not depend on bars after its own.

Two questions find what the other misses: are the decisions up to bar t the same when the bars
after t are gone, and when others stand in their place? A difference is traced to the line of the
script that made it. Running the script in these worlds is the host's business.
"""

from engine.lookahead.compare import CLOSE_ENOUGH, Difference, first_difference
from engine.lookahead.cuts import choose_cuts
from engine.lookahead.locate import Culprit, locate, suspect
from engine.lookahead.worlds import truncated, with_replaced_future

__all__ = [
    "CLOSE_ENOUGH",
    "Culprit",
    "Difference",
    "choose_cuts",
    "first_difference",
    "locate",
    "suspect",
    "truncated",
    "with_replaced_future",
]
