"""Several symbols, one account: a panel of bars in, target weights decided, books kept."""

from engine.portfolio.luck import rotated_share
from engine.portfolio.panel import SUFFIX, Panel, PanelError, read_world
from engine.portfolio.simulator import PortfolioBooks, equal_weights, simulate_portfolio
from engine.portfolio.weights import Weights, WeightsError

__all__ = [
    "SUFFIX",
    "Panel",
    "PanelError",
    "PortfolioBooks",
    "Weights",
    "WeightsError",
    "equal_weights",
    "read_world",
    "rotated_share",
    "simulate_portfolio",
]
