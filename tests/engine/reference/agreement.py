"""Where the kernel's books and the slow ones part."""

from decimal import Decimal

from engine import Books
from tests.engine.reference.books import SlowBooks


def difference(fast: Books, slow: SlowBooks) -> str:
    """The first thing on which both do not agree; nothing if there is none."""
    ours = [(t.entry_bar, t.exit_bar, t.side, t.exit_reason, t.open_at_end) for t in fast.trades]
    theirs = [
        (t.entry_bar, t.exit_bar, "long" if t.side > 0 else "short", t.exit_reason, t.open_at_end)
        for t in slow.trades
    ]
    if ours != theirs:
        return f"the kernel trades {ours}, the rules {theirs}"
    money = max(10_000.0, *(abs(float(x)) for x in slow.equity))
    for number, (a, b) in enumerate(zip(fast.trades, slow.trades, strict=True)):
        for name in ("entry_price", "exit_price"):
            if not near(getattr(a, name), getattr(b, name), a.entry_price):
                return f"{name} of trade {number}: {getattr(a, name)}, not {getattr(b, name)}"
        if not near(a.quantity, b.quantity, money / a.entry_price):
            return f"quantity of trade {number}: {a.quantity}, not {b.quantity}"
        for name in ("pnl", "costs"):
            if not near(getattr(a, name), getattr(b, name), money):
                return f"{name} of trade {number}: {getattr(a, name)}, not {getattr(b, name)}"
    for name in ("equity", "cash"):
        for t, (a, b) in enumerate(zip(getattr(fast, name), getattr(slow, name), strict=True)):
            if not near(a, b, money):
                return f"{name} on bar {t}: {a}, not {b}"
    for name, amount in slow.costs.items():
        if not near(getattr(fast.costs, name), amount, money):
            return f"costs.{name}: {getattr(fast.costs, name)}, not {amount}"
    return ""


def near(ours: float, exact: Decimal, scale: float) -> bool:
    return bool(abs(ours - float(exact)) <= 1e-9 * max(scale, abs(float(exact))))
