"""Scripts to start from: some of those in `docs/strategies`, which the tests run on real prices."""

from dataclasses import dataclass

from django.conf import settings

FOLDER = settings.BASE_DIR / "docs" / "strategies"

# What a new script starts as: small, correct, and every part of the contract in it.
TEMPLATE = '''"""Hold while the close is above its average."""

from engine import Signals, run, ta

PARAMS = {"days": 50}


def signals(bars, days):
    average = ta.sma(bars.close, days)
    return Signals(
        enter=ta.crosses_above(bars.close, average),
        exit=ta.crosses_below(bars.close, average),
    )


if __name__ == "__main__":
    run(signals, PARAMS)
'''


@dataclass(frozen=True)
class Example:
    """A script to start from, and the symbols that it is for; empty: any."""

    name: str
    label: str
    symbols: str = ""

    @property
    def script(self) -> str:
        """Its source; empty where the documentation was not installed."""
        path = FOLDER / f"{self.name}.py"
        return path.read_text(encoding="utf-8") if path.is_file() else ""


EXAMPLES = (
    Example("golden_cross", "Golden cross"),
    Example("rsi2", "RSI(2) dips"),
    Example("stop_and_target", "Stop and target"),
    Example("turtle", "Channel with an ATR stop"),
    Example("weekly_filter", "Weekly filter"),
    Example("bar_by_bar", "Bar by bar, as a class"),
    Example("dual_momentum", "Several symbols", "AAPL,MSFT,XOM"),
)


def there_are() -> list[Example]:
    """The examples that this installation has."""
    return [example for example in EXAMPLES if (FOLDER / f"{example.name}.py").is_file()]


def find(name: str) -> Example | None:
    """The example of that name."""
    return next((example for example in there_are() if example.name == name), None)
