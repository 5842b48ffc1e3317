"""Real data and a real sandbox for every test of this room."""

from typing import Any

import pytest


@pytest.fixture
def data(transactional_db: None) -> None:
    """Import the bundled datasets."""
    from market import services

    services.import_bundled()


@pytest.fixture
def start(data: None) -> Any:
    """Return a function that makes a run nobody works on yet."""
    from accounts.access import Owner
    from backtests import services

    def start(idea: str = "", **options: Any) -> Any:
        owner = options.pop("owner", Owner.local())
        options.setdefault("enqueue", False)
        return services.start_backtest(owner=owner, idea=idea, **options)

    return start
