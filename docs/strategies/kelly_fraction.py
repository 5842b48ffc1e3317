"""Bet half of Kelly's fraction of the trades so far on each dip; 10 % until there are twenty."""

from engine import Strategy, run, ta

PARAMS = {"days": 3, "low": 20, "trades": 20, "first": 0.10, "part": 0.5}


class KellyDips(Strategy):
    def on_bar(self, ctx):
        recent = ctx.bars.close[-50:]
        strength = ta.rsi(recent, self.days)[-1]
        if ctx.position and strength > 100 - self.low:
            ctx.close()
        elif not ctx.position and strength < self.low:
            ctx.buy(size=self.fraction(ctx.closed))

    def fraction(self, returns):
        """Return W - (1 - W) / R of the trades so far (Kelly 1956), at least 1 %."""
        gains = [value for value in returns if value > 0]
        losses = [-value for value in returns if value < 0]
        if len(returns) < self.trades or not gains or not losses:
            return self.first
        won = len(gains) / len(returns)
        payoff = (sum(gains) / len(gains)) / (sum(losses) / len(losses))
        return min(1.0, max(0.01, self.part * (won - (1 - won) / payoff)))


if __name__ == "__main__":
    run(KellyDips, PARAMS)
