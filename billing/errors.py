"""What can go wrong with an allowance."""

from datetime import datetime


class AllowanceExhausted(Exception):
    """The day's backtests are used up; the caller can come back at `resets_at` (UTC)."""

    code = "allowance_exhausted"

    def __init__(self, limit: int, resets_at: datetime) -> None:
        self.limit = limit
        self.resets_at = resets_at
        used_up = "backtest is" if limit == 1 else f"{limit} backtests are"
        super().__init__(f"Today's {used_up} used up; the next day begins at midnight UTC.")
